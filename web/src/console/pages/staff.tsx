/* Who works here. Stopping somebody takes one person; rights take two. */
import { useState } from 'react';
import { Alert, Button, Checkbox, Form, Input, Modal, Skeleton, Tag } from 'antd';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { StaffMember, StaffRole } from '../../../generated/api';
import {
  staffMembersGet, staffMembersIdDelete, staffMembersIdEnablePost, staffMembersIdReinvitePost, staffMembersIdRolesPost, staffMembersPost, staffRolesGet,
} from '../../../generated/api';
import { Problem } from '../../kit/state';
import { useAsk, useIntent, useMay, useMember, useSay } from '../ask';
import { useI18n } from '../i18n';
import { WordsDialog } from '../reason';

interface Acting { roles: readonly StaffRole[]; onSaid(words: string, secret?: string): void }

function useRoleNames(roles: readonly StaffRole[]) {
  const { lang } = useI18n();
  return (name: string) => {
    const role = roles.find((one) => one.role === name);
    return role === undefined ? name : lang === 'en' ? role.title_en : role.title_zh;
  };
}

function RolesField({ roles }: { roles: readonly StaffRole[] }) {
  const { t } = useI18n();
  const nameOf = useRoleNames(roles);
  return (
    <fieldset className="cs-fieldset">
      <legend>{t('staff.roles')}</legend>
      <Form.Item name="roles" noStyle>
        <Checkbox.Group options={roles.map(({ role }) => ({ value: role, label: nameOf(role) }))} />
      </Form.Item>
    </fieldset>
  );
}

interface RolesForm { roles: string[]; reason: string }
function ChangeRoles({ member, roles, onSaid, onClose }: Acting & { member: StaffMember; onClose(): void }) {
  const ask = useAsk();
  const say = useSay();
  const { t } = useI18n();
  const intent = useIntent();
  const propose = useMutation({
    mutationFn: (form: RolesForm) => ask(staffMembersIdRolesPost(
      { person_id: member.person_id, idempotency_key: intent.key() }, { roles: form.roles.map((role) => ({ role })), reason: form.reason },
    )),
    onSuccess: () => {
      intent.done();
      onClose();
      onSaid(t('staff.proposed'));
    },
    onError: say,
  });
  return (
    <Modal open title={t('staff.roles.change')} onCancel={onClose} footer={null}>
      <p className="cs-note">{t('staff.two')}</p>
      <Form<RolesForm> layout="vertical" requiredMark={false} initialValues={{ roles: member.roles }} onFinish={(form) => propose.mutate(form)}>
        <RolesField roles={roles} />
        <Form.Item name="reason" label={t('reason.words')} rules={[{ required: true, min: 6, whitespace: true, message: t('reason.short') }]}>
          <Input.TextArea rows={2} maxLength={250} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={propose.isPending}>{t('staff.propose')}</Button>
      </Form>
    </Modal>
  );
}

function Member({ member, roles, onSaid }: Acting & { member: StaffMember }) {
  const ask = useAsk();
  const say = useSay();
  const { t } = useI18n();
  const intent = useIntent();
  const me = useMember();
  const manages = useMay('staff:manage') && me.person_id !== member.person_id;
  const nameOf = useRoleNames(roles);
  const [act, setAct] = useState<'roles' | 'disable' | 'enable' | null>(null);
  const run = useMutation({
    mutationFn: async (what: 'disable' | 'reinvite' | { reason: string }) => {
      const input = { person_id: member.person_id, idempotency_key: intent.key() };
      if (what === 'disable') {
        await ask(staffMembersIdDelete({ person_id: member.person_id }));
        return [t('staff.disabled.done')] as const;
      }
      if (what === 'reinvite') return [t('staff.invited.done'), (await ask(staffMembersIdReinvitePost(input, { valid_hours: 72 }))).secret] as const;
      await ask(staffMembersIdEnablePost(input, what));
      return [t('staff.proposed')] as const;
    },
    onSuccess: ([words, secret]) => {
      intent.done();
      setAct(null);
      onSaid(words, secret);
    },
    onError: say,
  });
  return (
    <li className="cs-row cs-row-tall" tabIndex={-1} data-row>
      <strong>{member.name}</strong>
      <Tag color={member.state === 'disabled' ? 'red' : 'default'}>{t(`staff.state.${member.state}`)}</Tag>
      <span>{member.roles.map(nameOf).join(' · ') || t('staff.noroles')}</span>
      {manages ? (
        <span className="cs-acts">
          {member.state === 'disabled' ? <Button size="small" onClick={() => setAct('enable')}>{t('staff.enable')}</Button> : (
            <>
              <Button size="small" onClick={() => setAct('roles')}>{t('staff.roles.change')}</Button>
              <Button size="small" loading={run.isPending} onClick={() => run.mutate('reinvite')}>{t('staff.reinvite')}</Button>
              <Button size="small" danger onClick={() => setAct('disable')}>{t('staff.disable')}</Button>
            </>
          )}
        </span>
      ) : null}
      {act === 'roles' ? <ChangeRoles member={member} roles={roles} onSaid={onSaid} onClose={() => setAct(null)} /> : null}
      <Modal
        open={act === 'disable'} title={t('staff.disable.title', { name: member.name ?? '' })} onCancel={() => setAct(null)}
        okText={t('staff.disable')} okButtonProps={{ danger: true, loading: run.isPending }} onOk={() => run.mutate('disable')}
      >
        <p>{t('staff.disable.note')}</p>
      </Modal>
      <WordsDialog
        open={act === 'enable'} title={t('staff.enable')} note={t('staff.two')} label={t('reason.words')} action={t('staff.propose')}
        busy={run.isPending} onCancel={() => setAct(null)} onWords={(reason) => run.mutate({ reason })}
      />
    </li>
  );
}

