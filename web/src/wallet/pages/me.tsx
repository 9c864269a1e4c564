/* Me: who I am here, masked; where the rest is; how it looks. */
import { useState } from 'react';
import { Button, Facts, LangSwitch, Loaded, ThemeSwitch, Time } from '../../kit';
import { useT } from '../i18n';
import { RowLink, Rows, RowSwitch } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { useMe, useSession } from '../session';
import { useAction } from '../session/action';
import { elderMode, setElderMode } from '../shell/elder';
import { Head } from '../shell/frame';

export function MePage() {
  const t = useT();
  const me = useMe();
  const { signOut } = useSession();
  const out = useAction(signOut);
  const [elder, setElder] = useState(elderMode);
  return (
    <>
      <Head title={t('me.title')} />
      <Loaded query={me} rows={3}>
        {(person) => (
          <section className="card">
            <Facts
              facts={[
                ...person.contacts
                  .filter(({ state }) => state === 'in_use')
                  .map(({ id, channel, masked }) => ({ label: t(`me.${channel}`), value: <span key={id}>{masked}</span> })),
                { label: t('me.since'), value: <Time iso={person.created_at} /> },
              ]}
            />
          </section>
        )}
      </Loaded>
      <Rows>
        <RowLink href="/security/contacts" icon="device" title={t('security.contacts')} />
        <RowLink href="/identity" icon="person" title={t('me.identity')} />
        <RowLink href="/cards" icon="card" title={t('me.cards')} />
        <RowLink href="/privacy" icon="eye_off" title={t('me.privacy')} note={t('me.privacy.note')} />
        <RowLink href="/check" icon="search" title={t('me.check')} note={t('me.check.note')} />
        <RowLink href="/not-me" icon="warn" title={t('me.not_me')} note={t('me.not_me.note')} />
      </Rows>
      <section className="card stack" aria-label={t('me.look')}>
        <h2>{t('me.look')}</h2>
        <div className="row-between">
          <span>{t('me.lang')}</span>
          <LangSwitch />
        </div>
        <div className="row-between">
          <span>{t('me.theme')}</span>
          <ThemeSwitch />
        </div>
      </section>
      <Rows>
        <RowSwitch
          title={t('me.elder')}
          note={t('me.elder.note')}
          on={elder}
          onChange={(on) => {
            setElder(on);
            setElderMode(on);
          }}
        />
      </Rows>
      <Trouble error={out.error} />
      <div>
        <Button icon="out" disabled={out.busy} onClick={() => void out.run()}>
          {t('me.out')}
        </Button>
      </div>
    </>
  );
}
