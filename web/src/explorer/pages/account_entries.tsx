/* Entries of one account, both ways, with filters that live in the address. */
import { Link } from 'wouter';
import type { Account, EntryFilter, Transfer } from '../api/model';
import { legOf, movement, normalBalance } from '../api/model';
import { useEntries } from '../api/queries';
import { useT } from '../i18n';
import { Amount, Badge, Button, Empty, Icon, Id, Loaded, SelectField, TextField, Time } from '../../kit';
import { parseAmount } from '../../lib/money';
import { useSearchParams } from '../../lib/params';
import { localInputToUtc } from '../../lib/time';
import { AccountName } from './account_name';
import { PHASE_TONE, phaseKey } from './words';

const NAMES = ['order', 'from', 'until', 'min', 'max', 'code', 'with', 'side'] as const;
type Params = Record<(typeof NAMES)[number], string>;

function amountOf(text: string, currency: string): number | null {
  const parsed = parseAmount(text, currency);
  return parsed.ok ? parsed.minor : null;
}
export function entryFilterOf(params: Params, currency: string): EntryFilter {
  return {
    oldestFirst: params.order === 'oldest',
    from: localInputToUtc(params.from) ?? '',
    until: localInputToUtc(params.until) ?? '',
    amountMin: amountOf(params.min, currency),
    amountMax: amountOf(params.max, currency),
    code: /^\d{1,5}$/.test(params.code) ? params.code : '',
    counterparty: params.with.trim(),
    side: params.side === 'debit' || params.side === 'credit' ? params.side : '',
  };
}

export function AccountEntries({ account }: { account: Account }) {
  const t = useT();
  const [params, change] = useSearchParams(NAMES);
  const entries = useEntries(account.id, entryFilterOf(params, account.currency));
  const filtered = NAMES.some((name) => name !== 'order' && params[name] !== '');
  const clear = () => change({ from: '', until: '', min: '', max: '', code: '', with: '', side: '' });
  return (
    <section className="card card-flush" aria-label={t('account.tab.entries')}>
      <div className="card-head">
        <details className="grow" open={filtered}>
          <summary>
            <span className="chevron">
              <Icon name="right" size={14} />
            </span>
            {filtered ? t('filter.on') : t('filter.title')}
          </summary>
          <Filters params={params} change={change} currency={account.currency} />
          {filtered && (
            <Button small look="quiet" onClick={clear}>
              {t('filter.clear')}
            </Button>
          )}
        </details>
        <Button
          small
          look="quiet"
          onClick={() => change({ order: params.order === 'oldest' ? '' : 'oldest' })}
        >
          {params.order === 'oldest' ? t('order.oldest') : t('order.newest')}
        </Button>
      </div>
      <Loaded query={entries} rows={6}>
        {(data) => {
          const rows = data.pages.flatMap((page) => page.items);
          if (rows.length === 0 && !entries.hasNextPage) {
            return filtered ? (
              <Empty title={t('entries.none.filtered')} action={<Button onClick={clear}>{t('filter.clear')}</Button>}>
                {t('entries.none.filtered.body')}
              </Empty>
            ) : (
              <Empty
                title={t('entries.none')}
                action={
                  <Link className="btn btn-plain" href={`/transfers/new?credit=${account.id}`}>
                    {t('account.transfer_to')}
                  </Link>
                }
              >
                {t('entries.none.body')}
              </Empty>
            );
          }
          return (
            <>
              <EntryTable rows={rows} account={account} />
              {entries.hasNextPage && (
                <div className="pad">
                  <Button disabled={entries.isFetchingNextPage} onClick={() => void entries.fetchNextPage()}>
                    {t('action.more')}
                  </Button>
                </div>
              )}
            </>
          );
        }}
      </Loaded>
    </section>
  );
}

function Filters(props: { params: Params; change: (change: Partial<Params>) => void; currency: string }) {
  const t = useT();
  const { params, change, currency } = props;
  return (
    <div className="filters">
      <TextField label={t('filter.from')} type="datetime-local" value={params.from} onText={(from) => change({ from })} />
      <TextField label={t('filter.until')} type="datetime-local" value={params.until} onText={(until) => change({ until })} />
      <TextField label={t('filter.min')} unit={currency} inputMode="decimal" value={params.min} onText={(min) => change({ min })} />
      <TextField label={t('filter.max')} unit={currency} inputMode="decimal" value={params.max} onText={(max) => change({ max })} />
      <TextField label={t('field.code')} inputMode="numeric" value={params.code} onText={(code) => change({ code })} />
      <SelectField
        label={t('filter.side')}
        value={params.side}
        onText={(side) => change({ side })}
        options={[
          { value: '', label: t('filter.any') },
          { value: 'debit', label: t('side.debit') },
          { value: 'credit', label: t('side.credit') },
        ]}
      />
      <TextField
        label={t('filter.counterparty')}
        placeholder="acc_…"
        value={params.with}
        onText={(value) => change({ with: value })}
      />
    </div>
  );
}

export function EntryTable({ rows, account }: { rows: Transfer[]; account: Account }) {
  const t = useT();
  return (
    <table className="table table-cards">
      <caption className="hidden-visually">{t('account.tab.entries')}</caption>
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">{t('field.time')}</th>
          <th scope="col">{t('field.transfer')}</th>
          <th scope="col">{t('field.counterparty')}</th>
          <th scope="col">{t('field.state')}</th>
          <th scope="col" className="end">
            {t('field.movement')}
          </th>
          <th scope="col" className="end">
            {t('field.balance_after')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((transfer) => {
          const found = legOf(transfer, account.id);
          if (found === null) return null;
          const { side, leg, other } = found;
          const moved = movement(transfer, side, account.normalSide);
          return (
            <tr key={transfer.id}>
              <td data-label={t('field.seq')} className="num muted">
                {leg.seq}
              </td>
              <td data-label={t('field.time')}>
                <Time iso={transfer.createdAt} />
              </td>
              <td data-label={t('field.transfer')}>
                <Id id={transfer.id} href={`/transfers/${transfer.id}`} />
              </td>
              <td data-label={t('field.counterparty')}>
                <AccountName id={other.account} />
              </td>
              <td data-label={t('field.state')}>
                <Badge tone={PHASE_TONE[transfer.phase]}>{t(phaseKey(transfer.phase))}</Badge>
              </td>
              <td data-label={t('field.movement')} className="end">
                {moved === 0 ? (
                  <span className="muted">
                    (<Amount minor={transfer.amount} currency={account.currency} code={false} />)
                  </span>
                ) : (
                  <span className={moved > 0 ? 'up' : undefined}>
                    <Amount minor={moved} currency={account.currency} plus code={false} />
                  </span>
                )}
              </td>
              <td data-label={t('field.balance_after')} className="end">
                <Amount minor={normalBalance(leg.posted, account.normalSide)} currency={account.currency} />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
