/* Why is this balance what it is: every entry in order, the running sum after each, and the sums that
 * must meet the balance to the minor unit. The page adds up by itself and compares with what the
 * server says; a difference is shown as harm. */
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ExplainItem } from '../api/client';
import type { Account } from '../api/model';
import { useT } from '../i18n';
import { Amount, Badge, Banner, Button, Id, Loaded, Stat, Time } from '../../kit';
import { useClient } from '../session';
import { AccountName } from './account_name';

export interface ExplainStep extends ExplainItem {
  running: number;
}

/** Adds up in plain integers; `running` is ours, `stated` is what the entry says. */
export function addUp(opening: number, steps: ExplainItem[]): ExplainStep[] {
  let running = opening;
  return steps.map((step) => {
    running += step.change;
    return { ...step, running };
  });
}

export function AccountExplain({ account }: { account: Account }) {
  const client = useClient();
  const query = useInfiniteQuery({
    queryKey: ['explanation', account.id],
    queryFn: ({ pageParam }) => client.explanation(account.id, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    meta: { follows: 'ledger' },
  });
  return (
    <Loaded query={query} rows={6}>
      {(data) => {
        const steps = addUp(0, data.pages.flatMap((page) => page.items));
        return (
          <Explained
            account={account}
            steps={steps}
            complete={!query.hasNextPage}
            busy={query.isFetchingNextPage}
            onMore={() => void query.fetchNextPage()}
          />
        );
      }}
    </Loaded>
  );
}

function Explained(props: { account: Account; steps: ExplainStep[]; complete: boolean; busy: boolean; onMore: () => void }) {
  const t = useT();
  const { account, steps, complete, busy, onMore } = props;
  const { currency } = account;
  const moves = steps.filter((step) => step.change !== 0);
  const ins = moves.filter((step) => step.change > 0);
  const outs = moves.filter((step) => step.change < 0);
  const sumIn = ins.reduce((sum, step) => sum + step.change, 0);
  const sumOut = outs.reduce((sum, step) => sum + step.change, 0);
  const total = sumIn + sumOut;
  const wrong = steps.find((step) => step.running !== step.stated);
  const meets = wrong === undefined && (!complete || total === account.balance);
  return (
    <>
      <section className="card stack" data-testid="explanation">
        <div className="row-between">
          <h2>{t('explain.title')}</h2>
          {complete &&
            (meets ? <Badge tone="good">{t('explain.meets')}</Badge> : <Badge tone="bad">{t('explain.differs')}</Badge>)}
        </div>
        {!meets && (
          <Banner tone="bad" title={t('explain.differs')}>
            {wrong === undefined ? t('explain.differs.total') : t('explain.differs.at', { seq: wrong.seq })}
          </Banner>
        )}
        <div className="equation">
          <Stat label={t('explain.in', { count: ins.length })}>
            <Amount minor={sumIn} currency={currency} plus code={false} />
          </Stat>
          <Stat label={t('explain.out', { count: outs.length })}>
            <Amount minor={sumOut} currency={currency} code={false} />
          </Stat>
          <span className="equation-sign" aria-hidden="true">
            =
          </span>
          <Stat label={complete ? t('field.balance') : t('explain.so_far')}>
            <Amount minor={total} currency={currency} />
          </Stat>
        </div>
        {moves.length > 1 && <Waterfall steps={moves.slice(-60)} />}
        <p className="small muted">{t('explain.note')}</p>
      </section>
      <section className="card card-flush">
        <table className="table table-cards">
          <caption className="hidden-visually">{t('explain.title')}</caption>
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">{t('field.time')}</th>
              <th scope="col">{t('field.transfer')}</th>
              <th scope="col">{t('field.counterparty')}</th>
              <th scope="col" className="end">
                {t('field.movement')}
              </th>
              <th scope="col" className="end">
                {t('explain.running')}
              </th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step.transferId}>
                <td data-label={t('field.seq')} className="num muted">
                  {step.seq}
                </td>
                <td data-label={t('field.time')}>
                  <Time iso={step.createdAt} />
                </td>
                <td data-label={t('field.transfer')}>
                  <Id id={step.transferId} href={`/transfers/${step.transferId}`} />
                </td>
                <td data-label={t('field.counterparty')}>
                  <AccountName id={step.counterparty} />
                </td>
                <td data-label={t('field.movement')} className="end">
                  <span className={step.change > 0 ? 'up' : undefined}>
                    <Amount minor={step.change} currency={currency} plus code={false} />
                  </span>
                </td>
                <td data-label={t('explain.running')} className="end">
                  <Amount minor={step.running} currency={currency} code={false} />
                </td>
              </tr>
            ))}
          </tbody>
          {complete && (
            <tfoot>
              <tr>
                <th scope="row" colSpan={5}>
                  {t('field.balance')}
                </th>
                <td className="end">
                  <Amount minor={total} currency={currency} />
                </td>
              </tr>
            </tfoot>
          )}
        </table>
        {!complete && (
          <div className="pad">
            <Button disabled={busy} onClick={onMore}>
              {t('action.more')}
            </Button>
          </div>
        )}
      </section>
    </>
  );
}

/** Steps up and down from one balance to the next; the table below holds the same figures. Pixels
 * are the only place where a quotient is taken. */
function Waterfall({ steps }: { steps: ExplainStep[] }) {
  const width = 1000;
  const height = 180;
  const levels = steps.flatMap((step) => [step.running, step.running - step.change]).concat(0);
  const top = Math.max(...levels);
  const bottom = Math.min(...levels);
  const span = Math.max(1, top - bottom);
  const y = (minor: number) => ((top - minor) / span) * (height - 8) + 4;
  const slot = width / steps.length;
  const bar = Math.min(48, slot * 0.64);
  return (
    <svg className="chart" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
      <line x1="0" x2={width} y1={y(0)} y2={y(0)} className="axis" />
      {steps.map((step, index) => {
        const x = index * slot + (slot - bar) / 2;
        const from = y(step.running - step.change);
        const to = y(step.running);
        return (
          <g key={step.transferId}>
            <rect
              x={x}
              y={Math.min(from, to)}
              width={bar}
              height={Math.max(2, Math.abs(from - to))}
              rx="2"
              className={step.change > 0 ? 'bar-a' : 'bar-out'}
            />
            {index + 1 < steps.length && <line x1={x + bar} x2={x + slot} y1={to} y2={to} className="axis" />}
          </g>
        );
      })}
    </svg>
  );
}
