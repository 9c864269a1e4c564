/* Phone numbers and addresses: which are confirmed, another one by its code, giving one up. The last one
 * stays. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../../generated/api';
import type { CodeSent, Contact, ContactId } from '../../../generated/api';
import { ApiError } from '../../api/http';
import { Badge, Button, Dialog, Loaded, TextField, Time, useToast } from '../../kit';
import { useT } from '../i18n';
import { Cells } from '../kit/cells';
import { useStale } from '../kit/load';
import { PasswordField } from '../kit/password';
import { Resend } from '../kit/resend';
import { RowItem, Rows } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { looksLikeEmail, toE164 } from '../lib/people';
import { useMe, useSession } from '../session';
import { fieldFault, useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';

/** A contact whose code is to be typed. `sent` and `again` are there when it was asked for just now. */
interface Claim {
  id: ContactId;
  name: string;
  sent?: { code: CodeSent; contact: string; password: string };
}

export function ContactsPage() {
  const t = useT();
  const me = useMe();
  const [claim, setClaim] = useState<Claim | null>(null);
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Head title={t('security.contacts')} lead={t('contacts.lead')} back={{ href: '/security', label: t('security.back') }} />
      <Loaded query={me}>
        {({ contacts }) => {
          const shown = contacts.filter(({ state }) => state !== 'gone');
          const used = shown.filter(({ state }) => state === 'in_use');
          return (
            <Rows>
              {shown.map((contact) => (
                <ContactRow
                  key={contact.id}
                  contact={contact}
                  isLast={contact.state === 'in_use' && used.length === 1}
                  onEnter={() => {
                    setAdding(false);
                    setClaim({ id: contact.id, name: contact.masked });
                  }}
                />
              ))}
            </Rows>
          );
        }}
      </Loaded>
      {claim !== null && <Confirm key={claim.id} claim={claim} onClaim={setClaim} onDone={() => setClaim(null)} />}
      {claim === null && adding && (
        <Add
          onClaim={(next) => {
            setAdding(false);
            setClaim(next);
          }}
          onBack={() => setAdding(false)}
        />
      )}
      {claim === null && !adding && (
        <div>
          <Button icon="plus" onClick={() => setAdding(true)}>
            {t('contacts.add')}
          </Button>
        </div>
      )}
    </>
  );
}

function ContactRow({ contact, isLast, onEnter }: { contact: Contact; isLast: boolean; onEnter: () => void }) {
  const t = useT();
  const [asking, setAsking] = useState(false);
  const claimed = contact.state === 'claimed';
  return (
    <RowItem
      icon={contact.channel === 'phone' ? 'device' : 'file'}
      title={contact.masked}
      note={
        <>
          {t(`me.${contact.channel}`)} ·{' '}
          {contact.confirmed_at === null ? (
            <Badge tone="wait">{t('contacts.claimed')}</Badge>
          ) : (
            <>
              {t('contacts.confirmed')} <Time iso={contact.confirmed_at} />
            </>
          )}
        </>
      }
    >
      {claimed && (
        <Button small onClick={onEnter}>
          {t('contacts.enter')}
        </Button>
      )}
      {isLast ? (
        <span className="small soft">{t('contacts.last')}</span>
      ) : (
        <Button small aria-label={t('contacts.give_up.of', { contact: contact.masked })} onClick={() => setAsking(true)}>
          {t('contacts.give_up')}
        </Button>
      )}
      {asking && <GiveUp contact={contact} onClose={() => setAsking(false)} />}
    </RowItem>
  );
}

