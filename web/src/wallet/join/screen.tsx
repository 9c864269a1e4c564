/* One screen of signing up: which of the five it is, what is asked, and always a way on. */
import type { ReactNode } from 'react';
import { usePageTitle } from '../../kit';
import { useT } from '../i18n';

export const STEPS = 5;

export function Screen(props: { step: number; title: string; lead?: ReactNode; children: ReactNode }) {
  const { step, title, lead, children } = props;
  const t = useT();
  usePageTitle(title);
  return (
    <div className="stack-5">
      <div className="stack-2">
        <ol className="stepper" aria-label={t('join.step', { step, steps: STEPS })}>
          {Array.from({ length: STEPS }, (_, index) => index + 1).map((at) => {
            let look = '';
            if (at < step) look = 'is-done';
            else if (at === step) look = 'is-here';
            return <li key={at} className={look} aria-current={at === step ? 'step' : undefined} />;
          })}
        </ol>
        <p className="small muted">{t('join.step', { step, steps: STEPS })}</p>
        <h1>{title}</h1>
        {lead !== undefined && <div className="page-lead">{lead}</div>}
      </div>
      {children}
    </div>
  );
}
