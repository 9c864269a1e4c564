/* "Is it really you?": what claims to be ours is checked against what is. Needs no account. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import * as api from '../../../generated/api';
import type { OfficialCheck } from '../../../generated/api';
import { Banner, Button, Facts, Loaded, TextField, Time } from '../../kit';
import type { Tone } from '../../kit';
import { useT } from '../i18n';
import { useAnswer } from '../kit/load';
import { RowItem, Rows } from '../kit/rows';
import { Trouble } from '../kit/trouble';
import { useAction } from '../session/action';
import { usePlainAsk } from '../session/ask';
import { Head } from '../shell/frame';

const TONES: Record<OfficialCheck['verdict'], Tone> = { official: 'good', not_official: 'bad', unknown: 'wait' };

export function CheckPage() {
  const t = useT();
  const plain = usePlainAsk();
  const contacts = useAnswer(['official'], api.officialContactsGet());
  const [value, setValue] = useState('');
  const [found, setFound] = useState<OfficialCheck | null>(null);
  const check = useAction(async (text: string) => {
    setFound(null);
    setFound(await plain(api.officialContactsCheckGet({ value: text })));
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (value.trim() !== '') void check.run(value.trim());
  };
  return (
    <>
      <Head title={t('check.title')} lead={t('check.lead')} />
      <form className="card stack" onSubmit={submit} noValidate>
        <TextField
          label={t('check.value')}
          hint={t('check.hint')}
          value={value}
          onText={setValue}
          name="official"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
        />
        <Trouble error={check.error} />
        <div>
          <Button look="main" icon="search" type="submit" disabled={check.busy || value.trim() === ''}>
            {t('check.do')}
          </Button>
        </div>
        <div role="status" data-testid="verdict">
          {found !== null && (
            <Banner tone={TONES[found.verdict]} title={t(`check.verdict.${found.verdict}`)}>
              <div className="stack-2">
                <div>{found.advice}</div>
                <Facts
                  facts={[
                    { label: t('check.read_as'), value: <span className="wrap">{found.value}</span> },
                    { label: t('check.reason'), value: t(`check.reason.${found.reason}`) },
                    found.about === null ? null : { label: t('check.about'), value: found.about },
                    found.sent_at === null ? null : { label: t('check.sent_at'), value: <Time iso={found.sent_at} /> },
                  ]}
                />
              </div>
            </Banner>
          )}
        </div>
      </form>
      <Loaded query={contacts}>
        {({ contacts: list }) => (
          <Rows title={t('check.ours')}>
            {list.map((contact) => (
              <RowItem key={`${contact.kind} ${contact.value}`} title={<span className="wrap">{contact.value}</span>} note={contact.about} />
            ))}
          </Rows>
        )}
      </Loaded>
      <p className="small soft">{t('check.never')}</p>
    </>
  );
}
