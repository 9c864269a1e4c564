/* Values as people read them: amounts, times, ids, hashes, states. */
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useI18n, useT } from '../i18n';
import { shortId } from '../lib/ids';
import { formatMinor } from '../lib/money';
import { formatAge, formatClock, formatTime, formatUtc } from '../lib/time';
import { Icon } from './icon';
import type { IconName } from './icon';
import { useToast } from './toast';

export function Amount(props: { minor: number; currency: string; plus?: boolean; code?: boolean }) {
  const { minor, currency, plus = false, code = true } = props;
  return (
    <span className="num">
      {formatMinor(minor, currency, { plus })}
      {code && <span className="amount-code">{currency}</span>}
    </span>
  );
}

/** Local time; the exact UTC instant on hover and in the markup. */
export function Time({ iso, clock = false }: { iso: string; clock?: boolean }) {
  const { lang } = useI18n();
  return (
    <time className="num" dateTime={iso} title={formatUtc(iso)}>
      {clock ? formatClock(iso, lang) : formatTime(iso, lang)}
    </time>
  );
}

/** "12 seconds ago", kept current. */
export function Age({ iso }: { iso: string }) {
  const { lang } = useI18n();
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={iso} title={formatUtc(iso)}>
      {formatAge(iso, Math.max(now, Date.parse(iso)), lang)}
    </time>
  );
}

export function CopyButton({ text, label }: { text: string; label: string }) {
  const t = useT();
  const toast = useToast();
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return undefined;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setDone(true);
      toast(t('copy.done'));
    } catch {
      toast(t('copy.refused'));
    }
  };
  return (
    <button type="button" className="btn-copy no-print" onClick={() => void copy()} aria-label={label} title={label}>
      <Icon name={done ? 'check' : 'copy'} size={15} />
    </button>
  );
}

/** An id, shortened where space is dear, whole on hover; copyable on request. */
export function Id(props: { id: string; href?: string; full?: boolean; copy?: boolean }) {
  const { id, href, full = false, copy = false } = props;
  const t = useT();
  const text = (
    <span className={full ? 'mono wrap' : 'mono nowrap'} title={id}>
      {full ? id : shortId(id)}
    </span>
  );
  return (
    <>
      {href === undefined ? (
        text
      ) : (
        <Link href={href} className="id-link">
          {text}
        </Link>
      )}
      {copy && <CopyButton text={id} label={t('copy.id', { id })} />}
    </>
  );
}

export type Tone = 'plain' | 'good' | 'wait' | 'bad';
const TONE_ICON: Record<Tone, IconName | null> = { plain: null, good: 'check', wait: 'clock', bad: 'warn' };

export function Badge({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) {
  const icon = TONE_ICON[tone];
  return (
    <span className={`badge badge-${tone}`}>
      {icon !== null && <Icon name={icon} size={13} />}
      {children}
    </span>
  );
}

export function Banner(props: { tone?: Tone; icon?: IconName; title?: string; children?: ReactNode; role?: 'status' | 'alert' }) {
  const { tone = 'plain', title, children, role } = props;
  const icon = props.icon ?? TONE_ICON[tone] ?? 'info';
  return (
    <div className={`banner banner-${tone}`} role={role}>
      <Icon name={icon} />
      <div>
        {title !== undefined && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}

export function Stat(props: { label: ReactNode; children: ReactNode; note?: ReactNode }) {
  return (
    <div className="stat">
      <div className="stat-label">{props.label}</div>
      <div className="stat-value">{props.children}</div>
      {props.note !== undefined && <div className="stat-note">{props.note}</div>}
    </div>
  );
}

export interface Fact {
  label: string;
  value: ReactNode;
}
/** Facts whose value is null are left out. */
export function Facts({ facts }: { facts: (Fact | null)[] }) {
  return (
    <dl className="facts">
      {facts.map((fact) =>
        fact === null || fact.value === null || fact.value === undefined ? null : (
          <FactRow key={fact.label} label={fact.label} value={fact.value} />
        ),
      )}
    </dl>
  );
}
function FactRow({ label, value }: Fact) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}
