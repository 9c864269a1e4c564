/* Staff sign in with a password and then with a second factor: nothing is shown in between. */
import { useState } from 'react';
import { Alert, Button, Form, Input, Radio } from 'antd';
import { ApiError } from '../../api/http';
import type { Call, SessionFactor, SessionNew } from '../../../generated/api';
import { sessionFactorPost, staffSessionsPost } from '../../../generated/api';
import { Mark } from '../../kit/mark';
import { useAsk } from '../ask';
import { useT } from '../i18n';
import { Enrol } from './enrol';


export function SignIn({ needs, onDone }: { needs: 'password' | 'factor'; onDone(): void }) {
  const ask = useAsk();
  const t = useT();
  const [step, setStep] = useState<'password' | 'factor' | 'enrol'>(needs);
  const [fault, setFault] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (call: Call, then: () => void) => {
    setBusy(true);
    setFault(null);
    try {
      await ask(call);
      then();
    } catch (error) {
      setFault(error instanceof ApiError ? error : null);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="cs-alone">
      <div className="cs-brand"><Mark size={40} /> <h1>{t('brand.console')}</h1></div>
      {fault === null ? null : (
        <Alert type="error" role="alert" title={fault.title || t('error.network.title')} description={fault.fix || t('error.network.fix')} />
      )}
      {step === 'enrol' ? <Enrol onDone={onDone} onBack={() => setStep('password')} /> : step === 'password' ? (
        <Form<SessionNew> key="password" layout="vertical" requiredMark={false} onFinish={(body) => void send(staffSessionsPost(body), () => setStep('factor'))}>
          <Form.Item name="contact" label={t('signin.email')} rules={[{ required: true, message: t('signin.email.missing') }]}>
            <Input autoComplete="username" inputMode="email" />
          </Form.Item>
          <Form.Item name="password" label={t('signin.password')} rules={[{ required: true, message: t('signin.password.missing') }]}>
            <Input type="password" autoComplete="current-password" />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={busy}>{t('signin.go')}</Button>
          <Button type="text" block onClick={() => setStep('enrol')}>{t('enrol.begin')}</Button>
        </Form>
      ) : (
        // Keys of their own: antd takes initialValues only from a form that is new.
        <Form<SessionFactor> key="factor" layout="vertical" requiredMark={false} initialValues={{ factor: 'totp' }} onFinish={(body) => void send(sessionFactorPost(body), onDone)}>
          <p className="cs-note">{t('signin.factor.note')}</p>
          <fieldset className="cs-fieldset">
            <legend>{t('signin.factor')}</legend>
            <Form.Item name="factor" noStyle>
              <Radio.Group options={[{ value: 'totp', label: t('signin.totp') }, { value: 'recovery_code', label: t('signin.recovery') }]} />
            </Form.Item>
          </fieldset>
          <Form.Item name="code" label={t('signin.code')} rules={[{ required: true, message: t('signin.code.missing') }]}>
            <Input
              autoComplete="one-time-code"
              // eslint-disable-next-line jsx-a11y/no-autofocus
              autoFocus
            />
          </Form.Item>
          <Button type="primary" htmlType="submit" block loading={busy}>{t('signin.go')}</Button>
        </Form>
      )}
    </main>
  );
}
