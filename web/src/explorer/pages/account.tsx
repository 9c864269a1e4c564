/* One account: what it holds, what may be spent, why, and everything that ever touched it. */
import { useState } from 'react';
import { Link } from 'wouter';
import type { Account } from '../api/model';
import { useAccount, useBalanceAt } from '../api/queries';
import { useT } from '../i18n';
import { Amount, Badge, Facts, Icon, Id, Loaded, Stat, TextField, Time } from '../../kit';
import { useSearchParams } from '../../lib/params';
import { localInputToUtc } from '../../lib/time';
import { useMay } from '../session';
import { AccountEntries } from './account_entries';
import { AccountExplain } from './account_explain';
import { AccountStatement } from './account_statement';
import { PageHead } from './shell';
import { useKinds } from './words';

const TABS = ['', 'explain', 'statement', 'details'] as const;
const NAMES = ['tab'] as const;

export function AccountPage({ id }: { id: string }) {
  const t = useT();
  const account = useAccount(id);
  const mayWrite = useMay('ledger:write');
  const { titleOf } = useKinds();
  const { data } = account;
  const title = data === undefined ? t('account.title') : `${titleOf(data.kind)} ${data.owner ?? ''}`.trim();
  return (
    <>
      <PageHead title={title} lead={<Id id={id} full copy />} back={{ href: '/accounts', label: t('nav.accounts') }}>
        {mayWrite && data !== undefined && (
          <Link className="btn btn-main" href={`/transfers/new?debit=${id}`}>
            <Icon name="transfers" size={16} />
            {t('account.transfer_from')}
          </Link>
        )}
      </PageHead>
      <Loaded query={account}>{(found) => <Detail account={found} />}</Loaded>
    </>
  );
}

function Detail({ account }: { account: Account }) {
  const t = useT();
  const [{ tab }] = useSearchParams(NAMES);
  const { currency } = account;
  const held = account.normalSide === 'credit' ? account.debitsPending : account.creditsPending;
  const coming = account.normalSide === 'credit' ? account.creditsPending : account.debitsPending;
  return (
    <>
      <section className="card balance-card">
        <Stat
          label={
            <>
              {t('field.balance')}
              {account.closed ? <Badge>{t('account.closed')}</Badge> : null}
            </>
          }
        >
          <span className="headline">
            <Amount minor={account.balance} currency={currency} />
          </span>
        </Stat>
        <Stat label={t('field.available')}>
          <Amount minor={account.available} currency={currency} code={false} />
        </Stat>
        <Stat label={t('field.held')}>
          <Amount minor={held} currency={currency} code={false} />
        </Stat>
        {coming !== 0 && (
          <Stat label={t('field.coming')}>
            <Amount minor={coming} currency={currency} code={false} />
          </Stat>
        )}
      </section>
      <nav className="tabs" aria-label={t('account.tabs')}>
        {TABS.map((name) => (
          <Link
            key={name}
            href={name === '' ? `/accounts/${account.id}` : `/accounts/${account.id}?tab=${name}`}
            aria-current={tab === name ? 'page' : undefined}
          >
            {t(`account.tab.${name === '' ? 'entries' : name}`)}
          </Link>
        ))}
      </nav>
      {tab === 'explain' && <AccountExplain account={account} />}
      {tab === 'statement' && <AccountStatement account={account} />}
      {tab === 'details' && <Details account={account} />}
      {tab === '' && <AccountEntries account={account} />}
    </>
  );
}

function Details({ account }: { account: Account }) {
  const t = useT();
  const { currency } = account;
  return (
    <div className="grid-2">
      <section className="card stack">
        <h2>{t('account.details')}</h2>
        <Facts
          facts={[
            { label: t('field.owner'), value: account.owner ?? t('owner.operator') },
            { label: t('field.opened_at'), value: <Time iso={account.createdAt} /> },
            { label: t('field.grows_by'), value: t(`side.${account.normalSide}`) },
            { label: t('field.entries'), value: <span className="num">{account.seq}</span> },
            { label: t('field.state'), value: account.closed ? t('account.closed') : t('account.is_open') },
            account.lastTransfer === null
              ? null
              : {
                  label: t('field.last_transfer'),
                  value: <Id id={account.lastTransfer} href={`/transfers/${account.lastTransfer}`} />,
                },
            { label: t('field.head'), value: <span className="hash">{account.head}</span> },
          ]}
        />
      </section>
      <section className="card stack">
        <h2>{t('account.limits')}</h2>
        <Facts
          facts={[
            account.debitsCapped ? { label: t('limit.debits'), value: t('limit.debits.means') } : null,
            account.creditsCapped ? { label: t('limit.credits'), value: t('limit.credits.means') } : null,
            account.overdraft > 0
              ? { label: t('limit.overdraft'), value: <Amount minor={account.overdraft} currency={currency} /> }
              : null,
            {
              label: t('limit.balance_max'),
              value: account.balanceMax > 0 ? <Amount minor={account.balanceMax} currency={currency} /> : t('limit.none'),
            },
          ]}
        />
        {!account.debitsCapped && !account.creditsCapped && <p className="soft">{t('limit.uncapped')}</p>}
        <h3>{t('account.sums')}</h3>
        <Facts
          facts={[
            { label: t('sum.debits'), value: <Amount minor={account.debitsPosted} currency={currency} /> },
            { label: t('sum.credits'), value: <Amount minor={account.creditsPosted} currency={currency} /> },
            { label: t('sum.debits_held'), value: <Amount minor={account.debitsPending} currency={currency} /> },
            { label: t('sum.credits_held'), value: <Amount minor={account.creditsPending} currency={currency} /> },
          ]}
        />
      </section>
      <PastBalance account={account} />
    </div>
  );
}

function PastBalance({ account }: { account: Account }) {
  const t = useT();
  const [when, setWhen] = useState('');
  const at = localInputToUtc(when);
  const past = useBalanceAt(account.id, at);
  return (
    <section className="card stack">
      <h2>{t('past.title')}</h2>
      <TextField label={t('past.when')} hint={t('past.hint')} type="datetime-local" step={1} value={when} onText={setWhen} />
      {at !== null && (
        <Loaded query={past} rows={2}>
          {(state) => (
            <Stat label={t('past.balance')} note={t('past.seq', { count: state.seq })}>
              <Amount minor={state.balance} currency={account.currency} />
            </Stat>
          )}
        </Loaded>
      )}
    </section>
  );
}
