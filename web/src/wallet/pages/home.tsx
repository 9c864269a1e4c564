/* Home: what there is to do about one's account, and where everything is. */
import { Banner, Loaded, usePageTitle } from '../../kit';
import { useT } from '../i18n';
import { RowLink, Rows } from '../kit/rows';
import { useMe } from '../session';

export function Home() {
  const t = useT();
  const me = useMe();
  usePageTitle(t('tab.home'));
  return (
    <>
      <h1 className="hidden-visually">{t('tab.home')}</h1>
      <Loaded query={me}>
        {(person) => (
          <>
            <Banner tone="plain" icon="info">
              {t('home.no_money')}
            </Banner>
            <Rows title={t('home.todo')}>
              <RowLink href="/security/devices" icon="device" title={t('home.devices')} note={person.session.device} />
            </Rows>
          </>
        )}
      </Loaded>
    </>
  );
}
