/* TOTP: a secret that an app on the phone and we share; shown once, as a QR code and to type. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import * as api from '../../../generated/api';
import type { TotpShown } from '../../../generated/api';
import { Button, CopyButton, Loaded, useToast } from '../../kit';
import { useT } from '../i18n';
import { Cells } from '../kit/cells';
import { useStale } from '../kit/load';
import { QrCode } from '../kit/qr';
import { RowItem, Rows } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { inFours } from '../lib/groups';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { Head } from '../shell/frame';
import { useFactors } from './factors';
import { Used } from './used';

export function TotpPage() {
  const t = useT();
  const ask = useAsk();
  const factors = useFactors();
  const [fresh, setFresh] = useState<TotpShown | null>(null);
  const begin = useAction(async (_: void, key: string) => {
    setFresh(await ask(api.meTotpsPost({ idempotency_key: key }, { name: t('totp.name.default') })));
  });
  return (
    <>
      <Head title={t('security.totp')} lead={t('totp.lead')} back={{ href: '/security', label: t('security.back') }} />
      {fresh === null ? (
        <Loaded query={factors}>
          {({ totps }) => (
            <>
              {totps.length > 0 && (
                <Rows>
                  {totps.map((totp) => (
                    <TotpRow key={totp.id} totp={totp} />
                  ))}
                </Rows>
              )}
              <Trouble error={begin.error} />
              <div>
                <Button look={totps.length === 0 ? 'main' : 'plain'} icon="plus" disabled={begin.busy} onClick={() => void begin.run()}>
                  {t('totp.add')}
                </Button>
              </div>
            </>
          )}
        </Loaded>
      ) : (
        <Enrol fresh={fresh} onDone={() => setFresh(null)} />
      )}
    </>
  );
}

function TotpRow({ totp }: { totp: api.TotpFactor }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const remove = useAction(async () => {
    await ask(api.meTotpsIdDelete({ totp_id: totp.id }));
    await stale('factors');
    toast(t('totp.removed'));
  });
  return (
    <RowItem icon="clock" title={totp.name} note={<Used added={totp.created_at} used={totp.last_used_at} />}>
      <Button small disabled={remove.busy} onClick={() => void remove.run()}>
        {t('totp.remove')}
      </Button>
      <Trouble error={remove.error} />
    </RowItem>
  );
}

function Enrol({ fresh, onDone }: { fresh: TotpShown; onDone: () => void }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const [code, setCode] = useState('');
  const save = useAction(async (typed: string) => {
    try {
      await ask(api.meTotpsIdConfirmPost({ totp_id: fresh.id }, { code: typed }));
    } catch (cause) {
      setCode('');
      throw cause;
    }
    await stale('factors');
    toast(t('totp.saved'));
    onDone();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save.run(code);
  };
  return (
    <form className="card stack" onSubmit={submit} noValidate>
      <h2>{t('totp.scan')}</h2>
      <QrCode text={fresh.uri} label={t('totp.qr')} />
      <div>
        <p className="small soft">{t('totp.by_hand')}</p>
        <p className="row">
          <code className="wrap" data-testid="totp-secret">
            {inFours(fresh.secret)}
          </code>
          <CopyButton text={fresh.secret} label={t('totp.secret.copy')} />
        </p>
      </div>
      <Cells label={t('totp.code')} hint={t('totp.code.hint')} value={code} onValue={setCode} onFull={(typed) => void save.run(typed)} disabled={save.busy} />
      <Trouble error={save.error} />
      <div className="actions">
        <Button look="main" type="submit" disabled={save.busy || code.length < 6}>
          {t('totp.save')}
        </Button>
        <Button look="quiet" onClick={onDone}>
          {t('action.cancel')}
        </Button>
      </div>
    </form>
  );
}
