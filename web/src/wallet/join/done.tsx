/* The end of signing up: what there is now, and what would make it safer. */
import { Link } from 'wouter';
import { useT } from '../i18n';
import { RowLink, Rows } from '../kit/rows';
import { Screen } from './screen';

export function Done() {
  const t = useT();
  return (
    <Screen step={5} title={t('join.done.title')} lead={t('join.done.lead')}>
      <Rows title={t('join.done.safer')}>
        <RowLink href="/security/pin" icon="lock" title={t('join.done.pin')} note={t('join.done.pin.note')} />
        <RowLink href="/security/passkeys" icon="keys" title={t('join.done.passkey')} note={t('join.done.passkey.note')} />
      </Rows>
      <div className="narrow">
        <Link href="/" className="btn btn-main btn-wide">
          {t('join.done.go')}
        </Link>
      </div>
    </Screen>
  );
}
