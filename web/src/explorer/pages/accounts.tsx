/* Every account, filtered by kind, currency and owner. */
import { Link, useLocation } from 'wouter';
import { useState } from 'react';
import type { Account } from '../api/model';
import { useAccounts } from '../api/queries';
import { useT } from '../i18n';
import { Amount, Badge, Button, Empty, Icon, Id, Loaded, SelectField, TextField } from '../../kit';
import { CURRENCIES } from '../../lib/money';
import { isId } from '../../lib/ids';
import { useSearchParams } from '../../lib/params';
import { useMay } from '../session';
import { PageHead } from './shell';
import { useKinds } from './words';

const NAMES = ['kind', 'currency', 'owner'] as const;

export function Accounts() {
  const t = useT();
  const mayWrite = useMay('ledger:write');
  const [filter, change] = useSearchParams(NAMES);
  const { kinds, titleOf } = useKinds();
  const accounts = useAccounts(filter);
  const filtered = filter.kind !== '' || filter.currency !== '' || filter.owner !== '';
  return (
    <>
      <PageHead title={t('accounts.title')} lead={t('accounts.lead')}>
        {mayWrite && (
          <Link className="btn btn-main" href="/accounts/new">
            <Icon name="plus" size={16} />
            {t('account.open')}
          </Link>
        )}
      </PageHead>
      <FindAccount />
      <section className="card card-flush" aria-label={t('accounts.title')}>
        <div className="card-head">
          <div className="filters grow">
            <SelectField
              label={t('field.kind')}
              value={filter.kind}
              onText={(kind) => change({ kind })}
              options={[
                { value: '', label: t('filter.any') },
                ...kinds.map((kind) => ({ value: kind.kind, label: titleOf(kind.kind) })),
              ]}
            />
            <SelectField
              label={t('field.currency')}
              value={filter.currency}
              onText={(currency) => change({ currency })}
              options={[{ value: '', label: t('filter.any') }, ...CURRENCIES.map((code) => ({ value: code, label: code }))]}
            />
            <TextField
              label={t('field.owner')}
              value={filter.owner}
              inputMode="numeric"
              placeholder={t('filter.owner')}
              onText={(owner) => change({ owner: owner.replace(/\D/g, '') })}
            />
          </div>
        </div>
        <Loaded query={accounts} rows={6}>
          {(data) => {
            const rows = data.pages.flatMap((page) => page.items);
            if (rows.length === 0) return <NoAccounts filtered={filtered} mayWrite={mayWrite} onClear={() => change({ kind: '', currency: '', owner: '' })} />;
            return (
              <>
                <AccountTable rows={rows} titleOf={titleOf} />
                {accounts.hasNextPage && (
                  <div className="pad">
                    <Button disabled={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>
                      {t('action.more')}
                    </Button>
                  </div>
                )}
              </>
            );
          }}
        </Loaded>
      </section>
    </>
  );
}

function NoAccounts(props: { filtered: boolean; mayWrite: boolean; onClear: () => void }) {
  const t = useT();
  if (props.filtered) {
    return (
      <Empty title={t('accounts.none.filtered')} action={<Button onClick={props.onClear}>{t('filter.clear')}</Button>}>
        {t('accounts.none.filtered.body')}
      </Empty>
    );
  }
  return (
    <Empty
      title={t('overview.empty.title')}
      action={
        props.mayWrite && (
          <Link className="btn btn-main" href="/accounts/new">
            {t('overview.empty.action')}
          </Link>
        )
      }
    >
      {t('accounts.none.body')}
    </Empty>
  );
}

function AccountTable({ rows, titleOf }: { rows: Account[]; titleOf: (kind: string) => string }) {
  const t = useT();
  return (
    <table className="table table-cards">
      <caption className="hidden-visually">{t('accounts.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('field.account')}</th>
          <th scope="col">{t('field.kind')}</th>
          <th scope="col">{t('field.owner')}</th>
          <th scope="col" className="end">
            {t('field.entries')}
          </th>
          <th scope="col" className="end">
            {t('field.available')}
          </th>
          <th scope="col" className="end">
            {t('field.balance')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((account) => (
          <tr key={account.id}>
            <td data-label={t('field.account')}>
              <Id id={account.id} href={`/accounts/${account.id}`} />
            </td>
            <td data-label={t('field.kind')}>
              <span className="row">
                {titleOf(account.kind)}
                {account.closed && <Badge>{t('account.closed')}</Badge>}
              </span>
            </td>
            <td data-label={t('field.owner')} className="num">
              {account.owner ?? <span className="muted">{t('owner.operator')}</span>}
            </td>
            <td data-label={t('field.entries')} className="end num">
              {account.seq.toLocaleString('en')}
            </td>
            <td data-label={t('field.available')} className="end soft">
              <Amount minor={account.available} currency={account.currency} code={false} />
            </td>
            <td data-label={t('field.balance')} className="end">
              <Amount minor={account.balance} currency={account.currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function FindAccount() {
  const t = useT();
  const [, go] = useLocation();
  const [id, setId] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  return (
    <form
      className="find"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = id.trim();
        if (isId('acc', wanted)) go(`/accounts/${wanted}`);
        else setFault(t('accounts.find.fault'));
      }}
    >
      <div className="grow">
        <TextField
          label={t('accounts.find')}
          value={id}
          fault={fault}
          placeholder="acc_01hq3k9zv5w8x"
          autoComplete="off"
          spellCheck={false}
          onText={(text) => {
            setId(text);
            setFault(null);
          }}
        />
      </div>
      <Button type="submit" icon="search">
        {t('action.find')}
      </Button>
    </form>
  );
}
