/* Home: what there is to do about one's account, and where everything is. */
import * as api from '../../../generated/api';
import { Banner, Loaded, usePageTitle } from '../../kit';
import { useT } from '../i18n';
import { useAnswer } from '../kit/load';
import { RowLink, Rows } from '../kit/rows';
import { protectionOf } from '../lib/score';
import { useMe } from '../session';

export function Home() {
  const t = useT();
  const me = useMe();
  const factors = useAnswer(['factors'], api.meFactorsGet());
  usePageTitle(t('tab.home'));
  return (
    <>
      <h1 className="hidden-visually">{t('tab.home')}</h1>
      <Banner tone="plain" icon="info">
        {t('home.no_money')}
      </Banner>
      <Loaded query={me}>
        {(person) => (
          <Rows title={t('home.todo')}>
            {person.next_step !== null && <RowLink href="/sign-up" icon="person" title={t('home.finish')} note={t('home.finish.note')} />}
            {factors.data !== undefined && protectionOf(factors.data).missing.length > 0 && (
              <RowLink
                href="/security"
                icon="verify"
                title={t('home.safer')}
                note={t('home.safer.note', { count: protectionOf(factors.data).missing.length })}
              />
            )}
            <RowLink href="/security/devices" icon="device" title={t('home.devices')} note={person.session.device} />
          </Rows>
        )}
      </Loaded>
    </>
  );
}