interface InviteForm extends RolesForm { name: string; email: string; personnel_number: string }
function Invite({ roles, onSaid }: Acting) {
  const ask = useAsk();
  const say = useSay();
  const { t, lang } = useI18n();
  const intent = useIntent();
  const [open, setOpen] = useState(false);
  const invite = useMutation({
    mutationFn: ({ roles: names, ...form }: InviteForm) => ask(staffMembersPost(
      { idempotency_key: intent.key() }, { ...form, language: lang === 'en' ? 'en' : 'zh', roles: names.map((role) => ({ role })) },
    )),
    onSuccess: ({ secret }) => {
      intent.done();
      setOpen(false);
      onSaid(t('staff.invited.done'), secret);
    },
    onError: say,
  });
  const needed = [{ required: true, whitespace: true, message: t('staff.missing') }];
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>{t('staff.invite')}</Button>
      <Modal open={open} title={t('staff.invite')} onCancel={() => setOpen(false)} footer={null} destroyOnHidden>
        <p className="cs-note">{t('staff.two')}</p>
        <Form<InviteForm> layout="vertical" requiredMark={false} initialValues={{ roles: [] }} onFinish={(form) => invite.mutate(form)}>
          <Form.Item name="name" label={t('staff.name')} rules={needed}><Input maxLength={40} autoComplete="off" /></Form.Item>
          <Form.Item name="email" label={t('signin.email')} rules={needed}><Input inputMode="email" autoComplete="off" /></Form.Item>
          <Form.Item name="personnel_number" label={t('staff.number')} rules={needed}><Input maxLength={60} autoComplete="off" /></Form.Item>
          <RolesField roles={roles} />
          <Form.Item name="reason" label={t('reason.words')} rules={[{ required: true, min: 6, whitespace: true, message: t('reason.short') }]}>
            <Input.TextArea rows={2} maxLength={250} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={invite.isPending}>{t('staff.invite')}</Button>
        </Form>
      </Modal>
    </>
  );
}

export function Staff() {
  const ask = useAsk();
  const { t } = useI18n();
  const queries = useQueryClient();
  const manages = useMay('staff:manage');
  const [said, setSaid] = useState<{ words: string; secret: string | undefined } | null>(null);
  const roles = useQuery({ queryKey: ['roles'], queryFn: () => ask(staffRolesGet()), staleTime: Infinity });
  const members = useQuery({ queryKey: ['members'], queryFn: () => ask(staffMembersGet()) });
  const onSaid = (words: string, secret?: string) => {
    setSaid({ words, secret });
    void queries.invalidateQueries({ queryKey: ['members'] });
  };
  const known = roles.data?.roles ?? [];
  return (
    <>
      <h1>{t('staff.title')}</h1>
      <div aria-live="polite">
        {said === null ? null : (
          <Alert
            type="success" title={said.words} closable={{ 'aria-label': t('action.close'), onClose: () => setSaid(null) }}
            description={said.secret === undefined ? undefined : <>{t('staff.secret')} <code className="cs-secret">{said.secret}</code></>}
          />
        )}
      </div>
      {manages ? <Invite roles={known} onSaid={onSaid} /> : null}
      {members.isPending ? <Skeleton active /> : members.isError ? <Problem error={members.error} onRetry={() => void members.refetch()} /> : (
        <ul className="cs-rows">{members.data.members.map((member) => <Member key={member.person_id} member={member} roles={known} onSaid={onSaid} />)}</ul>
      )}
    </>
  );
}
