/* What a person sees who is not signed in: what this is, and where to go. */
import { usePageTitle } from '../../kit';
import { useT } from '../i18n';

export function Welcome() {
  const t = useT();
  usePageTitle(t('welcome.title'));
  return (
    <div className="welcome">
      <h1>{t('welcome.title')}</h1>
      <p className="page-lead">{t('welcome.lead')}</p>
      <nav className="row" aria-label={t('welcome.others')}>
        <a className="btn" href="/explorer/">
          {t('welcome.explorer')}
        </a>
        <a className="btn" href="/docs">
          {t('welcome.docs')}
        </a>
      </nav>
    </div>
  );
}
