/* What comes by SMS and e-mail, from which amount, when it is quiet, and the phrase that shows that an
 * e-mail is really ours. Security messages always come. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import * as api from '../../../generated/api';
import type { MessageChoice, MessagePreferences } from '../../../generated/api';
import { Button, Loaded, TextField, useToast } from '../../kit';
import { formatMinor, parseAmount } from '../../lib/money';
import { useT } from '../i18n';
import { useAnswer, useStale } from '../kit/load';
import { Rows, RowSwitch } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { clockOf, minutesOf } from '../lib/clock';
import { fieldFault, useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';

const CURRENCY = 'CNY';
const GROUPS: { kind: 'money' | 'service' | 'marketing'; choices: MessageChoice[] }[] = [
  { kind: 'money', choices: ['money_sms', 'money_email'] },
  { kind: 'service', choices: ['service_in_app', 'service_sms', 'service_email'] },
  { kind: 'marketing', choices: ['marketing_in_app', 'marketing_sms', 'marketing_email'] },
];
const PHRASE_MAX = 60;

export function PreferencesPage() {
  const t = useT();
  const preferences = useAnswer(['preferences'], api.meMessagePreferencesGet());
  return (
    <>
      <Head title={t('messages.preferences')} lead={t('preferences.lead')} back={{ href: '/messages', label: t('tab.messages') }} />
      <Loaded query={preferences}>{(found) => <Form before={found} />}</Loaded>
    </>
  );
}

function Form({ before }: { before: MessagePreferences }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const [choices, setChoices] = useState<ReadonlySet<MessageChoice>>(new Set(before.choices));
  const [smsFrom, setSmsFrom] = useState(formatMinor(before.money_sms_from, CURRENCY, { group: false }));
  const [emailFrom, setEmailFrom] = useState(formatMinor(before.money_email_from, CURRENCY, { group: false }));
  const [from, setFrom] = useState(clockOf(before.quiet_from_min));
  const [to, setTo] = useState(clockOf(before.quiet_to_min));
  const [phrase, setPhrase] = useState(before.phrase ?? '');
  const [tried, setTried] = useState(false);
  const sms = parseAmount(smsFrom, CURRENCY);
  const email = parseAmount(emailFrom, CURRENCY);
  const quiet = { from: minutesOf(from), to: minutesOf(to) };
  const save = useAction(async (next: api.MessagePreferencesNew) => {
    await ask(api.meMessagePreferencesPut(next));
    await stale('preferences');
    toast(t('preferences.saved'));
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!sms.ok || !email.ok || quiet.from === null || quiet.to === null) return;
    void save.run({
      choices: [...choices],
      utc_offset_min: -new Date().getTimezoneOffset(),
      quiet_from_min: quiet.from,
      quiet_to_min: quiet.to,
      money_sms_from: sms.minor,
      money_email_from: email.minor,
      ...(phrase.trim() === '' ? {} : { phrase: phrase.trim() }),
    });
  };
  const amountFault = (ok: boolean) => (tried && !ok ? t('preferences.amount.fault') : null);
  return (
    <form className="stack-5" onSubmit={submit} noValidate>
      {GROUPS.map(({ kind, choices: offered }) => (
        <Rows key={kind} title={t(`messages.kind.${kind}`)} lead={t(`preferences.${kind}`)}>
          {offered.map((choice) => (
            <RowSwitch
              key={choice}
              title={t(`channel.${choice.slice(kind.length + 1) as api.MessageChannel}`)}
              on={choices.has(choice)}
              onChange={(on) => {
                const next = new Set(choices);
                if (on) next.add(choice);
                else next.delete(choice);
                setChoices(next);
              }}
            />
          ))}
        </Rows>
      ))}
      <section className="card stack" aria-label={t('preferences.amounts')}>
        <h2>{t('preferences.amounts')}</h2>
        <TextField label={t('preferences.sms_from')} unit={CURRENCY} inputMode="decimal" value={smsFrom} onText={setSmsFrom} fault={amountFault(sms.ok)} />
        <TextField label={t('preferences.email_from')} unit={CURRENCY} inputMode="decimal" value={emailFrom} onText={setEmailFrom} fault={amountFault(email.ok)} />
      </section>
      <section className="card stack" aria-label={t('preferences.quiet')}>
        <h2>{t('preferences.quiet')}</h2>
        <p className="soft">{t('preferences.quiet.lead')}</p>
        <div className="grid-2">
          <TextField label={t('preferences.quiet.from')} type="time" value={from} onText={setFrom} />
          <TextField label={t('preferences.quiet.to')} type="time" value={to} onText={setTo} />
        </div>
      </section>
      <section className="card stack" aria-label={t('security.phrase')}>
        <h2>{t('security.phrase')}</h2>
        <p className="soft">{t('phrase.lead')}</p>
        {before.phrase !== null && <p className="phrase">{before.phrase}</p>}
        <TextField
          label={t('phrase.new')}
          hint={t('phrase.hint')}
          fault={fieldFault(save.error, 'phrase')}
          value={phrase}
          onText={setPhrase}
          maxLength={PHRASE_MAX}
          autoComplete="off"
          name="phrase"
        />
      </section>
      <Trouble error={save.error} />
      <div>
        <Button look="main" type="submit" disabled={save.busy}>
          {t('preferences.save')}
        </Button>
      </div>
    </form>
  );
}
