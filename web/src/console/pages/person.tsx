/* A person, masked. Each visit is a look: it needs a reason, is written down first, and the person
 * sees it. Nothing is kept in the cache when the page is left. */
import { useState } from 'react';
import { Button, Descriptions, Form, Input, Modal, Radio, Tag } from 'antd';
import { useMutation } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { AccessReason, Lock, PersonPage } from '../../../generated/api';
import {
  staffLocksIdAnswerPost, staffLocksIdLiftPost, staffPeopleIdContactsIdUnmaskPost, staffPeopleIdLocksPost, staffPeopleIdLookPost,
} from '../../../generated/api';
import { formatTime } from '../../lib/time';
import { useAsk, useIntent, useMay, useSay } from '../ask';
import { useI18n } from '../i18n';
import { ReasonDialog, WordsDialog } from '../reason';

const CODES = ['unusual_activity', 'scam_suspected', 'documents_needed', 'court_order', 'authority_order', 'deceased', 'ownership_disputed', 'holder_unreachable'] as const;

function Contacts({ person }: { person: PersonPage }) {
  const ask = useAsk();
  const say = useSay();
  const { t } = useI18n();
  const may = useMay('people:unmask');
  const [wanted, setWanted] = useState<string | null>(null);
  const [shown, setShown] = useState<Record<string, string>>({});
  const unmask = useMutation({
    mutationFn: (reason: AccessReason) => ask(staffPeopleIdContactsIdUnmaskPost({ person_id: person.person_id, contact_id: wanted ?? '' }, reason)),
    onSuccess: ({ contact_id, value }) => {
      setShown((before) => ({ ...before, [contact_id]: value }));
      setWanted(null);
    },
    onError: say,
  });
  return (
    <section aria-labelledby="contacts">
      <h2 id="contacts">{t('person.contacts')}</h2>
      <ul className="cs-rows">
        {person.contacts.map((contact) => (
          <li key={contact.id} className="cs-row" tabIndex={-1} data-row>
            <strong>{shown[contact.id] ?? contact.masked}</strong>
            <span>{t(`people.by.${contact.channel}`)}</span>
            {contact.in_use ? null : <Tag>{t('person.claimed')}</Tag>}
            {may && shown[contact.id] === undefined ? <Button size="small" onClick={() => setWanted(contact.id)}>{t('person.unmask')}</Button> : null}
          </li>
        ))}
      </ul>
      <ReasonDialog open={wanted !== null} title={t('person.unmask')} busy={unmask.isPending} onCancel={() => setWanted(null)} onReason={(reason) => unmask.mutate(reason)} />
    </section>
  );
}

function LockRow({ lock, onChanged }: { lock: Lock; onChanged(words: string): void }) {
  const ask = useAsk();
  const say = useSay();
  const { t, lang } = useI18n();
  const intent = useIntent();
  const may = useMay('locks:lift');
  const [act, setAct] = useState<'lift' | 'answer' | null>(null);
  const run = useMutation({
    mutationFn: async (words: string) => {
      const input = { lock_id: lock.id, idempotency_key: intent.key() };
      if (act === 'answer') {
        await ask(staffLocksIdAnswerPost(input, { text: words }));
        return t('lock.answered');
      }
      const { lifted } = await ask(staffLocksIdLiftPost(input, { reason: words }));
      return lifted ? t('lock.lifted') : t('lock.proposed');
    },
    onSuccess: (words) => {
      intent.done();
      setAct(null);
      onChanged(words);
    },
    onError: say,
  });
  return (
    <li className="cs-row cs-row-tall" tabIndex={-1} data-row>
      <strong>{lang === 'en' ? lock.why_en : lock.why_zh}</strong>
      <Tag color={lock.holds ? 'red' : 'default'}>{t(lock.holds ? 'lock.holds' : 'lock.ended')}</Tag>
      <span>{t(`lock.reason.${lock.reason}`)}</span>
      <span>{lock.effects.map((effect) => t(`effect.${effect}`)).join(' · ')}</span>
      <span>{t('lock.since', { at: formatTime(lock.since, lang) })}</span>
      {lock.until === null ? null : <span>{t('lock.until', { at: formatTime(lock.until, lang) })}</span>}
      {lock.review_at === null ? null : <span>{t('lock.review', { at: formatTime(lock.review_at, lang) })}</span>}
      {lock.told === null ? null : <p>{t('lock.told', { text: lock.told })}</p>}
      {lock.note === null ? null : <p>{t('lock.note', { text: lock.note })}</p>}
      {lock.objection === null ? null : <p>{t('lock.objection', { text: lock.objection })}</p>}
      {lock.answer === null ? null : <p>{t('lock.answer', { text: lock.answer })}</p>}
      {may && lock.objection !== null && lock.answered_at === null ? <Button size="small" onClick={() => setAct('answer')}>{t('lock.do.answer')}</Button> : null}
      {may && lock.holds && !lock.you_can_lift ? (
        <Button size="small" onClick={() => setAct('lift')}>{t(lock.lift_needs_two ? 'lock.do.propose' : 'lock.do.lift')}</Button>
      ) : null}
      <WordsDialog
        open={act !== null} title={t(act === 'answer' ? 'lock.do.answer' : lock.lift_needs_two ? 'lock.do.propose' : 'lock.do.lift')}
        {...(act === 'answer' ? { note: t('reason.note') } : {})} label={t(act === 'answer' ? 'lock.answer.words' : 'reason.words')}
        action={t('action.go')} busy={run.isPending} onCancel={() => setAct(null)} onWords={(words) => run.mutate(words)}
      />
    </li>
  );
}

