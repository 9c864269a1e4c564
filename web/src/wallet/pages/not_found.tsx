import { Link } from 'wouter';
import { Empty, usePageTitle } from '../../kit';
import { useT } from '../i18n';

export function NotFound() {
  const t = useT();
  usePageTitle(t('not_found.title'));
  return (
    <div className="card stack">
      <h1 className="hidden-visually">{t('not_found.title')}</h1>
      <Empty
        title={t('not_found.title')}
        action={
          <Link href="/" className="btn btn-main">
            {t('not_found.home')}
          </Link>
        }
      >
        {t('not_found.body')}
      </Empty>
    </div>
  );
}
