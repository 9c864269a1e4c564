/* Lists of things one can go to or do: a label, what it is now, and where it leads. */
import { useId } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon } from '../../kit';
import type { IconName } from '../../kit';

export function Rows(props: { title?: string; lead?: ReactNode; children: ReactNode; action?: ReactNode }) {
  const { title, lead, children, action } = props;
  return (
    <section className="rows-card">
      {(title !== undefined || action !== undefined) && (
        <div className="row-between rows-head">
          {title !== undefined && <h2>{title}</h2>}
          {action}
        </div>
      )}
      {lead !== undefined && <p className="rows-lead">{lead}</p>}
      <ul className="rows">{children}</ul>
    </section>
  );
}

interface RowParts {
  icon?: IconName;
  title: ReactNode;
  note?: ReactNode;
  value?: ReactNode;
}
function RowBody({ icon, title, note, value, leads = false }: RowParts & { leads?: boolean }) {
  return (
    <>
      {icon !== undefined && (
        <span className="rows-icon" aria-hidden="true">
          <Icon name={icon} size={18} />
        </span>
      )}
      <span className="rows-text">
        <span className="rows-title">{title}</span>
        {note !== undefined && <span className="rows-note">{note}</span>}
      </span>
      {value !== undefined && <span className="rows-value">{value}</span>}
      {leads && <Icon name="right" size={16} />}
    </>
  );
}

/** Leads to a page of the wallet. */
export function RowLink({ href, ...parts }: RowParts & { href: string }) {
  return (
    <li>
      <Link href={href} className="rows-row">
        <RowBody {...parts} leads />
      </Link>
    </li>
  );
}
export function RowButton({ onPress, ...parts }: RowParts & { onPress: () => void }) {
  return (
    <li>
      <button type="button" className="rows-row" onClick={onPress}>
        <RowBody {...parts} leads />
      </button>
    </li>
  );
}
/** Something to read, with what can be done about it at the end. */
export function RowItem({ children, ...parts }: RowParts & { children?: ReactNode }) {
  return (
    <li className="rows-row rows-item">
      <RowBody {...parts} />
      {children !== undefined && <span className="rows-actions">{children}</span>}
    </li>
  );
}

export function RowSwitch(props: RowParts & { on: boolean; onChange: (on: boolean) => void; disabled?: boolean }) {
  const { on, onChange, disabled = false, title, note, icon } = props;
  const id = useId();
  return (
    <li>
      <label className="rows-row rows-switch" htmlFor={id}>
        <RowBody title={title} note={note} {...(icon === undefined ? {} : { icon })} />
        <input
          id={id}
          type="checkbox"
          role="switch"
          className="switch"
          checked={on}
          disabled={disabled}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      </label>
    </li>
  );
}
