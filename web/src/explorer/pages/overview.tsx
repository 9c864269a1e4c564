/* The state of the books at a glance: does it balance, is client money there, what happens now. */
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { KindBalance } from '../api/client';
import type { Totals } from '../api/model';
import { useCheckpoint, useKindBalances, useTotals } from '../api/queries';
import { useT } from '../i18n';
import { Age, Amount, Badge, Empty, Icon, Loaded, Stat } from '../../kit';
import { useMay } from '../session';
import { BUCKET_MS, useLive } from '../session/live';
import { LiveTable } from './live_table';
import { PageHead } from './shell';
import { GROUPS, groupOf, useKinds } from './words';

export function Overview() {
  const t = useT();
  const mayWrite = useMay('ledger:write');
  const totals = useTotals();
  const live = useLive();
  const empty = totals.data !== undefined && totals.data.length === 0;
  return (
    <>
      <PageHead title={t('overview.title')} lead={t('overview.lead')}>
        {mayWrite && (
          <>
            <Link className="btn btn-plain" href="/accounts/new">
              <Icon name="plus" size={16} />
              {t('account.open')}
            </Link>
            <Link className="btn btn-main" href="/transfers/new">
              <Icon name="transfers" size={16} />
              {t('transfer.make')}
            </Link>
          </>
        )}
      </PageHead>
      {empty ? (
        <div className="card">
          <FirstSteps mayWrite={mayWrite} />
        </div>
      ) : (
        <>
          <Loaded query={totals} rows={3}>
            {(rows) => (
              <>
                {rows.map((row) => (
                  <CurrencyCard key={row.currency} totals={row} />
                ))}
              </>
            )}
          </Loaded>
          <div className="grid-3">
            <LogCard />
            <CheckpointCard />
            <RateCard />
          </div>
          <section className="card card-flush">
            <div className="card-head">
              <h2>{t('overview.latest')}</h2>
              <Link href="/transfers">{t('overview.latest.all')}</Link>
            </div>
            {live.rows.length === 0 ? (
              <p className="muted pad">{t('overview.latest.none')}</p>
            ) : (
              <LiveTable rows={live.rows.slice(0, 6)} caption={t('overview.latest')} />
            )}
          </section>
          <Chart />
        </>
      )}
    </>
  );
}

function FirstSteps({ mayWrite }: { mayWrite: boolean }) {
  const t = useT();
  return (
    <Empty
      title={t('overview.empty.title')}
      action={
        mayWrite ? (
          <Link className="btn btn-main" href="/accounts/new">
            {t('overview.empty.action')}
          </Link>
        ) : (
          <Link className="btn btn-plain" href="/help">
            {t('nav.help')}
          </Link>
        )
      }
    >
      {t('overview.empty.body')}
    </Empty>
  );
}

