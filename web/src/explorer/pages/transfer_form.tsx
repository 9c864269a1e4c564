/* Make a transfer or a hold. The id is drawn once with the form, so pressing twice, a lost reply or
 * a retry can only ever be the one transfer. A lost reply is "being confirmed", never "failed". */
import { useId, useState } from 'react';
import type { FormEvent } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { ApiError } from '../../api/http';
import type { Account, NewTransfer } from '../api/model';
import { useAccount, useAccounts } from '../api/queries';
import { useT } from '../i18n';
import type { Translate } from '../i18n';
import { Amount, Banner, Button, Check, Problem, TextField, useOnline } from '../../kit';
import { drawId, isId } from '../../lib/ids';
import { CURRENCY_EXPONENT, formatMinor, isCurrency, parseAmount } from '../../lib/money';
import { useSearchParams } from '../../lib/params';
import { useClient, useSession } from '../session';
import { PageHead } from './shell';
import { useKinds } from './words';

const NAMES = ['debit', 'credit'] as const;
const HOURS_MAX = 24 * 365;
const ANY = { kind: '', currency: '', owner: '' };

interface Form {
  debit: string;
  credit: string;
  amount: string;
  code: string;
  reference: string;
  hold: boolean;
  hours: string;
}
type Faults = Partial<Record<keyof Form, string>>;

/** The fault of each field that a request would certainly be refused for. */
export function faultsOf(form: Form, currency: string, t: Translate): Faults {
  const faults: Faults = {};
  if (!isId('acc', form.debit.trim())) faults.debit = t('form.account.fault');
  if (!isId('acc', form.credit.trim())) faults.credit = t('form.account.fault');
  else if (form.credit.trim() === form.debit.trim()) faults.credit = t('form.account.same');
  if (isCurrency(currency)) {
    const amount = parseAmount(form.amount, currency);
    if (!amount.ok) {
      faults.amount =
        amount.reason === 'too_many_decimals'
          ? t('form.amount.too_many_decimals', { count: CURRENCY_EXPONENT[currency], currency })
          : t(`form.amount.${amount.reason}`);
    } else if (amount.minor === 0) faults.amount = t('form.amount.zero');
  }
  const code = Number(form.code);
  if (!/^\d{1,5}$/.test(form.code) || code < 1 || code > 65535) faults.code = t('form.code.fault');
  if (form.reference !== '' && !/^\d{1,18}$/.test(form.reference)) faults.reference = t('form.reference.fault');
  if (form.hold && (!/^\d{1,5}$/.test(form.hours) || Number(form.hours) > HOURS_MAX)) {
    faults.hours = t('form.hours.fault');
  }
  return faults;
}

/** Fields as the API names them, to ours. */
const FIELD: Record<string, keyof Form> = {
  debit_account_id: 'debit', credit_account_id: 'credit', amount_minor: 'amount', currency: 'amount',
  code: 'code', reference: 'reference', timeout_seconds: 'hours',
};
export function faultsFromServer(error: unknown): Faults {
  if (!(error instanceof ApiError)) return {};
  const faults: Faults = {};
  for (const { field, message } of error.fields) {
    const name = FIELD[field.split('/').at(-1) ?? ''];
    if (name !== undefined) faults[name] = message;
  }
  if (error.code.startsWith('debit_account')) faults.debit = error.title;
  if (error.code.startsWith('credit_account')) faults.credit = error.title;
  if (error.code.startsWith('amount_') || error.code === 'insufficient_funds') faults.amount = error.title;
  return faults;
}

export function TransferForm() {
  const t = useT();
  const [start] = useSearchParams(NAMES);
  return (
    <>
      <PageHead title={t('form.title')} lead={t('form.lead')} back={{ href: '/transfers', label: t('nav.transfers') }} />
      <Fields key={`${start.debit} ${start.credit}`} debit={start.debit} credit={start.credit} />
    </>
  );
}

