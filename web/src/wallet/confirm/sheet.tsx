/* Asks for what a confirmation needs, in place: PIN, passkey, TOTP, a code, or the password, one after
 * the other when two are needed. The request that asked is repeated by whoever opened the sheet. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { Link } from 'wouter';
import type { ApiError } from '../../api/http';
import { Button, Dialog, Problem } from '../../kit';
import { useT } from '../i18n';
import { Cells } from '../kit/cells';
import { PasswordField } from '../kit/password';
import { Resend } from '../kit/resend';
import { Trouble } from '../kit/trouble';
import type { Ask } from '../session/ask';
import { useAction } from '../session/action';
import { bestWay, leftOf, readConfirmation, sendCode, showFactor } from './steps';
import type { Confirmation, Factor } from './steps';

/** Where what is missing is set up. */
const SET_UP: Partial<Record<Factor, string>> = {
  pin: '/security/pin', totp: '/security/totp', passkey: '/security/passkeys',
};

export function ConfirmSheet(props: { problem: ApiError; plain: Ask; onDone: (confirmation: string | null) => void }) {
  const { problem, plain, onDone } = props;
  const t = useT();
  const [confirmation, setConfirmation] = useState<Confirmation | null>(() => readConfirmation(problem));
  const [way, setWay] = useState(() => (confirmation === null ? -1 : bestWay(confirmation)));
  const [choosing, setChoosing] = useState(false);
  const close = () => onDone(null);

  if (confirmation === null) {
    return (
      <Dialog title={t('confirm.title')} onClose={close}>
        <Problem error={problem} />
      </Dialog>
    );
  }
  const { ways, given } = confirmation;
  const possible = ways.map((found, index) => ({ ...found, index })).filter((found) => found.possible);
  const left = leftOf(ways[way]?.factors ?? [], given);
  const [factor] = left;
  const took = (next: Confirmation) => {
    if (next.complete) onDone(next.id);
    else setConfirmation(next);
  };
  return (
    <Dialog title={t('confirm.title')} onClose={close}>
      <p data-testid="confirm-purpose">{confirmation.purpose}</p>
      {factor === undefined && <SetUp missing={confirmation.missing} onGo={close} />}
      {factor !== undefined && !choosing && (
        <FactorForm key={`${factor} ${way}`} factor={factor} more={left.length > 1} confirmation={confirmation} plain={plain} onTook={took} />
      )}
      {choosing && (
        <div className="stack-2">
          {possible.map(({ factors, index }) => (
            <Button
              key={index}
              onClick={() => {
                setWay(index);
                setChoosing(false);
              }}
            >
              {leftOf(factors, given).map((name) => t(`confirm.factor.${name}`)).join(t('confirm.and'))}
            </Button>
          ))}
        </div>
      )}
      {!choosing && possible.length > 1 && (
        <Button look="quiet" onClick={() => setChoosing(true)}>
          {t('confirm.other')}
        </Button>
      )}
    </Dialog>
  );
}

/** No way can be completed: what to set up first, and where. */
function SetUp({ missing, onGo }: { missing: readonly Factor[]; onGo: () => void }) {
  const t = useT();
  return (
    <>
      <p className="soft">{t('confirm.none')}</p>
      <div className="actions">
        {missing.map((name) => {
          const href = SET_UP[name];
          return href === undefined ? null : (
            <Link key={name} href={href} className="btn" onClick={onGo}>
              {t(`confirm.factor.${name}`)}
            </Link>
          );
        })}
      </div>
    </>
  );
}

interface FactorProps {
  factor: Factor;
  more: boolean;
  confirmation: Confirmation;
  plain: Ask;
  onTook: (next: Confirmation) => void;
}

function FactorForm({ factor, more, confirmation, plain, onTook }: FactorProps) {
  const t = useT();
  const [value, setValue] = useState('');
  const [sent, setSent] = useState<{ again_ms: number } | null>(null);
  const show = useAction(async (typed: string) => onTook(await showFactor(plain, confirmation, factor, typed)));
  const send = useAction(async () => setSent(await sendCode(plain, confirmation)));
  const run = async (typed: string) => {
    if (!(await show.run(typed))) setValue('');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run(value);
  };
  const cells = factor === 'pin' || factor === 'totp' || (factor === 'code' && sent !== null);
  return (
    <form className="stack" onSubmit={submit} noValidate>
      {factor === 'passkey' && <p className="soft">{t('confirm.passkey.lead')}</p>}
      {factor === 'code' && sent === null && <p className="soft">{t('confirm.code.lead')}</p>}
      {cells && (
        <Cells
          label={t(`confirm.factor.${factor}`)}
          secret={factor === 'pin'}
          value={value}
          onValue={setValue}
          onFull={(typed) => void run(typed)}
          disabled={show.busy}
          focus
        />
      )}
      {factor === 'password' && <PasswordField label={t('confirm.factor.password')} value={value} onValue={setValue} />}
      <Trouble error={send.error} />
      <Trouble error={show.error} />
      <div className="actions">
        {factor === 'code' && sent === null && (
          <Button look="main" disabled={send.busy} onClick={() => void send.run()}>
            {t('confirm.code.send')}
          </Button>
        )}
        {factor === 'passkey' && (
          <Button look="main" disabled={show.busy} onClick={() => void run('')}>
            {t('confirm.passkey.use')}
          </Button>
        )}
        {(cells || factor === 'password') && (
          <Button look="main" type="submit" disabled={show.busy || (cells ? value.length < 6 : value === '')}>
            {more ? t('confirm.next') : t('confirm.submit')}
          </Button>
        )}
        {factor === 'code' && sent !== null && <Resend after_ms={sent.again_ms} busy={send.busy} onSend={() => void send.run()} />}
      </div>
    </form>
  );
}
