/* Every check of a proof, one by one: what it is, what it proves, what was compared. */
import { useCallback, useState } from 'react';
import { useT } from '../i18n';
import { Amount, Banner, Facts, Icon, Id, Skeleton, Time } from '../../kit';
import type { Fact } from '../../kit';
import { isCurrency } from '../../lib/money';
import { pinnedKeys } from '../lib/pins';
import { loadVerifier } from '../lib/verifier';
import type { Check, Facts as ProvenFacts, Report } from '../../verify/types';

export interface CheckState {
  report: Report | null;
  busy: boolean;
  failed: boolean;
  run(text: string): Promise<void>;
  clear(): void;
}

/** Runs the checker of this browser on a document, with the keys pinned here. */
export function useCheck(): CheckState {
  const [state, setState] = useState<{ report: Report | null; busy: boolean; failed: boolean }>({
    report: null, busy: false, failed: false,
  });
  const run = useCallback(async (text: string) => {
    setState({ report: null, busy: true, failed: false });
    try {
      const { verifyDocument } = await loadVerifier();
      setState({ report: await verifyDocument(text, pinnedKeys()), busy: false, failed: false });
    } catch {
      setState({ report: null, busy: false, failed: true });
    }
  }, []);
  const clear = useCallback(() => setState({ report: null, busy: false, failed: false }), []);
  return { ...state, run, clear };
}

export function ProofReport({ check }: { check: CheckState }) {
  const t = useT();
  if (check.busy) return <Skeleton rows={5} />;
  if (check.failed) return <Banner tone="bad" title={t('proof.unavailable')} role="alert" />;
  if (check.report === null) return null;
  return <Shown report={check.report} />;
}

/** Whether all that fails is that the key was never pinned: true proof, unknown signer. */
function onlyKeyUnknown(report: Report): boolean {
  return !report.ok && report.checks.every((check) => check.outcome === 'passed' || check.id === 'key_known');
}

function Shown({ report }: { report: Report }) {
  const t = useT();
  const failed = report.checks.find((check) => check.outcome === 'failed' && check.id !== 'key_known');
  const unpinned = onlyKeyUnknown(report);
  const passed = report.checks.filter((check) => check.outcome === 'passed').length;
  return (
    <section className="stack-5" data-testid="proof" data-ok={report.ok} data-kind={report.kind}>
      {report.ok && (
        <Banner tone="good" icon="verify" title={t('proof.ok')} role="status">
          {t('proof.ok.body', { count: passed })}
        </Banner>
      )}
      {unpinned && (
        <Banner tone="wait" icon="verify" title={t('proof.unpinned')} role="status">
          {t('proof.unpinned.body')}
        </Banner>
      )}
      {failed !== undefined && (
        <Banner tone="bad" title={t('proof.bad')} role="alert">
          {t('proof.bad.body', { check: t(`check.${failed.id}.title`) })}
        </Banner>
      )}
      <div className="proof-grid">
        <div className="card stack">
          <h2>{t('proof.checks')}</h2>
          <ol className="steps">
            {report.checks.map((check) => (
              <Step key={check.id} check={check} unpinned={unpinned} />
            ))}
          </ol>
        </div>
        <div className="card stack">
          <h2>{t('proof.facts')}</h2>
          {failed !== undefined && <p className="soft">{t('proof.facts.doubt')}</p>}
          <ProofFacts facts={report.facts} />
        </div>
      </div>
    </section>
  );
}

function Step({ check, unpinned }: { check: Check; unpinned: boolean }) {
  const t = useT();
  // A key nobody pinned is a question, not a forgery.
  const asks = unpinned && check.outcome === 'failed';
  const icon = asks ? 'help' : ({ passed: 'check', failed: 'cross', skipped: 'minus' } as const)[check.outcome];
  const differs = check.outcome === 'failed' && check.stated !== undefined && check.computed !== undefined;
    return (
    <li className={`step step-${asks ? 'asks' : check.outcome}`} data-check={check.id} data-outcome={check.outcome}>
      <span className="step-dot">
        <Icon name={icon} size={16} />
      </span>
      <div className="step-body">
        <h3>
          {t(`check.${check.id}.title`)} <span className="hidden-visually">: {t(`check.outcome.${asks ? 'asks' : check.outcome}`)}</span>
        </h3>
        <p>{t(`check.${check.id}.proves`)}</p>
        {check.at !== undefined && <p>{t('check.at', { at: check.at + 1 })}</p>}
        {(check.stated !== undefined || check.computed !== undefined || check.detail !== undefined) && (
          <details open={differs}>
            <summary>
              <span className="chevron">
                <Icon name="right" size={14} />
              </span>
              {t('check.compare')}
            </summary>
            <div className="stack-2">
              {check.stated !== undefined && (
                <div>
                  <div className="small muted">{t('check.stated')}</div>
                  <div className="hash">{check.stated}</div>
                </div>
              )}
              {check.computed !== undefined && (
                <div>
                  <div className="small muted">{t('check.computed')}</div>
                  <div className="hash">{check.computed}</div>
                </div>
              )}
              {check.detail !== undefined && (
                <div className="small muted" lang="en">
                  {check.detail}
                </div>
              )}
            </div>
          </details>
        )}
      </div>
    </li>
  );
}

function idFact(label: string, value: string | undefined): Fact | null {
  return value === undefined ? null : { label, value: <Id id={value} full /> };
}
function numberFact(label: string, value: number | undefined): Fact | null {
  return value === undefined ? null : { label, value: <span className="num">{value.toLocaleString('en')}</span> };
}

function ProofFacts({ facts }: { facts: ProvenFacts }) {
  const t = useT();
  const { amount_minor: amount, posted_minor: posted, currency = '' } = facts;
  const known = isCurrency(currency);
  return (
    <Facts
      facts={[
        amount === undefined || !known ? null : { label: t('field.amount'), value: <Amount minor={amount} currency={currency} /> },
        idFact(t('field.transfer'), facts.transfer_id),
        idFact(t('field.account'), facts.account_id),
        facts.side === undefined ? null : { label: t('filter.side'), value: t(`side.${facts.side}`) },
        idFact(t('field.counterparty'), facts.counterparty_id),
        facts.created_at === undefined ? null : { label: t('field.posted_at'), value: <Time iso={facts.created_at} /> },
        numberFact(t('field.code'), facts.code),
        numberFact(t('field.seq'), facts.seq),
        posted === undefined || !known ? null : { label: t('field.net_after'), value: <Amount minor={posted} currency={currency} /> },
        numberFact(t('field.entries'), facts.entries),
        numberFact(t('field.log_index'), facts.log_index),
        numberFact(t('field.log_size'), facts.log_size),
        facts.log_origin === undefined ? null : { label: t('field.log_origin'), value: facts.log_origin },
        facts.key_id === undefined ? null : { label: t('field.log_key'), value: <span className="hash">{facts.key_id}</span> },
      ]}
    />
  );
}
