/* Fields with their label, hint and fault tied together, buttons, choices. */
import { useId } from 'react';
import type { ComponentProps, ReactNode } from 'react';
import { Icon } from './icon';
import type { IconName } from './icon';

type ButtonLook = 'plain' | 'main' | 'quiet' | 'harm';

export function Button(props: ComponentProps<'button'> & { look?: ButtonLook; icon?: IconName; small?: boolean }) {
  const { look = 'plain', icon, small = false, children, className = '', type = 'button', ...rest } = props;
  const size = small ? ' btn-small' : '';
  return (
    <button {...rest} type={type === 'submit' ? 'submit' : 'button'} className={`btn btn-${look}${size} ${className}`}>
      {icon !== undefined && <Icon name={icon} size={16} />}
      {children}
    </button>
  );
}

export function IconButton(props: ComponentProps<'button'> & { icon: IconName; label: string }) {
  const { icon, label, ...rest } = props;
  return (
    <button {...rest} type="button" className="btn btn-quiet btn-icon" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  );
}

interface FieldParts {
  label: string;
  hint?: ReactNode;
  fault?: string | null | undefined;
  optional?: string;
}
interface ControlIds {
  id: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
}
/** Gives the control its id and points it at hint and fault. */
export function Field(props: FieldParts & { children: (ids: ControlIds) => ReactNode }) {
  const { label, hint, fault, optional, children } = props;
  const id = useId();
  const bad = fault !== undefined && fault !== null;
  const described = [hint === undefined ? '' : `${id}-hint`, bad ? `${id}-fault` : ''].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>
        {label}
        {optional !== undefined && <span className="muted"> · {optional}</span>}
      </label>
      {children({
        id,
        ...(described === '' ? {} : { 'aria-describedby': described }),
        ...(bad ? { 'aria-invalid': true as const } : {}),
      })}
      {hint !== undefined && (
        <div className="hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {bad && (
        <div className="fault" id={`${id}-fault`} role="alert">
          <Icon name="warn" size={15} />
          <span>{fault}</span>
        </div>
      )}
    </div>
  );
}

export function TextField(
  props: FieldParts & Omit<ComponentProps<'input'>, 'onChange' | 'id'> & { onText: (text: string) => void; unit?: string },
) {
  const { label, hint, fault, optional, onText, unit, className = '', ...rest } = props;
  return (
    <Field label={label} hint={hint} fault={fault} {...(optional === undefined ? {} : { optional })}>
      {(ids) => {
        const input = (
          <input {...rest} {...ids} className={`input ${className}`} onChange={(e) => onText(e.currentTarget.value)} />
        );
        return unit === undefined ? (
          input
        ) : (
          <div className="input-with">
            {input}
            <span className="input-unit">{unit}</span>
          </div>
        );
      }}
    </Field>
  );
}

export interface Option {
  value: string;
  label: string;
}
export function SelectField(
  props: FieldParts & { value: string; onText: (value: string) => void; options: Option[]; name?: string },
) {
  const { label, hint, fault, optional, value, onText, options, name } = props;
  return (
    <Field label={label} hint={hint} fault={fault} {...(optional === undefined ? {} : { optional })}>
      {(ids) => (
        <select {...ids} name={name} className="input" value={value} onChange={(e) => onText(e.currentTarget.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Check(props: { label: ReactNode; hint?: string; checked: boolean; onCheck: (on: boolean) => void }) {
  const id = useId();
  return (
    <label className="check" htmlFor={id}>
      <input
        id={id}
        type="checkbox"
        aria-labelledby={`${id}-label`}
        aria-describedby={props.hint === undefined ? undefined : `${id}-hint`}
        checked={props.checked}
        onChange={(e) => props.onCheck(e.currentTarget.checked)}
      />
      <span>
        <span id={`${id}-label`}>{props.label}</span>
        {props.hint !== undefined && (
          <span className="hint" id={`${id}-hint`}>
            {' '}
            {props.hint}
          </span>
        )}
      </span>
    </label>
  );
}

export function Segments<V extends string>(props: {
  label: string;
  value: V;
  options: { value: V; label: ReactNode; name?: string }[];
  onValue: (value: V) => void;
}) {
  return (
    <div className="segments" role="group" aria-label={props.label}>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === props.value}
          aria-label={option.name}
          title={option.name}
          onClick={() => props.onValue(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