function GiveUp({ contact, onClose }: { contact: Contact; onClose: () => void }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const { signOut } = useSession();
  const [, go] = useLocation();
  const remove = useAction(async () => {
    await ask(api.meContactsIdDelete({ contact_id: contact.id }));
    toast(t('contacts.given_up'));
    onClose();
    await stale('me');
  });
  const again = useAction(async () => {
    await signOut();
    go('/sign-in', { replace: true });
  });
  const isStale = remove.error instanceof ApiError && remove.error.code === 'sign_in_stale';
  return (
    <Dialog title={t('contacts.give_up.of', { contact: contact.masked })} onClose={onClose}>
      <p>{contact.state === 'claimed' ? t('contacts.give_up.claimed') : t('contacts.give_up.body')}</p>
      <Trouble error={remove.error} />
      <Trouble error={again.error} />
      <div className="actions">
        {isStale ? (
          <Button look="main" disabled={again.busy} onClick={() => void again.run()}>
            {t('contacts.sign_in_again')}
          </Button>
        ) : (
          <Button look="harm" disabled={remove.busy} onClick={() => void remove.run()}>
            {t('contacts.give_up')}
          </Button>
        )}
        <Button look="quiet" onClick={onClose}>
          {t('action.cancel')}
        </Button>
      </div>
    </Dialog>
  );
}

/** Claims a contact: the server sends its code, if it is nobody else's. */
function useClaim(onClaim: (claim: Claim) => void) {
  const ask = useAsk();
  const stale = useStale();
  return useAction(async (input: api.ContactNew) => {
    const { contact_id, code } = await ask(api.meContactsPost(input));
    onClaim({ id: contact_id, name: input.contact, sent: { code, ...input } });
    await stale('me');
  });
}

function Add({ onClaim, onBack }: { onClaim: (claim: Claim) => void; onBack: () => void }) {
  const t = useT();
  const [contact, setContact] = useState('');
  const [password, setPassword] = useState('');
  const [tried, setTried] = useState(false);
  const claim = useClaim(onClaim);
  const good = looksLikeEmail(contact) || toE164(contact) !== null;
  const fault = tried && !good ? t('contacts.fault') : fieldFault(claim.error, 'contact');
  const wrong = claim.error instanceof ApiError && claim.error.code === 'password_wrong' ? claim.error.title : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (good && password !== '') void claim.run({ contact: toE164(contact) ?? contact.trim(), password });
  };
  return (
    <form className="card stack" onSubmit={submit} noValidate>
      <h2>{t('contacts.add')}</h2>
      <TextField
        label={t('contacts.new')}
        fault={fault}
        name="contact"
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        value={contact}
        onText={setContact}
      />
      <PasswordField
        label={t('password.current')}
        hint={t('contacts.password.hint')}
        value={password}
        onValue={setPassword}
        fault={tried && password === '' ? t('password.fault.current') : wrong}
      />
      {fault === null && wrong === null && <Trouble error={claim.error} />}
      <div className="actions">
        <Button look="main" type="submit" disabled={claim.busy}>
          {t('contacts.send')}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {t('action.cancel')}
        </Button>
      </div>
    </form>
  );
}

function Confirm({ claim, onClaim, onDone }: { claim: Claim; onClaim: (claim: Claim) => void; onDone: () => void }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const [digits, setDigits] = useState('');
  const { sent } = claim;
  const again = useClaim(onClaim);
  const show = useAction(async (code: string) => {
    try {
      await ask(api.meContactsIdCodePost({ contact_id: claim.id }, { code }));
    } catch (cause) {
      setDigits('');
      throw cause;
    }
    toast(t('contacts.added'));
    onDone();
    await stale('me');
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (digits.length === 6) void show.run(digits);
  };
  return (
    <form className="card stack" onSubmit={submit} noValidate>
      <h2>{t('contacts.enter')}</h2>
      <p className="soft">{t('contacts.code.lead', { contact: claim.name })}</p>
      <Cells label={t('confirm.factor.code')} value={digits} onValue={setDigits} onFull={(code) => void show.run(code)} disabled={show.busy} focus />
      <Trouble error={show.error} />
      <Trouble error={again.error} />
      <div className="actions">
        {sent !== undefined && (
          <Resend
            after_ms={Date.parse(sent.code.again_at)}
            busy={again.busy}
            onSend={() => void again.run({ contact: sent.contact, password: sent.password })}
          />
        )}
        <Button look="quiet" onClick={onDone}>
          {t('contacts.later')}
        </Button>
      </div>
      {sent === undefined && <p className="small soft">{t('contacts.code.again')}</p>}
    </form>
  );
}
