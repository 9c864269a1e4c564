/* The password was right; what the account asks for besides: a TOTP code, a passkey, or a recovery code. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import * as api from '../../../generated/api';
import { Button, Segments, TextField } from '../../kit';
import { useT } from '../i18n';
import { Cells } from '../kit/cells';
import { Trouble } from '../kit/trouble';
import { useSession } from '../session';
import { useAction } from '../session/action';
import { usePlainAsk } from '../session/ask';
import { signWithPasskey } from '../session/passkey';
import { Head } from '../shell/frame';

type Way = 'totp' | 'passkey' | 'recovery';

export function SecondFactor() {
  const t = useT();
  const plain = usePlainAsk();
  const { renew, signOut } = useSession();
  const [way, setWay] = useState<Way>('totp');
  const [code, setCode] = useState('');
  const [recovery, setRecovery] = useState('');
  const show = useAction(async (input: { way: Way; typed: string }) => {
    try {
      if (input.way === 'totp') await plain(api.sessionFactorPost({ factor: 'totp', code: input.typed }));
      else if (input.way === 'recovery') await plain(api.sessionFactorPost({ factor: 'recovery_code', code: input.typed }));
      else await plain(api.sessionPasskeyPost(await signWithPasskey(await plain(api.sessionsPasskeyOptionsPost({})))));
    } catch (cause) {
      setCode('');
      throw cause;
    }
    await renew();
  });
  const out = useAction(signOut);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void show.run({ way, typed: way === 'recovery' ? recovery.trim() : code });
  };
  return (
    <div className="stack-5 narrow">
      <Head title={t('second.title')} lead={t('second.lead')} />
      <Segments
        label={t('second.ways')}
        value={way}
        options={[
          { value: 'totp', label: t('second.totp') },
          { value: 'passkey', label: t('second.passkey') },
          { value: 'recovery', label: t('second.recovery') },
        ]}
        onValue={(next) => {
          setWay(next);
          show.clear();
        }}
      />
      <form className="stack" onSubmit={submit} noValidate>
        {way === 'totp' && (
          <Cells
            label={t('second.totp.code')}
            value={code}
            onValue={setCode}
            onFull={(typed) => void show.run({ way: 'totp', typed })}
            disabled={show.busy}
            focus
          />
        )}
        {way === 'passkey' && <p className="soft">{t('second.passkey.lead')}</p>}
        {way === 'recovery' && (
          <TextField
            label={t('second.recovery')}
            hint={t('second.recovery.hint')}
            value={recovery}
            onText={setRecovery}
            name="recovery-code"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
          />
        )}
        <Trouble error={show.error} />
        <div className="actions">
          <Button look="main" type="submit" disabled={show.busy}>
            {t('second.submit')}
          </Button>
          <Button look="quiet" disabled={out.busy} onClick={() => void out.run()}>
            {t('second.other')}
          </Button>
        </div>
      </form>
    </div>
  );
}