interface LockForm { why: (typeof CODES)[number]; review: string; told?: string; note?: string }
function NewLock({ personId, onChanged }: { personId: string; onChanged(words: string): void }) {
  const ask = useAsk();
  const say = useSay();
  const { t } = useI18n();
  const intent = useIntent();
  const [open, setOpen] = useState(false);
  const put = useMutation({
    mutationFn: ({ why, review, told, note }: LockForm) =>
      ask(staffPeopleIdLocksPost({ person_id: personId, idempotency_key: intent.key() }, {
        why, review_at: new Date(`${review}T00:00:00`).toISOString(), ...(told ? { told } : {}), ...(note ? { note } : {}),
      })),
    onSuccess: () => {
      intent.done();
      setOpen(false);
      onChanged(t('lock.put.done'));
    },
    onError: say,
  });
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>{t('lock.put')}</Button>
      <Modal open={open} title={t('lock.put')} onCancel={() => setOpen(false)} footer={null} destroyOnHidden>
        <p className="cs-note">{t('lock.put.note')}</p>
        <Form<LockForm> layout="vertical" requiredMark={false} initialValues={{ why: CODES[0] }} onFinish={(form) => put.mutate(form)}>
          <fieldset className="cs-fieldset">
            <legend>{t('lock.put.why')}</legend>
            <Form.Item name="why" noStyle>
              <Radio.Group options={CODES.map((code) => ({ value: code, label: t(`lock.why.${code}`) }))} />
            </Form.Item>
          </fieldset>
          <Form.Item name="review" label={t('lock.put.review')} rules={[{ required: true, message: t('lock.put.review.missing') }]}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="told" label={t('lock.put.told')}>
            <Input.TextArea rows={2} maxLength={250} />
          </Form.Item>
          <Form.Item name="note" label={t('lock.put.staff')}>
            <Input.TextArea rows={2} maxLength={250} />
          </Form.Item>
          <Button type="primary" danger htmlType="submit" loading={put.isPending}>{t('lock.put')}</Button>
        </Form>
      </Modal>
    </>
  );
}

function Looked({ person, onChanged }: { person: PersonPage; onChanged(words: string): void }) {
  const { t, lang } = useI18n();
  const mayLock = useMay('locks:put');
  return (
    <>
      <Descriptions
        column={{ xs: 1, md: 2 }} items={[
          { key: 'id', label: t('person.id'), children: <code>{person.person_id}</code> },
          { key: 'state', label: t('person.state'), children: t(`person.state.${person.state}`) },
          { key: 'since', label: t('person.since'), children: formatTime(person.created_at, lang) },
          { key: 'works', label: t('person.works'), children: person.works.map((effect) => t(`effect.${effect}`)).join(' · ') || t('person.nothing') },
        ]}
      />
      <Contacts person={person} />
      <section aria-labelledby="locks">
        <h2 id="locks">{t('person.locks')}</h2>
        {person.locks.length === 0 ? <p className="cs-note">{t('person.locks.none')}</p> : null}
        <ul className="cs-rows">{person.locks.map((lock) => <LockRow key={lock.id} lock={lock} onChanged={onChanged} />)}</ul>
        {mayLock ? <NewLock personId={person.person_id} onChanged={onChanged} /> : null}
      </section>
      <section aria-labelledby="sessions">
        <h2 id="sessions">{t('person.sessions')}</h2>
        <ul className="cs-rows">
          {person.sessions.map((session) => (
            <li key={session.id} className="cs-row" tabIndex={-1} data-row>
              <strong>{session.device || t('person.device.unknown')}</strong>
              <span>{session.place}</span>
              <span>{t('person.used', { at: formatTime(session.last_used_at, lang) })}</span>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="looks">
        <h2 id="looks">{t('person.looks')}</h2>
        <ul className="cs-rows">
          {person.looks.map((look) => (
            <li key={`${look.at}${look.staff_id}`} className="cs-row" tabIndex={-1} data-row>
              <strong>{look.staff}</strong>
              <span>{t(`why.${look.why}`)}</span>
              <span>{look.reason}</span>
              <span>{formatTime(look.at, lang)}</span>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}

export function Person() {
  const { personId } = useParams({ from: '/people/$personId' });
  const ask = useAsk();
  const say = useSay();
  const { t } = useI18n();
  const [said, setSaid] = useState('');
  const [reason, setReason] = useState<AccessReason | null>(null);
  const look = useMutation({
    mutationFn: (given: AccessReason) => ask(staffPeopleIdLookPost({ person_id: personId }, given)),
    onSuccess: (_, given) => setReason(given),
    onError: say, gcTime: 0,
  });
  const again = (words: string) => {
    setSaid(words);
    if (reason !== null) look.mutate(reason);
  };
  return (
    <>
      <h1>{t('person.title')}</h1>
      <p aria-live="polite" className="cs-said">{said}</p>
      {look.data === undefined ? (
        <ReasonDialog open title={t('reason.title')} busy={look.isPending} onCancel={() => window.history.back()} onReason={(given) => look.mutate(given)} />
      ) : (
        <Looked person={look.data} onChanged={again} />
      )}
    </>
  );
}
