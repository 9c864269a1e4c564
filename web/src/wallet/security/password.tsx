/* Another password: the present one is shown, the other devices are signed out, this one stays. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../../generated/api';
import { ApiError } from '../../api/http';
import { Button, Loaded, Time, useToast } from '../../kit';
import { useT } from '../i18n';
import { NewPassword } from '../join/new_password';
import { PasswordField } from '../kit/password';
import { Trouble } from '../kit/trouble';
import { useMe, useSession } from '../session';
import { fieldFault, useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';

export function PasswordPage() {
  const t = useT();
  const me = useMe();
  return (
    <>
      <Head title={t('security.password')} lead={t('password.lead')} back={{ href: '/security', label: t('security.back') }} />
      <Loaded query={me} rows={3}>
        {({ password_changed_at, contacts }) => (
          <>
            {password_changed_at !== null && (
              <p className="soft">
                {t('password.changed_at')} <Time iso={password_changed_at} />
              </p>
            )}
            <Change name={contacts.find(({ state }) => state === 'in_use')?.masked ?? ''} />
          </>
        )}
      </Loaded>
    </>
  );
}

/** `name`: so that a password manager knows which account. */
function Change({ name }: { name: string }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const { renew } = useSession();
  const [, go] = useLocation();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const save = useAction(async (change: api.PasswordChange) => {
    await ask(api.mePasswordPost(change));
    toast(t('password.changed'));
    go('/security');
    await renew();
  });
  const wrong = save.error instanceof ApiError && save.error.code === 'password_wrong' ? `${save.error.title}. ${save.error.fix}` : null;
  const same = current !== '' && current === password;
  let fault = fieldFault(save.error, 'password');
  if (tried && password === '') fault = t('password.fault.empty');
  else if (same) fault = t('password.fault.same');
  let currentFault = wrong ?? fieldFault(save.error, 'current');
  if (tried && current === '') currentFault = t('password.fault.current');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (current !== '' && password !== '' && !same) void save.run({ current, password });
  };
  return (
    <form className="card stack" onSubmit={submit} noValidate>
      <input type="hidden" name="username" autoComplete="username" value={name} />
      <PasswordField label={t('password.current')} value={current} onValue={setCurrent} fault={currentFault} />
      <NewPassword label={t('password.new')} value={password} onValue={setPassword} fault={fault} />
      {fault === null && currentFault === null && <Trouble error={save.error} />}
      <p className="small soft">{t('password.ends')}</p>
      <div>
        <Button look="main" type="submit" disabled={save.busy}>
          {t('password.save')}
        </Button>
      </div>
    </form>
  );
}