function Fields({ debit, credit }: { debit: string; credit: string }) {
  const t = useT();
  const client = useClient();
  const { who } = useSession();
  const queries = useQueryClient();
  const online = useOnline();
  const [, go] = useLocation();
  const [id] = useState(() => drawId('tr'));
  const [form, setForm] = useState<Form>({
    debit, credit, amount: '', code: '1', reference: '', hold: false, hours: '24',
  });
  const [faults, setFaults] = useState<Faults>({});
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const from = useAccount(isId('acc', form.debit.trim()) ? form.debit.trim() : '');
  const to = useAccount(isId('acc', form.credit.trim()) ? form.credit.trim() : '');
  const currency = from.data?.currency ?? to.data?.currency ?? 'CNY';
  const set = (change: Partial<Form>) => {
    setForm((now) => ({ ...now, ...change }));
    setFaults({});
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found = faultsOf(form, currency, t);
    setFaults(found);
    setError(null);
    if (Object.keys(found).length > 0) {
      focusFirstFault();
      return;
    }
    const amount = parseAmount(form.amount, currency);
    const input: NewTransfer = {
      id,
      action: form.hold ? 'hold' : 'transfer',
      debit: form.debit.trim(),
      credit: form.credit.trim(),
      amount: amount.ok ? amount.minor : 0,
      currency,
      code: Number(form.code),
      reference: form.reference,
      pendingId: '',
      timeoutSeconds: Number(form.hours) * 3600,
    };
    setBusy(true);
    try {
      await client.putTransfer(input);
      await queries.invalidateQueries({ predicate: (query) => query.meta?.['follows'] === 'ledger' });
      go(`/transfers/${id}`);
    } catch (cause) {
      setError(cause);
      setFaults(faultsFromServer(cause));
    } finally {
      setBusy(false);
    }
  };

  const unknown = error instanceof ApiError && error.charged === 'unknown';
  return (
    <form className="card stack form" onSubmit={(event) => void submit(event)} noValidate>
      {who?.sandbox === true && <Banner tone="wait" title={t('form.sandbox')}>{t('form.sandbox.body')}</Banner>}
      <AccountField label={t('form.debit')} value={form.debit} fault={faults.debit} account={from.data} onText={(value) => set({ debit: value })} />
      <AccountField label={t('form.credit')} value={form.credit} fault={faults.credit} account={to.data} onText={(value) => set({ credit: value })} />
      <TextField
        label={t('field.amount')}
        unit={currency}
        inputMode="decimal"
        autoComplete="off"
        className="num"
        value={form.amount}
        fault={faults.amount}
        onText={(amount) => set({ amount })}
      />
      <div className="grid-3">
        <TextField label={t('field.code')} hint={t('form.code.hint')} inputMode="numeric" value={form.code} fault={faults.code} onText={(code) => set({ code })} />
        <TextField label={t('field.reference')} optional={t('form.optional')} hint={t('form.reference.hint')} inputMode="numeric" value={form.reference} fault={faults.reference} onText={(reference) => set({ reference })} />
      </div>
      <Check label={t('form.hold')} hint={t('form.hold.hint')} checked={form.hold} onCheck={(hold) => set({ hold })} />
      {form.hold && (
        <TextField label={t('form.hours')} hint={t('form.hours.hint')} inputMode="numeric" value={form.hours} fault={faults.hours} onText={(hours) => set({ hours })} />
      )}
      {unknown && (
        <Banner tone="wait" icon="clock" title={t('unknown.title')} role="status">
          {t('unknown.body')}
        </Banner>
      )}
      {error !== null && <Problem error={error} />}
      <div className="actions">
        <Button look="main" type="submit" disabled={busy || !online}>
          {busy ? t('form.busy') : unknown ? t('unknown.again') : form.hold ? t('form.submit.hold') : t('form.submit')}
        </Button>
        <Button look="quiet" onClick={() => history.back()}>
          {t('action.cancel')}
        </Button>
      </div>
      {!online && <p className="fault">{t('offline.money')}</p>}
      <p className="small muted">
        {t('form.id')} <span className="mono wrap">{id}</span>
      </p>
    </form>
  );
}

/** After the faults are painted. */
export function focusFirstFault() {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  });
}

function AccountField(props: {
  label: string;
  value: string;
  fault: string | undefined;
  account: Account | undefined;
  onText: (text: string) => void;
}) {
  const t = useT();
  const { titleOf } = useKinds();
  const { account } = props;
  const known = useAccounts(ANY);
  const listId = useId();
  return (
    <>
    <TextField
      list={listId}
      label={props.label}
      value={props.value}
      fault={props.fault}
      autoComplete="off"
      spellCheck={false}
      className="mono"
      placeholder="acc_01hq3k9zv5w8x"
      onText={props.onText}
      hint={
        account === undefined ? (
          t('form.account.hint')
        ) : (
          <>
            {titleOf(account.kind)} · {t('field.available')} <Amount minor={account.available} currency={account.currency} />
          </>
        )
      }
    />
    <datalist id={listId}>
      {known.data?.pages[0]?.items.map((item) => (
        <option key={item.id} value={item.id}>
          {[titleOf(item.kind), item.owner, formatMinor(item.available, item.currency), item.currency]
            .filter((part) => part !== null)
            .join(' · ')}
        </option>
      ))}
    </datalist>
    </>
  );
}
