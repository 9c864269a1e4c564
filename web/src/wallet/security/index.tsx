/* The security centre: what protects the account, and what happens with it. */
import { useT } from '../i18n';
import { RowLink, Rows } from '../kit/rows';
import { Head } from '../shell/frame';

export function Security() {
  const t = useT();
  return (
    <>
      <Head title={t('security.title')} />
      <Rows title={t('security.watch')}>
        <RowLink href="/security/devices" icon="device" title={t('security.devices')} />
        <RowLink href="/security/access-log" icon="eye" title={t('security.access')} />
      </Rows>
      <Rows title={t('security.protect')}>
        <RowLink href="/not-me" icon="warn" title={t('me.not_me')} note={t('me.not_me.note')} />
        <RowLink href="/messages/preferences" icon="file" title={t('security.phrase')} />
        <RowLink href="/security/freeze" icon="lock" title={t('security.freeze')} />
      </Rows>
    </>
  );
}
