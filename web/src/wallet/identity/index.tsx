/* The page of one's identity: confirmed and masked, or the way there. */
import { useT } from '../i18n';
import { RowLink, Rows } from '../kit/rows';
import { Head } from '../shell/frame';
import { ConfirmedIdentity, IdentityFlow } from './flow';

export function IdentityPage() {
  const t = useT();
  return (
    <>
      <Head title={t('identity.title')} lead={t('join.identity.lead')} back={{ href: '/me', label: t('tab.me') }} />
      <IdentityFlow done={(overview) => <ConfirmedIdentity overview={overview} />} />
      <Rows>
        <RowLink href="/security/limits" icon="scale" title={t('limits.title')} />
        <RowLink href="/cards" icon="card" title={t('cards.title')} />
      </Rows>
    </>
  );
}
