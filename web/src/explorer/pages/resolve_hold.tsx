/* Capture all or part of a hold, or void it. Asked for again before it happens; money stays with one
 * id for as long as the dialog is open. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../api/http';
import type { Transfer } from '../api/model';
import { useT } from '../i18n';
import { Amount, Banner, Button, Dialog, Problem, TextField, useToast } from '../../kit';
import { drawId } from '../../lib/ids';
import { CURRENCY_EXPONENT, formatMinor, isCurrency, parseAmount } from '../../lib/money';
import { useClient } from '../session';

export function ResolveHold(props: { transfer: Transfer; action: 'capture' | 'void'; onClose: () => void }) {
  const { transfer, action, onClose } = props;
  const { currency } = transfer;
  const t = useT();
  const toast = useToast();
  const client = useClient();
  const queries = useQueryClient();
  const [id] = useState(() => drawId('tr'));
  const [text, setText] = useState(() => formatMinor(transfer.amount, currency, { group: false }));
  const [fault, setFault] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const amountFault = (): string | null => {
    if (action === 'void' || !isCurrency(currency)) return null;
    const parsed = parseAmount(text, currency);
    if (!parsed.ok) {
      return parsed.reason === 'too_many_decimals'
        ? t('form.amount.too_many_decimals', { count: CURRENCY_EXPONENT[currency], currency })
        : t(`form.amount.${parsed.reason}`);
    }
    if (parsed.minor === 0) return t('form.amount.zero');
    return parsed.minor > transfer.amount ? t('hold.capture.over') : null;
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const found = amountFault();
    setFault(found);
    setError(null);
    if (found !== null) return;
    const parsed = parseAmount(text, currency);
    setBusy(true);
    try {
      await client.putTransfer({
        id,
        action,
        debit: '',
        credit: '',
        amount: action === 'capture' && parsed.ok ? parsed.minor : 0,
        currency,
        code: transfer.code,
        reference: '',
        pendingId: transfer.id,
        timeoutSeconds: 0,
      });
      await queries.invalidateQueries({ predicate: (query) => query.meta?.['follows'] === 'ledger' });
      toast(action === 'capture' ? t('hold.captured.done') : t('hold.voided.done'));
      onClose();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };

  const unknown = error instanceof ApiError && error.charged === 'unknown';
  return (
    <Dialog title={action === 'capture' ? t('hold.capture.title') : t('hold.void.title')} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
        <p className="soft">
          {action === 'capture' ? t('hold.capture.lead') : t('hold.void.lead')}{' '}
          <Amount minor={transfer.amount} currency={currency} />
        </p>
        {action === 'capture' && (
          <TextField label={t('hold.capture.amount')} unit={currency} inputMode="decimal" className="num" value={text} fault={fault} onText={setText} />
        )}
        {unknown && (
          <Banner tone="wait" icon="clock" title={t('unknown.title')} role="status">
            {t('unknown.body')}
          </Banner>
        )}
        {error !== null && <Problem error={error} />}
        <div className="actions">
          <Button look={action === 'capture' ? 'main' : 'harm'} type="submit" disabled={busy}>
            {busy ? t('form.busy') : unknown ? t('unknown.again') : action === 'capture' ? t('hold.capture') : t('hold.void')}
          </Button>
          <Button look="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
