/* The payment PIN: chosen twice, apart from the password, changed under a confirmation. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useLocation } from 'wouter';
import * as api from '../../../generated/api';
import { Button, Problem, useToast } from '../../kit';
import { useT } from '../i18n';
import { Cells } from '../kit/cells';
import { useStale } from '../kit/load';
import { isPoorPin } from '../lib/people';
import { fieldFault, useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';

const DIGITS = 6;

export function PinPage() {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const [, go] = useLocation();
  const [pin, setPin] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const save = useAction(async (chosen: string) => {
    await ask(api.mePinPut({ pin: chosen }));
    await stale('factors');
    toast(t('pin.saved'));
    go('/security');
  });
  const poor = pin.length === DIGITS && isPoorPin(pin);
  let pinFault = fieldFault(save.error, 'pin');
  if (poor) pinFault = t('pin.fault.poor');
  else if (tried && pin.length < DIGITS) pinFault = t('pin.fault.short');
  const differ = again.length === DIGITS && pin !== again;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (pin.length === DIGITS && !poor && pin === again) void save.run(pin);
  };
  return (
    <>
      <Head title={t('security.pin')} lead={t('pin.lead')} back={{ href: '/security', label: t('security.back') }} />
      <form className="card stack" onSubmit={submit} noValidate>
        <Cells label={t('pin.new')} secret fresh value={pin} onValue={setPin} fault={pinFault} />
        <Cells
          label={t('pin.again')}
          secret
          fresh
          value={again}
          onValue={setAgain}
          fault={differ || (tried && again !== pin) ? t('pin.fault.differ') : null}
        />
        {save.error !== null && pinFault === null && <Problem error={save.error} />}
        <div className="actions">
          <Button look="main" type="submit" disabled={save.busy}>
            {t('pin.save')}
          </Button>
        </div>
      </form>
      <p className="small soft">{t('pin.rules')}</p>
    </>
  );
}
