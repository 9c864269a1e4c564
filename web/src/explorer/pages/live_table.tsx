/* Transfers as they happen, newest first. */
import type { LiveRow } from '../session/live';
import { useT } from '../i18n';
import { Amount, Badge, Id, Time } from '../../kit';
import { AccountName } from './account_name';
import { PHASE_TONE, phaseKey } from './words';

const FRESH_MS = 1600;

export function LiveTable({ rows, caption }: { rows: LiveRow[]; caption: string }) {
  const t = useT();
  const now = Date.now();
  return (
    <table className="table table-cards">
      <caption className="hidden-visually">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t('field.time')}</th>
          <th scope="col">{t('field.transfer')}</th>
          <th scope="col">{t('field.from_to')}</th>
          <th scope="col">{t('field.code')}</th>
          <th scope="col">{t('field.state')}</th>
          <th scope="col" className="end">
            {t('field.amount')}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ transfer, arrived_ms }) => (
          <tr key={transfer.id} className={now - arrived_ms < FRESH_MS ? 'fresh' : undefined}>
            <td data-label={t('field.time')}>
              <Time iso={transfer.createdAt} clock />
            </td>
            <td data-label={t('field.transfer')}>
              <Id id={transfer.id} href={`/transfers/${transfer.id}`} />
            </td>
            <td data-label={t('field.from_to')}>
              <span className="flow">
                <AccountName id={transfer.debit.account} />
                <span className="muted" aria-hidden="true">
                  →
                </span>
                <span className="hidden-visually">{t('field.to')}</span>
                <AccountName id={transfer.credit.account} />
              </span>
            </td>
            <td data-label={t('field.code')} className="num">
              {transfer.code}
            </td>
            <td data-label={t('field.state')}>
              <Badge tone={PHASE_TONE[transfer.phase]}>{t(phaseKey(transfer.phase))}</Badge>
            </td>
            <td data-label={t('field.amount')} className="end">
              <Amount minor={transfer.amount} currency={transfer.currency} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
