/* Passkeys: made on this device, listed with when they were used, removed under a confirmation. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import * as api from '../../../generated/api';
import { Banner, Button, Loaded, TextField, useToast } from '../../kit';
import { useT } from '../i18n';
import { useStale } from '../kit/load';
import { RowItem, Rows } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { useAsk } from '../session/ask';
import { canUsePasskeys, makePasskey } from '../session/passkey';
import { Head } from '../shell/frame';
import { useFactors } from './factors';
import { Used } from './used';

export function PasskeysPage() {
  const t = useT();
  const factors = useFactors();
  return (
    <>
      <Head title={t('security.passkeys')} lead={t('passkeys.lead')} back={{ href: '/security', label: t('security.back') }} />
      <Loaded query={factors}>
        {({ passkeys }) => (
          <>
            {passkeys.length > 0 && (
              <Rows>
                {passkeys.map((passkey) => (
                  <PasskeyRow key={passkey.id} passkey={passkey} />
                ))}
              </Rows>
            )}
            {canUsePasskeys() ? <Add /> : <Banner tone="wait">{t('passkeys.unable')}</Banner>}
          </>
        )}
      </Loaded>
    </>
  );
}

function Add() {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const [name, setName] = useState(t('passkeys.name.default'));
  const add = useAction(async (called: string, key: string) => {
    const asked = await ask(api.mePasskeysOptionsPost({}));
    const made = await makePasskey(asked);
    await ask(api.mePasskeysPost({ idempotency_key: key }, { name: called, ...made }));
    await stale('factors');
    toast(t('passkeys.saved'));
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void add.run(name.trim() === '' ? t('passkeys.name.default') : name.trim());
  };
  return (
    <form className="card stack" onSubmit={submit} noValidate>
      <TextField label={t('passkeys.name')} value={name} onText={setName} maxLength={64} name="passkey-name" autoComplete="off" />
      <Trouble error={add.error} />
      <div>
        <Button look="main" icon="plus" type="submit" disabled={add.busy}>
          {t('passkeys.add')}
        </Button>
      </div>
    </form>
  );
}

function PasskeyRow({ passkey }: { passkey: api.PasskeyFactor }) {
  const t = useT();
  const ask = useAsk();
  const toast = useToast();
  const stale = useStale();
  const remove = useAction(async () => {
    await ask(api.mePasskeysIdDelete({ passkey_id: passkey.id }));
    await stale('factors');
    toast(t('passkeys.removed'));
  });
  return (
    <RowItem
      icon="keys"
      title={passkey.name}
      note={passkey.copied_at === null ? <Used added={passkey.created_at} used={passkey.last_used_at} /> : t('passkeys.copied')}
    >
      <Button small disabled={remove.busy} onClick={() => void remove.run()}>
        {t('passkeys.remove')}
      </Button>
      <Trouble error={remove.error} />
    </RowItem>
  );
}
