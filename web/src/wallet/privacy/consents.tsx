/* What one agreed to, in which version and when; those that are not required can be taken back. */
import * as api from '../../../generated/api';
import type { Consent } from '../../../generated/api';
import { Badge, Button, Loaded, Time, useToast } from '../../kit';
import { useI18n, useT } from '../i18n';
import { useAnswer, useStale } from '../kit/load';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';

export function ConsentsPage() {
  const t = useT();
  const list = useAnswer(['consents'], api.meConsentsGet());
  return (
    <>
      <Head title={t('consents.title')} lead={t('consents.lead')} back={{ href: '/privacy', label: t('privacy.title') }} />
      <Loaded query={list}>
        {({ consents }) => (
          <>
            {consents.map((consent) => (
              <ConsentCard key={consent.consent} consent={consent} />
            ))}
          </>
        )}
      </Loaded>
    </>
  );
}

function ConsentCard({ consent }: { consent: Consent }) {
  const { t, lang } = useI18n();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const title = lang === 'en' ? consent.title_en : consent.title_zh;
  const isOld = consent.is_given && consent.said_version !== consent.version;
  const say = useAction(async (yes: boolean) => {
    await ask(api.meConsentsPut({ consents: [{ consent: consent.consent, version: consent.version, is_given: yes }] }));
    await stale('consents');
    toast(yes ? t('consents.given.now') : t('consents.taken_back.now'));
  });
  return (
    <section className="card stack" aria-label={title}>
      <div className="row-between">
        <h2>{title}</h2>
        {consent.is_given ? <Badge tone="good">{t('consents.given')}</Badge> : <Badge>{t('consents.not_given')}</Badge>}
      </div>
      <p className="message-body">{lang === 'en' ? consent.text_en : consent.text_zh}</p>
      <p className="small soft">
        {t('consents.version', { version: String(consent.version) })}
        {consent.said_at !== null && (
          <>
            {' · '}
            {t('consents.said')} <Time iso={consent.said_at} />
          </>
        )}
        {isOld && ` · ${t('consents.old')}`}
      </p>
      <Trouble error={say.error} />
      <div className="actions">
        {(!consent.is_given || isOld) && (
          <Button look="main" disabled={say.busy} onClick={() => void say.run(true)}>
            {t('consents.give')}
          </Button>
        )}
        {consent.is_given && !consent.is_required && (
          <Button disabled={say.busy} onClick={() => void say.run(false)}>
            {t('consents.take_back')}
          </Button>
        )}
        {consent.is_required && <span className="small muted">{t('consents.required')}</span>}
      </div>
    </section>
  );
}