/** Invariant 1 as a pair of scales, invariant 12 beside it. */
function CurrencyCard({ totals }: { totals: Totals }) {
  const t = useT();
  const { currency } = totals;
  const balanced =
    totals.debitsPosted === totals.creditsPosted && totals.debitsPending === totals.creditsPending;
  const covered = totals.bank + totals.transitIn;
  const owed = totals.clientLiabilities + totals.transitOut;
  const over = covered - owed;
  const hasClients = covered !== 0 || owed !== 0;
  return (
    <section className="card" aria-label={t('overview.currency', { currency })} data-testid={`totals-${currency}`}>
      <div className="card-head">
        <h2>{t('overview.currency', { currency })}</h2>
        {balanced ? <Badge tone="good">{t('overview.balanced')}</Badge> : <Badge tone="bad">{t('overview.unbalanced')}</Badge>}
      </div>
      <div className={hasClients ? 'books' : undefined}>
        <dl className="sums">
          <SumRow label={t('overview.debits')} minor={totals.debitsPosted} currency={currency} />
          <SumRow label={t('overview.credits')} minor={totals.creditsPosted} currency={currency} ruled={balanced} />
          {(totals.debitsPending !== 0 || totals.creditsPending !== 0) && (
            <SumRow label={t('overview.held')} minor={totals.debitsPending} currency={currency} light />
          )}
        </dl>
      {hasClients && (
        <div className="cover">
          <div className="row-between">
            <h3>{t('overview.cover')}</h3>
            {over === 0 && <Badge tone="good">{t('overview.cover.exact')}</Badge>}
            {over > 0 && (
              <Badge tone="good">
                {t('overview.cover.surplus')} <Amount minor={over} currency={currency} />
              </Badge>
            )}
            {over < 0 && (
              <Badge tone="bad">
                {t('overview.cover.shortage')} <Amount minor={-over} currency={currency} />
              </Badge>
            )}
          </div>
          <CoverBars
            rows={[
              { label: t('overview.cover.bank'), parts: [totals.bank, totals.transitIn] },
              { label: t('overview.cover.owed'), parts: [totals.clientLiabilities, totals.transitOut] },
            ]}
          />
          <dl className="cover-facts">
            <CoverFact label={t('overview.cover.bank.part')} minor={totals.bank} currency={currency} look="a" />
            <CoverFact label={t('overview.cover.in')} minor={totals.transitIn} currency={currency} look="b" />
            <CoverFact label={t('overview.cover.clients')} minor={totals.clientLiabilities} currency={currency} look="a" />
            <CoverFact label={t('overview.cover.out')} minor={totals.transitOut} currency={currency} look="b" />
          </dl>
        </div>
      )}
      </div>
    </section>
  );
}

/** A line of the sums; the pair that agrees is ruled off twice, as bookkeepers do. */
function SumRow(props: { label: string; minor: number; currency: string; ruled?: boolean; light?: boolean }) {
  const { label, minor, currency, ruled = false, light = false } = props;
  const look = light ? 'sum sum-light' : ruled ? 'sum sum-ruled' : 'sum';
  return (
    <div className={look}>
      <dt>{label}</dt>
      <dd>
        <Amount minor={minor} currency={currency} code={false} />
      </dd>
    </div>
  );
}

function CoverFact(props: { label: string; minor: number; currency: string; look: 'a' | 'b' }) {
  return (
    <div>
      <dt>
        <span className={`swatch swatch-${props.look}`} aria-hidden="true" />
        {props.label}
      </dt>
      <dd>
        <Amount minor={props.minor} currency={props.currency} code={false} />
      </dd>
    </div>
  );
}

/** Two bars on one scale, so that cover and debt can be compared by eye; the figures stand below. */
function CoverBars({ rows }: { rows: { label: string; parts: [number, number] }[] }) {
  const most = Math.max(1, ...rows.map(({ parts }) => Math.max(0, parts[0]) + Math.max(0, parts[1])));
  return (
    <div className="stack-2" aria-hidden="true">
      {rows.map(({ label, parts }) => {
        const first = (Math.max(0, parts[0]) / most) * 1000;
        const second = (Math.max(0, parts[1]) / most) * 1000;
        return (
          <div key={label} className="cover-row">
            <span className="small soft">{label}</span>
            <svg viewBox="0 0 1000 12" preserveAspectRatio="none" className="cover-bar">
              <rect x="0" width="1000" height="12" className="bar-back" />
              <rect x="0" width={first} height="12" className="bar-a" />
              <rect x={first} width={second} height="12" className="bar-b" />
            </svg>
          </div>
        );
      })}
    </div>
  );
}

function LogCard() {
  const t = useT();
  const checkpoint = useCheckpoint();
  return (
    <section className="card">
      <Loaded query={checkpoint} rows={2}>
        {(note) => (
          <Stat label={t('overview.log')} note={t('overview.log.note', { count: note.size })}>
            <span className="num">{note.size.toLocaleString('en')}</span>
          </Stat>
        )}
      </Loaded>
    </section>
  );
}

/** When this note was first seen on this page: notes carry no time of their own. */
function useSince(note: string | undefined): string | null {
  const [since, setSince] = useState<{ note: string; iso: string } | null>(null);
  useEffect(() => {
    if (note !== undefined) setSince({ note, iso: new Date().toISOString() });
  }, [note]);
  return since?.iso ?? null;
}

