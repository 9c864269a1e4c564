/* The security centre: how well the account is protected and what would raise that, the ways to show
 * that it is oneself, and what happens with the account. */
import type { Factors } from '../../../generated/api';
import { Loaded } from '../../kit';
import { useT } from '../i18n';
import { Meter } from '../kit/meter';
import { RowLink, Rows } from '../kit/rows';
import { protectionOf } from '../lib/score';
import type { Measure } from '../lib/score';
import { Head } from '../shell/frame';
import { useFactors } from './factors';
import { RecoveryNotice } from './recovery_notice';

const WHERE: Record<Exclude<Measure, 'password'>, string> = {
  pin: '/security/pin', passkey: '/security/passkeys', second: '/security/totp', recovery_codes: '/security/recovery-codes',
};

export function Security() {
  const t = useT();
  const factors = useFactors();
  return (
    <>
      <Head title={t('security.title')} />
      <RecoveryNotice />
      <Loaded query={factors}>
        {(found) => (
          <>
            <Score factors={found} />
            <Ways factors={found} />
          </>
        )}
      </Loaded>
      <Rows title={t('security.sign_in')}>
        <RowLink href="/security/password" icon="lock" title={t('security.password')} />
        <RowLink href="/security/contacts" icon="person" title={t('security.contacts')} note={t('security.contacts.note')} />
      </Rows>
      <Rows title={t('security.watch')}>
        <RowLink href="/security/devices" icon="device" title={t('security.devices')} />
        <RowLink href="/security/access-log" icon="eye" title={t('security.access')} />
        <RowLink href="/security/limits" icon="scale" title={t('security.limits_left')} note={t('security.limits.note')} />
      </Rows>
      <Rows title={t('security.protect')}>
        <RowLink href="/not-me" icon="warn" title={t('me.not_me')} note={t('me.not_me.note')} />
        <RowLink href="/messages/preferences" icon="file" title={t('security.phrase')} />
        <RowLink href="/security/freeze" icon="lock" title={t('security.freeze')} />
      </Rows>
    </>
  );
}

function Score({ factors }: { factors: Factors }) {
  const t = useT();
  const { score, max, missing } = protectionOf(factors);
  const words = t('security.score.of', { score, max });
  return (
    <Rows
      title={t('security.score')}
      lead={
        <>
          <strong className="num">{words}</strong>
          <Meter part={score} whole={max} label={words} tone={missing.length === 0 ? 'good' : 'wait'} />
          {missing.length === 0 ? t('security.score.full') : t('security.score.raise')}
        </>
      }
    >
      {missing.map((measure) =>
        measure === 'password' ? null : (
          <RowLink key={measure} href={WHERE[measure]} icon="plus" title={t(`raise.${measure}`)} note={t(`raise.${measure}.note`)} />
        ),
      )}
    </Rows>
  );
}

function Ways({ factors }: { factors: Factors }) {
  const t = useT();
  const count = (many: number) => (many === 0 ? t('security.unset') : t('security.count', { count: many }));
  return (
    <Rows title={t('security.ways')}>
      <RowLink href="/security/passkeys" icon="keys" title={t('security.passkeys')} value={count(factors.passkeys.length)} />
      <RowLink href="/security/totp" icon="clock" title={t('security.totp')} value={count(factors.totps.length)} />
      <RowLink href="/security/pin" icon="lock" title={t('security.pin')} value={factors.pin.is_set ? t('security.set') : t('security.unset')} />
      <RowLink
        href="/security/recovery-codes"
        icon="file"
        title={t('security.recovery_codes')}
        value={factors.recovery_codes.created_at === null ? t('security.unset') : t('codes.left', { count: factors.recovery_codes.left })}
      />
    </Rows>
  );
}
