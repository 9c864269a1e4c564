/* The second proof of a recovery: an authenticator app's code or a recovery code, whichever the account has. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import type { RecoveryProof } from '../../../generated/api';
import { Button, Segments, TextField } from '../../kit';
import { useT } from '../i18n';
import { Cells } from '../kit/cells';
import { Trouble } from '../kit/trouble';
import { Head } from '../shell/frame';
import { useProof } from './recover_step';
import type { StepProps } from './recover_step';

const CODE_LEAST = 6;

export function SecondProof(props: StepProps & { wanted: readonly RecoveryProof[] }) {
  const { wanted, onOther } = props;
  const t = useT();
  const ways = wanted.filter((proof): proof is 'totp' | 'recovery_code' => proof !== 'code');
  const [way, setWay] = useState(ways[0] ?? 'recovery_code');
  const [digits, setDigits] = useState('');
  const [written, setWritten] = useState('');
  const show = useProof(props);
  const typed = way === 'totp' ? digits : written.trim();
  const run = async (code: string) => {
    if (!(await show.run({ proof: way, code }))) setDigits('');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (typed.length >= CODE_LEAST) void run(typed);
  };
  const names = { totp: t('second.totp'), recovery_code: t('second.recovery') };
  return (
    <>
      <Head title={t('recover.second.title')} lead={t('recover.second.lead')} />
      {ways.length > 1 && (
        <Segments
          label={t('second.ways')}
          value={way}
          options={ways.map((value) => ({ value, label: names[value] }))}
          onValue={(next) => {
            setWay(next);
            show.clear();
          }}
        />
      )}
      <form className="stack" onSubmit={submit} noValidate>
        {way === 'totp' ? (
          <Cells label={t('second.totp.code')} value={digits} onValue={setDigits} onFull={(code) => void run(code)} disabled={show.busy} focus />
        ) : (
          <TextField
            label={t('second.recovery')}
            hint={t('second.recovery.hint')}
            value={written}
            onText={setWritten}
            name="recovery-code"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
          />
        )}
        <Trouble error={show.error} />
        <div className="actions">
          <Button look="main" type="submit" disabled={show.busy || typed.length < CODE_LEAST}>
            {t('recover.continue')}
          </Button>
          <Button look="quiet" onClick={onOther}>
            {t('recover.anew')}
          </Button>
        </div>
      </form>
      <p className="small soft">{t('recover.second.none')}</p>
    </>
  );
}
