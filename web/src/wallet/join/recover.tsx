/* A lost password: a code to a contact, a second proof where the account has one, the waiting time with
 * its date, a new password. What was begun is kept for this tab; see lib/recovery.ts. */
import { useEffect, useState } from 'react';
import type { FormEvent } from 'react';
import { Link } from 'wouter';
import * as api from '../../../generated/api';
import type { Recovery } from '../../../generated/api';
import { ApiError } from '../../api/http';
import { Banner, Button, TextField } from '../../kit';
import { useT } from '../i18n';
import { Cells } from '../kit/cells';
import { Resend } from '../kit/resend';
import { Trouble } from '../kit/trouble';
import { looksLikeEmail, toE164 } from '../lib/people';
import { readKept, readSlip, stepOf, timerUntil, writeKept } from '../lib/recovery';
import type { Kept } from '../lib/recovery';
import { fieldFault, useAction } from '../session/action';
import { usePlainAsk } from '../session/ask';
import { Head } from '../shell/frame';
import { NewPassword } from './new_password';
import { SecondProof } from './recover_proof';
import { useProof } from './recover_step';
import type { StepProps } from './recover_step';
import { Waiting } from './recover_wait';

/** Begins a recovery; the secret comes this once. */
function useBegin(onBegun: (kept: Kept) => void) {
  const plain = usePlainAsk();
  return useAction(async (contact: string) => {
    const recovery = await plain(api.recoveriesPost({ contact }));
    const { secret = '', code = null, ...rest } = recovery;
    onBegun({ id: recovery.id, secret, contact, code, recovery: rest });
  });
}

export function Recover() {
  const t = useT();
  const [kept, setKept] = useState<Kept | null>(readKept);
  const [ended, setEnded] = useState(false);
  const [now, setNow] = useState(Date.now);
  const step = stepOf(kept, now);
  const ready = kept?.recovery?.ready_at ?? null;
  useEffect(() => {
    if (step !== 'waiting' || ready === null) return undefined;
    const timer = setTimeout(() => setNow(Date.now()), timerUntil(Date.parse(ready), Date.now()));
    return () => clearTimeout(timer);
  }, [step, ready, now]);

  const keep = (next: Kept | null) => {
    setNow(Date.now());
    setKept(next);
    writeKept(next?.recovery?.state === 'done' ? null : next);
    if (next !== null) setEnded(false);
  };
  const took = (recovery: Recovery) => {
    if (kept !== null) keep({ ...kept, recovery });
  };
  /** Stopped by the person, or its time was over. */
  const over = () => {
    keep(null);
    setEnded(true);
  };
  return (
    <div className="stack-5 narrow">
      {kept === null && (
        <>
          <Head title={t('recover.title')} lead={t('recover.lead')} back={{ href: '/sign-in', label: t('sign_in.title') }} />
          {ended && (
            <Banner tone="wait" icon="warn" title={t('recover.ended')} role="alert">
              {t('recover.ended.body')}
            </Banner>
          )}
          <Begin onBegun={keep} />
        </>
      )}
      {kept !== null && step === 'code' && <Code kept={kept} onTook={took} onBegun={keep} onOver={over} onOther={() => keep(null)} />}
      {kept !== null && step === 'second' && (
        <SecondProof kept={kept} wanted={kept.recovery?.wanted ?? []} onTook={took} onOver={over} onOther={() => keep(null)} />
      )}
      {kept !== null && step === 'waiting' && <Waiting kept={kept} onOther={() => keep(null)} />}
      {kept !== null && step === 'password' && <Password kept={kept} onTook={took} onOver={over} onOther={() => keep(null)} />}
      {step === 'done' && (
        <>
          <Head title={t('recover.done')} lead={t('recover.done.lead')} />
          <div>
            <Link href="/sign-in" className="btn btn-main">
              {t('sign_in.title')}
            </Link>
          </div>
        </>
      )}
    </div>
  );
}

