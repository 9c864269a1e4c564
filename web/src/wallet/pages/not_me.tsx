/* "It was not me", from the number of a message, without signing in: whoever holds the message can stop
 * the account, and only that. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { Link } from 'wouter';
import * as api from '../../../generated/api';
import type { NotMe } from '../../../generated/api';
import { Banner, Button, TextField } from '../../kit';
import { useT } from '../i18n';
import { Trouble } from '../kit/trouble';
import { fieldFault, useAction } from '../session/action';
import { usePlainAsk } from '../session/ask';
import { Head } from '../shell/frame';

export function NotMePage() {
  const t = useT();
  const plain = usePlainAsk();
  const [code, setCode] = useState('');
  const [done, setDone] = useState<NotMe | null>(null);
  const say = useAction(async (typed: string) => setDone(await plain(api.notMePost({ code: typed }))));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() !== '') void say.run(code.trim());
  };
  return (
    <>
      <Head title={t('me.not_me')} lead={t('not_me.lead')} />
      {done !== null ? (
        <Banner tone="good" title={t('not_me.done', { count: done.sessions_ended })} role="status">
          {t('not_me.then')} <Link href="/sign-in">{t('welcome.sign_in')}</Link>
        </Banner>
      ) : (
        <form className="card stack" onSubmit={submit} noValidate>
          <p>{t('not_me.what.body')}</p>
          <TextField
            label={t('not_me.code')}
            hint={t('not_me.code.hint')}
            fault={fieldFault(say.error, 'code')}
            value={code}
            onText={setCode}
            name="message-code"
            autoComplete="off"
            spellCheck={false}
          />
          {fieldFault(say.error, 'code') === null && <Trouble error={say.error} />}
          <div>
            <Button look="harm" type="submit" disabled={say.busy || code.trim() === ''}>
              {t('not_me.do')}
            </Button>
          </div>
        </form>
      )}
    </>
  );
}
