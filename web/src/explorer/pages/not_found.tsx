import { Link } from 'wouter';
import { useT } from '../i18n';
import { Empty } from '../../kit';
import { PageHead } from './shell';

export function NotFound() {
  const t = useT();
  return (
    <>
      <PageHead title={t('not_found.title')} />
      <div className="card">
        <Empty
          title={t('not_found.what')}
          action={
            <Link className="btn btn-main" href="/">
              {t('nav.overview')}
            </Link>
          }
        >
          {t('not_found.body')}
        </Empty>
      </div>
    </>
  );
}
