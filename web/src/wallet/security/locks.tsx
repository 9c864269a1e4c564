/* What a person may not do, since when, why, until when, what still works, and how to contest it: one
 * card for each lock. Also what a freeze of one's own is made and lifted by. */
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import * as api from '../../../generated/api';
import type { Lock, MyLocks } from '../../../generated/api';
import { Badge, Banner, Button, Facts, Field, Icon, Loaded, SelectField, Time, useToast } from '../../kit';
import { useI18n, useT } from '../i18n';
import { useAnswer, useStale } from '../kit/load';
import { RowLink, Rows } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { useSession } from '../session';
import { fieldFault, useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';
import { RecoveryNotice } from './recovery_notice';

const WORDS_MAX = 800;

/** The page of an account that is restricted, reachable without full sign-in. */
export function Restricted() {
  const t = useT();
  const { signOut } = useSession();
  const list = useAnswer(['locks'], api.meLocksGet());
  const out = useAction(signOut);
  return (
    <>
      <Head title={t('locks.title')} lead={t('locks.lead')} />
      <RecoveryNotice locked />
      <Loaded query={list}>{(mine) => <Locks mine={mine} />}</Loaded>
      <Rows>
        <RowLink href="/security/devices" icon="device" title={t('security.devices')} />
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

/** The page behind Security: to freeze, and to see what holds. */
export function Freeze() {
  const t = useT();
  const list = useAnswer(['locks'], api.meLocksGet());
  return (
    <>
      <Head title={t('security.freeze')} lead={t('freeze.lead')} back={{ href: '/security', label: t('security.back') }} />
      <Loaded query={list}>
        {(mine) => (
          <>
            {!mine.locks.some(({ reason, holds }) => reason === 'user' && holds) && <FreezeForm />}
            <Locks mine={mine} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** 0: until the person lifts it. */
const HOURS = [0, 24, 72, 168] as const;
const HOUR_MS = 3_600_000;

function FreezeForm() {
  const t = useT();
  const [hours, setHours] = useState<string>(String(HOURS[0]));
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const { renew } = useSession();
  const freeze = useAction(async (_: void, key: string) => {
    const until = hours === '0' ? {} : { until: new Date(Date.now() + Number(hours) * HOUR_MS).toISOString() };
    await ask(api.meFreezePost({ idempotency_key: key }, until));
    await stale('locks');
    toast(t('freeze.done'));
    await renew();
  });
  return (
    <section className="card stack" aria-label={t('security.freeze')}>
      <ul className="stack-2 ticks">
        {[t('freeze.stops'), t('freeze.goes_on'), t('freeze.lifted')].map((line) => (
          <li key={line}>
            <Icon name="check" size={16} />
            <span>{line}</span>
          </li>
        ))}
      </ul>
      <SelectField
        label={t('freeze.how_long')}
        value={hours}
        onText={setHours}
        options={HOURS.map((count) => ({ value: String(count), label: count === 0 ? t('freeze.open') : t('freeze.days', { count: count / 24 }) }))}
      />
      <Trouble error={freeze.error} />
      <div>
        <Button look="harm" icon="lock" disabled={freeze.busy} onClick={() => void freeze.run()}>
          {t('freeze.do')}
        </Button>
      </div>
    </section>
  );
}

function Locks({ mine }: { mine: MyLocks }) {
  const t = useT();
  if (mine.locks.length === 0) return <Banner tone="good">{t('locks.none')}</Banner>;
  return (
    <>
      {mine.works.length > 0 && (
        <Banner tone="good" title={t('locks.works')}>
          {mine.works.map((name) => t(`effect.${name}`)).join(t('list.and'))}
        </Banner>
      )}
      {mine.locks.map((lock) => (
        <LockCard key={lock.id} lock={lock} />
      ))}
    </>
  );
}

function timeOr(iso: string | null, none: string): ReactNode {
  return iso === null ? none : <Time iso={iso} />;
}

function LockCard({ lock }: { lock: Lock }) {
  const { t, lang } = useI18n();
  return (
    <section className="card stack" aria-label={lang === 'en' ? lock.why_en : lock.why_zh} data-testid="lock">
      <div className="row-between">
        <h2>{lang === 'en' ? lock.why_en : lock.why_zh}</h2>
        <Badge tone={lock.reason === 'user' ? 'plain' : 'wait'}>{t(`lock.by.${lock.put_by}`)}</Badge>
      </div>
      {lock.told !== null && <p>{lock.told}</p>}
      <Facts
        facts={[
          { label: t('lock.effects'), value: lock.effects.map((name) => t(`effect.${name}`)).join(t('list.and')) },
          { label: t('lock.since'), value: <Time iso={lock.since} /> },
          { label: t('lock.until'), value: timeOr(lock.until, t('lock.until.open')) },
          lock.review_at === null ? null : { label: t('lock.review'), value: <Time iso={lock.review_at} /> },
          lock.objection === null ? null : { label: t('lock.objection'), value: lock.objection },
          lock.contested_at === null ? null : { label: t('lock.contested'), value: <Time iso={lock.contested_at} /> },
          lock.contested_at === null || lock.answered_at !== null
            ? null
            : { label: t('lock.answer_due'), value: timeOr(lock.answer_due_at, t('lock.until.open')) },
          lock.answer === null ? null : { label: t('lock.answer'), value: lock.answer },
        ]}
      />
      {lock.holds && lock.you_can_lift && <Lift />}
      {lock.holds && lock.contestable && lock.contested_at === null && <Contest lock={lock} />}
    </section>
  );
}

function Lift() {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const lift = useAction(async () => {
    await ask(api.meFreezeDelete());
    await stale('locks');
    toast(t('freeze.undone'));
  });
  return (
    <>
      <Trouble error={lift.error} />
      <div>
        <Button look="main" disabled={lift.busy} onClick={() => void lift.run()}>
          {t('security.unfreeze')}
        </Button>
      </div>
    </>
  );
}

function Contest({ lock }: { lock: Lock }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const send = useAction(async (words: string, key: string) => {
    await ask(api.meLocksIdContestPost({ lock_id: lock.id, idempotency_key: key }, { text: words }));
    await stale('locks');
    toast(t('lock.contest.done'));
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') void send.run(text.trim());
  };
  if (!open) {
    return (
      <div>
        <Button onClick={() => setOpen(true)}>{t('lock.contest')}</Button>
      </div>
    );
  }
  return (
    <form className="stack" onSubmit={submit}>
      <Field label={t('lock.contest.words')} hint={t('lock.contest.hint')} fault={fieldFault(send.error, 'text')}>
        {(ids) => (
          <textarea {...ids} className="input" maxLength={WORDS_MAX} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        )}
      </Field>
      <Trouble error={send.error} />
      <div>
        <Button look="main" type="submit" disabled={send.busy || text.trim() === ''}>
          {t('lock.contest.send')}
        </Button>
      </div>
    </form>
  );
}
