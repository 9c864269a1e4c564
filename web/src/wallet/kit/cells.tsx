/* Six cells drawn over one real input, for PINs and codes: a password manager, the keyboard's
 * suggestion of a code from a text, paste and a screen reader all meet one ordinary field. */
import { useRef, useState } from 'react';
import { Field } from '../../kit';

const CELLS = ['a', 'b', 'c', 'd', 'e', 'f'];

export function digitsOf(text: string): string {
  return text.normalize('NFKC').replace(/\D/g, '').slice(0, CELLS.length);
}

export function Cells(props: {
  label: string;
  value: string;
  onValue: (value: string) => void;
  /** Called once when the sixth digit is there. */
  onFull?: (value: string) => void;
  /** A PIN is shown as dots and is not a one-time code. */
  secret?: boolean;
  /** For a PIN: is it being chosen, or asked for? */
  fresh?: boolean;
  hint?: string;
  fault?: string | null;
  focus?: boolean;
  disabled?: boolean;
}) {
  const { label, value, onValue, onFull, secret = false, fresh = false, hint, fault, focus = false, disabled = false } = props;
  const input = useRef<HTMLInputElement>(null);
  const [focused, setFocused] = useState(false);
  const at = Math.min(value.length, CELLS.length - 1);
  const take = (text: string) => {
    const digits = digitsOf(text);
    if (disabled || digits === value) return;
    onValue(digits);
    if (digits.length === CELLS.length) onFull?.(digits);
  };
  let complete = 'one-time-code';
  if (secret) complete = fresh ? 'new-password' : 'current-password';
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(ids) => (
        <div className="cells">
          <input
            {...ids}
            ref={input}
            className="cells-input"
            type={secret ? 'password' : 'text'}
            inputMode="numeric"
            pattern="[0-9]*"
            autoComplete={complete}
            name={secret ? 'payment-pin' : 'one-time-code'}
            maxLength={CELLS.length + 6}
            // eslint-disable-next-line jsx-a11y/no-autofocus
            autoFocus={focus}
            // Not `disabled`, which would take the focus away: after a wrong code one types on.
            readOnly={disabled}
            value={value}
            onFocus={() => setFocused(true)}
            onBlur={() => setFocused(false)}
            onSelect={(event) => {
              // Digits are only added and taken at the end: what is seen is what is edited.
              const field = event.currentTarget;
              const end = field.value.length;
              if (field.selectionStart !== end && field.selectionEnd !== end) field.setSelectionRange(end, end);
            }}
            onChange={(event) => take(event.currentTarget.value)}
          />
          <div className="cells-view" aria-hidden="true">
            {CELLS.map((key, index) => (
              <span key={key} className={focused && index === at ? 'cell cell-at' : 'cell'}>
                {index < value.length && (secret ? '•' : value[index])}
              </span>
            ))}
          </div>
        </div>
      )}
    </Field>
  );
}
