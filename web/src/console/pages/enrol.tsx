/* Coming in for the first time: the invitation's secret, a password, an authenticator app, and its
 * next code. Until the end of it the member can do nothing. */
import { useState } from 'react';
import { Alert, Button, Form, Input } from 'antd';
import { encode } from 'uqr';
import type { StaffEnrolment, TotpShown } from '../../../generated/api';
import { meTotpsIdConfirmPost, meTotpsPost, sessionFactorPost, staffEnrolmentsPost } from '../../../generated/api';
import { ApiError } from '../../api/http';
import { useAsk } from '../ask';
import { useT } from '../i18n';

/** Black on white whatever the theme: cameras expect it. */
function Code({ text }: { text: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  const t = useT();
  return (
    <svg className="cs-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={t('enrol.qr')}>
      <path d={`M0 0h${size}v${size}h-${size}z`} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

export function Enrol({ onDone, onBack }: { onDone(): void; onBack(): void }) {
  const ask = useAsk();
  const t = useT();
  const [app, setApp] = useState<TotpShown | null>(null);
  const [confirmed, setConfirmed] = useState(false);
  const [fault, setFault] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [form] = Form.useForm<{ code: string }>();
  const step = async (work: () => Promise<void>) => {
    setBusy(true);
    setFault(null);
    try {
      await work();
    } catch (error) {
      setFault(error instanceof ApiError ? error : null);
    } finally {
      setBusy(false);
    }
  };
  const begin = (body: StaffEnrolment) => step(async () => {
    await ask(staffEnrolmentsPost(body));
    setApp(await ask(meTotpsPost({ idempotency_key: crypto.randomUUID() }, { name: t('enrol.app') })));
  });
  const show = ({ code }: { code: string }) => step(async () => {
    if (confirmed) {
      await ask(sessionFactorPost({ factor: 'totp', code }));
      onDone();
    } else {
      await ask(meTotpsIdConfirmPost({ totp_id: app?.id ?? '' }, { code }));
      setConfirmed(true);
      form.resetFields();
    }
  });
  return (
    <>
      {fault === null ? null : <Alert type="error" role="alert" title={fault.title || t('error.network.title')} description={fault.fix || t('error.network.fix')} />}
      {app === null ? (
        <Form<StaffEnrolment> layout="vertical" requiredMark={false} onFinish={(body) => void begin(body)}>
          <Form.Item name="secret" label={t('enrol.secret')} rules={[{ required: true, message: t('staff.missing') }]}>
            <Input autoComplete="off" />
          </Form.Item>
          <Form.Item name="password" label={t('enrol.password')} rules={[{ required: true, message: t('signin.password.missing') }]}>
            <Input type="password" autoComplete="new-password" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={busy}>{t('reason.go')}</Button>
          <Button type="text" block onClick={onBack}>{t('enrol.back')}</Button>
        </Form>
      ) : (
        <>
          {confirmed ? <p role="status">{t('enrol.next')}</p> : (
            <>
              <p>{t('enrol.scan')}</p>
              <Code text={app.uri} />
              <p>{t('enrol.type')} <code className="cs-secret">{app.secret}</code></p>
            </>
          )}
          <Form<{ code: string }> form={form} layout="vertical" requiredMark={false} onFinish={(body) => void show(body)}>
            <Form.Item name="code" label={t('signin.code')} rules={[{ required: true, message: t('signin.code.missing') }]}>
              <Input inputMode="numeric" autoComplete="one-time-code" />
            </Form.Item>
            <Button type="primary" htmlType="submit" block loading={busy}>{t('reason.go')}</Button>
          </Form>
        </>
      )}
    </>
  );
}
