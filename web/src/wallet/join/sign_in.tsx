/* Signing in: by contact and password, or by a passkey alone. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { Link, useLocation } from 'wouter';
import * as api from '../../../generated/api';
import { Button, TextField } from '../../kit';
import { useT } from '../i18n';
import { PasswordField } from '../kit/password';
import { Trouble } from '../kit/trouble';
import { useSession } from '../session';
import { fieldFault, useAction } from '../session/action';
import { usePlainAsk } from '../session/ask';
import { canUsePasskeys, signWithPasskey } from '../session/passkey';
import { Head } from '../shell/frame';

export function SignIn() {
  const t = useT();
  const plain = usePlainAsk();
  const { renew } = useSession();
  const [, go] = useLocation();
  const [contact, setContact] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const enter = useAction(async (input: api.SessionNew) => {
    await plain(api.sessionsPost(input));
    await renew();
    go('/', { replace: true });
  });
  const byPasskey = useAction(async () => {
    await plain(api.sessionsPasskeyPost(await signWithPasskey(await plain(api.sessionsPasskeyOptionsPost({})))));
    await renew();
    go('/', { replace: true });
  });
  const contactFault = tried && contact.trim() === '' ? t('sign_in.contact.fault') : fieldFault(enter.error, 'contact');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (contact.trim() !== '' && password !== '') void enter.run({ contact: contact.trim(), password });
  };
  return (
    <div className="stack-5 narrow">
      <Head title={t('sign_in.title')} />
      <form className="stack" onSubmit={submit} noValidate>
        <TextField
          label={t('sign_in.contact')}
          fault={contactFault}
          name="username"
          autoComplete="username webauthn"
          autoCapitalize="off"
          spellCheck={false}
          value={contact}
          onText={setContact}
        />
        <PasswordField
          label={t('sign_in.password')}
          value={password}
          onValue={setPassword}
          fault={tried && password === '' ? t('sign_in.password.fault') : null}
        />
        {contactFault === null && <Trouble error={enter.error} />}
        <Button look="main" type="submit" disabled={enter.busy}>
          {enter.busy ? t('sign_in.busy') : t('sign_in.submit')}
        </Button>
        {canUsePasskeys() && (
          <Button icon="keys" disabled={byPasskey.busy} onClick={() => void byPasskey.run()}>
            {t('sign_in.passkey')}
          </Button>
        )}
        <Trouble error={byPasskey.error} />
      </form>
      <p>
        <Link href="/recover" className="quiet-link">
          {t('sign_in.forgot')}
        </Link>
      </p>
      <p>
        {t('sign_in.new')}{' '}
        <Link href="/sign-up" className="quiet-link">
          {t('welcome.sign_up')}
        </Link>
      </p>
    </div>
  );
}
