/* The end of signing up: what there is now, and what would make it safer. */
import { Link } from 'wouter';
import { useT } from '../i18n';
import { Screen } from './screen';

export function Done() {
  const t = useT();
  return (
    <Screen step={5} title={t('join.done.title')} lead={t('join.done.lead')}>
      <div className="narrow">
        <Link href="/" className="btn btn-main btn-wide">
          {t('join.done.go')}
        </Link>
      </div>
    </Screen>
  );
}
