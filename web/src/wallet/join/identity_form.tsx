/* Name and id number: checked here for slips, so that a fault names its field before anything is sent. */
import { useState } from 'react';
import type { FormEvent, ReactNode } from 'react';
import { Button, Problem, TextField } from '../../kit';
import { useT } from '../i18n';
import { idNumberFault, plainIdNumber } from '../lib/people';
import { fieldFault } from '../session/action';

export interface IdentityInput {
  name: string;
  number: string;
}

export function IdentityForm(props: {
  busy: boolean;
  error: unknown;
  onSubmit: (input: IdentityInput) => void;
  /** What else can be done on this screen. */
  aside?: ReactNode;
}) {
  const { busy, error, onSubmit, aside } = props;
  const t = useT();
  const [name, setName] = useState('');
  const [number, setNumber] = useState('');
  const [tried, setTried] = useState(false);
  const fault = idNumberFault(number);
  const nameFault = tried && name.trim() === '' ? t('join.identity.name.fault') : fieldFault(error, 'name');
  const numberFault = tried && fault !== null ? t(`join.identity.fault.${fault}`) : fieldFault(error, 'id_number', 'number');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name.trim() !== '' && fault === null) onSubmit({ name: name.trim(), number: plainIdNumber(number) });
  };
  return (
    <form className="stack narrow" onSubmit={submit} noValidate>
      <TextField
        label={t('join.identity.name')}
        hint={t('join.identity.name.hint')}
        fault={nameFault}
        name="name"
        autoComplete="name"
        value={name}
        onText={setName}
      />
      <TextField
        label={t('join.identity.number')}
        hint={t('join.identity.number.hint')}
        fault={numberFault}
        name="id-number"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        value={number}
        onText={setNumber}
      />
      {error !== null && nameFault === null && numberFault === null && <Problem error={error} />}
      <div className="actions">
        <Button look="main" type="submit" disabled={busy}>
          {busy ? t('join.identity.busy') : t('join.identity.submit')}
        </Button>
        {aside}
      </div>
    </form>
  );
}
