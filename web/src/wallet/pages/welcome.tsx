/* What a person sees who is not signed in: what this is, and the two ways in. */
import { Link } from 'wouter';
import { Banner, Icon, Mark, usePageTitle } from '../../kit';
import { useT } from '../i18n';

export function Welcome({ ended }: { ended: boolean }) {
  const t = useT();
  usePageTitle(t('welcome.title'));
  return (
    <div className="welcome">
      {ended && <Banner tone="wait">{t('welcome.ended')}</Banner>}
      <Mark size={72} />
      <h1>{t('welcome.title')}</h1>
      <p className="page-lead">{t('welcome.lead')}</p>
      <ul className="stack-2 ticks">
        {[t('welcome.point.1'), t('welcome.point.2'), t('welcome.point.3')].map((point) => (
          <li key={point}>
            <Icon name="check" size={16} />
            <span>{point}</span>
          </li>
        ))}
      </ul>
      <div className="stack narrow">
        <Link href="/sign-up" className="btn btn-main btn-wide">
          {t('welcome.sign_up')}
        </Link>
        <Link href="/sign-in" className="btn btn-wide">
          {t('welcome.sign_in')}
        </Link>
      </div>
    </div>
  );
}
