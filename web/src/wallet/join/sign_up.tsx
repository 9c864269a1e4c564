/* Signing up in five screens: contact, code and password, identity, card, done. Where a person is, the
 * server knows: a reload or another visit goes on with the step that is next. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import * as api from '../../../generated/api';
import type { CodeSent, Signup } from '../../../generated/api';
import { Button, Loaded, TextField } from '../../kit';
import { useI18n, useT } from '../i18n';
import { Cells } from '../kit/cells';
import { Resend } from '../kit/resend';
import { Trouble } from '../kit/trouble';
import { groupPhone, looksLikeEmail, toE164 } from '../lib/people';
import { useSession } from '../session';
import { fieldFault, useAction } from '../session/action';
import { usePlainAsk } from '../session/ask';
import { Card } from './card';
import { Done } from './done';
import { Identity } from './identity';
import { Levels } from './levels';
import { NewPassword } from './new_password';
import { Screen } from './screen';

const KEY = ['signup'];

/** When the next code may be asked for; after a reload the server's own pause decides. */
function againOf(code: CodeSent | null): number {
  return code === null ? 0 : Date.parse(code.again_at);
}

export function SignUp() {
  const { who } = useSession();
  const plain = usePlainAsk();
  const signup = useQuery({ queryKey: KEY, queryFn: () => plain(api.signupGet()), enabled: who !== null, staleTime: Infinity });
  const [code, setCode] = useState<CodeSent | null>(null);
  const [done, setDone] = useState(false);
  if (who === null) return <Contact onSent={setCode} />;
  if (done) return <Done />;
  return (
    <Loaded query={signup}>
      {(found) => <Step signup={found} code={code} onCode={setCode} onDone={() => setDone(true)} />}
    </Loaded>
  );
}

function Step(props: { signup: Signup; code: CodeSent | null; onCode: (code: CodeSent) => void; onDone: () => void }) {
  const { signup, code, onCode, onDone } = props;
  const queries = useQueryClient();
  const took = (next: Signup) => {
    queries.setQueryData(KEY, next);
    if (next.next === null) onDone();
  };
  if (signup.next === 'contact') return <Code signup={signup} code={code} onCode={onCode} onTook={took} />;
  if (signup.next === 'password') return <Password signup={signup} onTook={took} />;
  if (signup.next === 'identity') return <Identity onTook={took} />;
  if (signup.next === 'card') return <Card onTook={took} />;
  return <Done />;
}

function Contact({ onSent }: { onSent: (code: CodeSent | null) => void }) {
  const { t, lang } = useI18n();
  const plain = usePlainAsk();
  const { renew } = useSession();
  const queries = useQueryClient();
  const [byEmail, setByEmail] = useState(false);
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const contact = byEmail ? text.trim() : toE164(text);
  const good = byEmail ? looksLikeEmail(text) : contact !== null;
  const send = useAction(async (to: string) => {
    const answer = await plain(api.signupPost({ contact: to, language: lang === 'en' ? 'en' : 'zh' }));
    onSent(answer.code ?? null);
    await renew();
    queries.setQueryData(KEY, answer.signup);
  });
  let fault = fieldFault(send.error, 'contact');
  if (tried && !good) fault = byEmail ? t('join.email.fault') : t('join.phone.fault');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (good && contact !== null) void send.run(contact);
  };
  return (
    <Screen step={1} title={byEmail ? t('join.contact.title.email') : t('join.contact.title')} lead={t('join.contact.lead')}>
      <form className="stack narrow" onSubmit={submit} noValidate>
        {byEmail ? (
          <TextField
            key="email"
            label={t('join.email')}
            fault={fault}
            type="email"
            name="email"
            autoComplete="email"
            value={text}
            onText={setText}
          />
        ) : (
          <TextField
            key="phone"
            label={t('join.phone')}
            hint={t('join.phone.hint')}
            fault={fault}
            type="tel"
            name="tel"
            autoComplete="tel"
            value={text}
            onText={(typed) => setText(groupPhone(typed))}
          />
        )}
        {fault === null && <Trouble error={send.error} />}
        <Button look="main" type="submit" disabled={send.busy}>
          {send.busy ? t('join.sending') : t('join.send')}
        </Button>
        <Button
          look="quiet"
          onClick={() => {
            setByEmail(!byEmail);
            setText('');
            setTried(false);
            send.clear();
          }}
        >
          {byEmail ? t('join.use_phone') : t('join.use_email')}
        </Button>
        <p className="small">
          <Link href="/sign-in" className="quiet-link">
            {t('join.have_account')}
          </Link>
        </p>
      </form>
      <Levels />
    </Screen>
  );
}

function Code(props: { signup: Signup; code: CodeSent | null; onCode: (code: CodeSent) => void; onTook: (next: Signup) => void }) {
  const { signup, code, onCode, onTook } = props;
  const t = useT();
  const plain = usePlainAsk();
  const { signOut } = useSession();
  const [, go] = useLocation();
  const [digits, setDigits] = useState('');
  const check = useAction(async (typed: string) => {
    try {
      onTook((await plain(api.signupCodePost({ code: typed }))).signup);
    } catch (cause) {
      setDigits('');
      throw cause;
    }
  });
  const again = useAction(async () => {
    const answer = await plain(api.signupCodeAgainPost({}));
    if (answer.code !== undefined) onCode(answer.code);
    check.clear();
  });
  const other = useAction(async () => {
    await signOut();
    go('/sign-up', { replace: true });
  });
  return (
    <Screen step={2} title={t('join.code.title')} lead={t('join.code.lead', { to: signup.contact ?? '' })}>
      <form
        className="stack narrow"
        onSubmit={(event) => {
          event.preventDefault();
          void check.run(digits);
        }}
        noValidate
      >
        <Cells label={t('join.code')} value={digits} onValue={setDigits} onFull={(typed) => void check.run(typed)} disabled={check.busy} focus />
        <Trouble error={check.error} />
        <Trouble error={again.error} />
        <div className="actions">
          <Resend after_ms={againOf(code)} busy={again.busy} onSend={() => void again.run()} />
          <Button look="quiet" disabled={other.busy} onClick={() => void other.run()}>
            {t('join.code.other')}
          </Button>
        </div>
        <p className="small soft">{t('join.code.help')}</p>
      </form>
    </Screen>
  );
}

function Password({ signup, onTook }: { signup: Signup; onTook: (next: Signup) => void }) {
  const t = useT();
  const plain = usePlainAsk();
  const { renew } = useSession();
  const queries = useQueryClient();
  const [password, setPassword] = useState('');
  const save = useAction(async (chosen: string) => {
    const answer = await plain(api.signupPasswordPost({ password: chosen }));
    await renew();
    queries.setQueryData(KEY, answer.signup);
    onTook(answer.signup);
  });
  return (
    <Screen step={2} title={t('join.password.title')} lead={t('join.password.lead')}>
      <form
        className="stack narrow"
        onSubmit={(event) => {
          event.preventDefault();
          if (password !== '') void save.run(password);
        }}
        noValidate
      >
        {/* Password managers keep what is saved together. */}
        <input type="hidden" name="username" autoComplete="username" value={signup.contact ?? ''} />
        <NewPassword value={password} onValue={setPassword} {...(signup.contact === null ? {} : { own: signup.contact })} />
        <Trouble error={save.error} />
        <Button look="main" type="submit" disabled={save.busy || password === ''}>
          {t('join.password.save')}
        </Button>
      </form>
    </Screen>
  );
}
