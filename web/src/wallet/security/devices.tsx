/* Where one is signed in: device, place and time of each session; ending one, or all others. */
import * as api from '../../../generated/api';
import type { Session } from '../../../generated/api';
import { Age, Badge, Button, Loaded, Time, useToast } from '../../kit';
import { useI18n, useT } from '../i18n';
import { useAnswer, useStale } from '../kit/load';
import { RowItem, Rows } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { placeName } from '../lib/places';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';

export function Devices() {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const list = useAnswer(['sessions'], api.sessionsGet());
  const others = useAction(async () => {
    const { ended } = await ask(api.sessionsDelete());
    await stale('sessions');
    toast(t('devices.ended', { count: ended }));
  });
  return (
    <>
      <Head title={t('security.devices')} lead={t('devices.lead')} back={{ href: '/security', label: t('security.back') }} />
      <Loaded query={list}>
        {({ sessions }) => (
          <>
            <Rows>
              {sessions.map((session) => (
                <SessionRow key={session.id} session={session} />
              ))}
            </Rows>
            <Trouble error={others.error} />
            {sessions.length > 1 && (
              <div className="actions">
                <Button look="harm" disabled={others.busy} onClick={() => void others.run()}>
                  {t('devices.end_others')}
                </Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

function SessionRow({ session }: { session: Session }) {
  const { t, lang } = useI18n();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const end = useAction(async () => {
    await ask(api.sessionsIdDelete({ session_id: session.id }));
    await stale('sessions');
    toast(t('devices.ended', { count: 1 }));
  });
  return (
    <RowItem
      icon="device"
      title={session.device === '' ? t('devices.unknown') : session.device}
      note={
        <>
          {placeName(session.place, lang) ?? t('devices.place.unknown')} · {t('devices.since')} <Time iso={session.created_at} />
          <br />
          {t('devices.used')} <Age iso={session.last_used_at} /> · {session.methods.map((how) => t(`method.${how}`)).join(t('list.and'))}
        </>
      }
    >
      {session.is_current ? (
        <Badge tone="good">{t('devices.this')}</Badge>
      ) : (
        <Button small disabled={end.busy} onClick={() => void end.run()}>
          {t('devices.end')}
        </Button>
      )}
      <Trouble error={end.error} />
    </RowItem>
  );
}
