/* Open an account: its kind decides on which side it grows, its limits are enforced by the ledger. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { useT } from '../i18n';
import { Button, Check, Problem, SelectField, TextField, useOnline } from '../../kit';
import { uuid7 } from '../../lib/ids';
import { CURRENCIES, parseAmount } from '../../lib/money';
import { useClient } from '../session';
import { PageHead } from './shell';
import { focusFirstFault } from './transfer_form';
import { useKinds } from './words';

export function AccountForm() {
  const t = useT();
  return (
    <>
      <PageHead title={t('open.title')} lead={t('open.lead')} back={{ href: '/accounts', label: t('nav.accounts') }} />
      <Fields />
    </>
  );
}

/** A wallet must not be overdrawn unless somebody says so; a bank account must not go below zero. */
function usualLimit(kind: string, grows: 'debit' | 'credit' | undefined): { debitsCapped: boolean; creditsCapped: boolean } {
  const capped = kind === 'wallet' || kind === 'merchant' || kind === 'reserve';
  return { debitsCapped: capped && grows === 'credit', creditsCapped: false };
}

function Fields() {
  const t = useT();
  const client = useClient();
  const queries = useQueryClient();
  const online = useOnline();
  const [, go] = useLocation();
  const { kinds, titleOf } = useKinds();
  const [key] = useState(() => uuid7());
  const [kind, setKind] = useState('wallet');
  const [currency, setCurrency] = useState('CNY');
  const [owner, setOwner] = useState('');
  const [limits, setLimits] = useState({ debitsCapped: true, creditsCapped: false });
  const [overdraft, setOverdraft] = useState('');
  const [most, setMost] = useState('');
  const [faults, setFaults] = useState<{ owner?: string; overdraft?: string; most?: string }>({});
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const grows = kinds.find((item) => item.kind === kind)?.normalSide;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const over = overdraft === '' ? { ok: true as const, minor: 0 } : parseAmount(overdraft, currency);
    const max = most === '' ? { ok: true as const, minor: 0 } : parseAmount(most, currency);
    const found: typeof faults = {};
    if (owner !== '' && !/^\d{1,18}$/.test(owner)) found.owner = t('form.reference.fault');
    if (!over.ok) found.overdraft = t('open.amount.fault');
    if (!max.ok) found.most = t('open.amount.fault');
    setFaults(found);
    setError(null);
    if (!over.ok || !max.ok || found.owner !== undefined) {
      focusFirstFault();
      return;
    }
    setBusy(true);
    try {
      const id = await client.openAccount(
        { kind, currency, owner: owner === '' ? null : owner, ...limits, overdraft: over.minor, balanceMax: max.minor },
        key,
      );
      await queries.invalidateQueries();
      go(`/accounts/${id}`);
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };

  const capped = limits.debitsCapped || limits.creditsCapped;
  return (
    <form className="card stack form" onSubmit={(event) => void submit(event)} noValidate>
      <div className="grid-3">
        <SelectField
          label={t('field.kind')}
          value={kind}
          hint={grows === undefined ? '' : t(`open.grows.${grows}`)}
          options={kinds.map((item) => ({ value: item.kind, label: titleOf(item.kind) }))}
          onText={(next) => {
            setKind(next);
            setLimits(usualLimit(next, kinds.find((item) => item.kind === next)?.normalSide));
          }}
        />
        <SelectField
          label={t('field.currency')}
          value={currency}
          options={CURRENCIES.map((code) => ({ value: code, label: code }))}
          onText={setCurrency}
        />
      </div>
      <TextField label={t('field.owner')} optional={t('form.optional')} hint={t('open.owner.hint')} inputMode="numeric" value={owner} fault={faults.owner} onText={setOwner} />
      <fieldset className="stack-2">
        <legend>{t('account.limits')}</legend>
        <Check label={t('limit.debits')} hint={t('limit.debits.means')} checked={limits.debitsCapped} onCheck={(debitsCapped) => setLimits({ ...limits, debitsCapped })} />
        <Check label={t('limit.credits')} hint={t('limit.credits.means')} checked={limits.creditsCapped} onCheck={(creditsCapped) => setLimits({ ...limits, creditsCapped })} />
      </fieldset>
      <div className="grid-3">
        {capped && (
          <TextField label={t('limit.overdraft')} optional={t('form.optional')} unit={currency} inputMode="decimal" value={overdraft} fault={faults.overdraft} onText={setOverdraft} />
        )}
        <TextField label={t('limit.balance_max')} optional={t('form.optional')} unit={currency} inputMode="decimal" value={most} fault={faults.most} onText={setMost} />
      </div>
      {error !== null && <Problem error={error} />}
      <div className="actions">
        <Button look="main" type="submit" disabled={busy || !online || kinds.length === 0}>
          {busy ? t('form.busy') : t('account.open')}
        </Button>
        <Button look="quiet" onClick={() => history.back()}>
          {t('action.cancel')}
        </Button>
      </div>
    </form>
  );
}