function Begin({ onBegun }: { onBegun: (kept: Kept) => void }) {
  const t = useT();
  const [contact, setContact] = useState('');
  const [tried, setTried] = useState(false);
  const [withSlip, setWithSlip] = useState(false);
  const begin = useBegin(onBegun);
  const good = looksLikeEmail(contact) || toE164(contact) !== null;
  const fault = tried && !good ? t('sign_in.contact.fault') : fieldFault(begin.error, 'contact');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (good) void begin.run(toE164(contact) ?? contact.trim());
  };
  if (withSlip) return <Slip onRead={onBegun} onBack={() => setWithSlip(false)} />;
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <TextField
        label={t('sign_in.contact')}
        hint={t('recover.contact.hint')}
        fault={fault}
        name="username"
        autoComplete="username"
        autoCapitalize="off"
        spellCheck={false}
        value={contact}
        onText={setContact}
      />
      {fault === null && <Trouble error={begin.error} />}
      <div className="actions">
        <Button look="main" type="submit" disabled={begin.busy}>
          {begin.busy ? t('join.sending') : t('join.send')}
        </Button>
        <Button look="quiet" onClick={() => setWithSlip(true)}>
          {t('recover.slip.have')}
        </Button>
      </div>
    </form>
  );
}

function Slip({ onRead, onBack }: { onRead: (kept: Kept) => void; onBack: () => void }) {
  const t = useT();
  const [text, setText] = useState('');
  const [tried, setTried] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const found = readSlip(text);
    if (found !== null) onRead(found);
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <TextField
        label={t('recover.slip')}
        hint={t('recover.slip.hint')}
        fault={tried && readSlip(text) === null ? t('recover.slip.fault') : null}
        name="recovery-slip"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={text}
        onText={setText}
      />
      <div className="actions">
        <Button look="main" type="submit">
          {t('recover.continue')}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {t('recover.slip.without')}
        </Button>
      </div>
    </form>
  );
}

function Code(props: StepProps & { onBegun: (kept: Kept) => void }) {
  const { kept, onBegun, onOther } = props;
  const t = useT();
  const [digits, setDigits] = useState('');
  const show = useProof(props);
  const again = useBegin((next) => {
    setDigits('');
    show.clear();
    onBegun(next);
  });
  const run = async (code: string) => {
    if (!(await show.run({ proof: 'code', code }))) setDigits('');
  };
  return (
    <>
      <Head title={t('join.code.title')} lead={t('recover.code.lead', { to: kept.contact })} />
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (digits.length === 6) void run(digits);
        }}
        noValidate
      >
        <Cells label={t('join.code')} value={digits} onValue={setDigits} onFull={(typed) => void run(typed)} disabled={show.busy} focus />
        <Trouble error={show.error} />
        <Trouble error={again.error} />
        <div className="actions">
          <Resend after_ms={kept.code === null ? 0 : Date.parse(kept.code.again_at)} busy={again.busy} onSend={() => void again.run(kept.contact)} />
          <Button look="quiet" onClick={onOther}>
            {t('join.code.other')}
          </Button>
        </div>
        <p className="small soft">{t('recover.code.help')}</p>
      </form>
    </>
  );
}

/** The date that the server gives when it is too early; null: it was something else, or by the clock
 * of this machine it is not too early: then the server's words are shown. */
function readyOf(cause: ApiError): string | null {
  const at = cause.body['retry_at'];
  return cause.code === 'recovery_waiting' && typeof at === 'string' && Date.parse(at) > Date.now() ? at : null;
}

function Password({ kept, onTook, onOver, onOther }: StepProps) {
  const t = useT();
  const plain = usePlainAsk();
  const [password, setPassword] = useState('');
  const save = useAction(async (chosen: string) => {
    try {
      onTook(await plain(api.recoveriesIdPasswordPost({ recovery_id: kept.id }, { secret: kept.secret, password: chosen })));
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      const ready_at = readyOf(cause);
      if (cause.code === 'recovery_not_found') onOver();
      else if (ready_at !== null) onTook({ id: kept.id, proofs: [], wanted: [], expires_at: ready_at, ...kept.recovery, state: 'waiting', ready_at });
      else throw cause;
    }
  });
  const fault = fieldFault(save.error, 'password');
  return (
    <>
      <Head title={t('recover.password.title')} lead={t('recover.password.lead')} />
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (password !== '') void save.run(password);
        }}
        noValidate
      >
        <input type="hidden" name="username" autoComplete="username" value={kept.contact} />
        <NewPassword value={password} onValue={setPassword} fault={fault} {...(kept.contact === '' ? {} : { own: kept.contact })} />
        {fault === null && <Trouble error={save.error} />}
        <div className="actions">
          <Button look="main" type="submit" disabled={save.busy || password === ''}>
            {t('recover.password.save')}
          </Button>
          <Button look="quiet" onClick={onOther}>
            {t('recover.anew')}
          </Button>
        </div>
      </form>
    </>
  );
}