function CheckpointCard() {
  const t = useT();
  const checkpoint = useCheckpoint();
  const since = useSince(checkpoint.data?.note);
  return (
    <section className="card">
      <Loaded query={checkpoint} rows={2}>
        {(note) => (
          <Stat
            label={t('overview.checkpoint')}
            note={
              <>
                {since !== null && (
                  <>
                    {t('overview.checkpoint.seen')} <Age iso={since} /> ·{' '}
                  </>
                )}
                <Link href="/checkpoint">{t('overview.checkpoint.link')}</Link>
              </>
            }
          >
            <span className="mono stat-hash">{note.rootBase64.slice(0, 12)}…</span>
          </Stat>
        )}
      </Loaded>
    </section>
  );
}

function RateCard() {
  const t = useT();
  const { buckets, more } = useLive();
  const sum = buckets.reduce((a, b) => a + b, 0);
  return (
    <section className="card">
      <Stat label={t('overview.rate')} note={t('overview.rate.note')}>
        <span className="row">
          <span className="num">
            {sum.toLocaleString('en')}
            {more && '+'}
          </span>
          <RateBars buckets={buckets} />
        </span>
      </Stat>
    </section>
  );
}

function RateBars({ buckets }: { buckets: number[] }) {
  const t = useT();
  const most = Math.max(4, ...buckets);
  return (
    <>
      <svg className="rate" viewBox="0 0 120 32" aria-hidden="true">
        {buckets.map((count, index) => {
          const height = Math.max(1.5, (count / most) * 32);
          return (
            <rect
              key={`${buckets.length - index}`}
              x={index * 10}
              y={32 - height}
              width="7"
              height={height}
              rx="1.5"
              className={count > 0 ? 'bar-a' : 'bar-back'}
            />
          );
        })}
      </svg>
      <span className="hidden-visually">
        {t('overview.rate.table', { seconds: BUCKET_MS / 1000, list: buckets.join(', ') })}
      </span>
    </>
  );
}

function Chart() {
  const t = useT();
  const balances = useKindBalances();
  const { kinds, titleOf } = useKinds();
  return (
    <section className="card card-flush">
      <div className="card-head">
        <h2>{t('chart.title')}</h2>
        <span className="small muted">{t('chart.lead')}</span>
      </div>
      <Loaded query={balances}>
        {({ rows, complete }) => (
          <table className="table">
            <caption className="hidden-visually">{t('chart.title')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('field.kind')}</th>
                <th scope="col" className="end">
                  {t('field.accounts')}
                </th>
                <th scope="col" className="end">
                  {t('field.balance')}
                </th>
              </tr>
            </thead>
            {GROUPS.map((group) => {
              const members = kinds.filter((kind) => groupOf(kind.number) === group);
              const used = rows.filter((row) => members.some((kind) => kind.kind === row.kind));
              return used.length === 0 ? null : (
                <ChartGroup key={group} title={t(`chart.group.${group}`)} rows={used} titleOf={titleOf} />
              );
            })}
            {!complete && (
              <tbody>
                <tr>
                  <td colSpan={3} className="muted small">
                    {t('chart.partial')}
                  </td>
                </tr>
              </tbody>
            )}
          </table>
        )}
      </Loaded>
    </section>
  );
}

function ChartGroup(props: { title: string; rows: KindBalance[]; titleOf: (kind: string) => string }) {
  return (
    <tbody>
      <tr className="group-row">
        <th scope="colgroup" colSpan={3}>
          {props.title}
        </th>
      </tr>
      {props.rows.map((row) => (
        <tr key={`${row.kind} ${row.currency}`}>
          <td>
            <Link href={`/accounts?kind=${row.kind}&currency=${row.currency}`}>{props.titleOf(row.kind)}</Link>
          </td>
          <td className="end num">{row.accounts.toLocaleString('en')}</td>
          <td className="end">
            <Amount minor={row.balance} currency={row.currency} />
          </td>
        </tr>
      ))}
    </tbody>
  );
}
