/* A password field with an eye, and under a new password how strong the server finds it. */
import { useState } from 'react';
import type { ReactNode } from 'react';
import { Field, Icon } from '../../kit';
import { useT } from '../i18n';

export function PasswordField(props: {
  label: string;
  value: string;
  onValue: (value: string) => void;
  fresh?: boolean;
  hint?: ReactNode;
  fault?: string | null;
  onBlur?: () => void;
}) {
  const { label, value, onValue, fresh = false, hint, fault, onBlur } = props;
  const t = useT();
  const [shown, setShown] = useState(false);
  return (
    <Field label={label} hint={hint} fault={fault}>
      {(ids) => (
        <div className="secret">
          <input
            {...ids}
            className="input"
            type={shown ? 'text' : 'password'}
            name={fresh ? 'new-password' : 'password'}
            autoComplete={fresh ? 'new-password' : 'current-password'}
            autoCapitalize="off"
            spellCheck={false}
            value={value}
            onBlur={onBlur}
            onChange={(event) => onValue(event.currentTarget.value)}
          />
          <button
            type="button"
            className="secret-eye"
            aria-pressed={shown}
            aria-label={t('password.show')}
            title={t('password.show')}
            onClick={() => setShown(!shown)}
          >
            <Icon name={shown ? 'eye_off' : 'eye'} />
          </button>
        </div>
      )}
    </Field>
  );
}
