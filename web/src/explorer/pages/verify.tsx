/* Check a file without signing in, without the network: drop it, paste it, or choose it. */
import { useEffect, useRef, useState } from 'react';
import type { DragEvent } from 'react';
import { useT } from '../i18n';
import { Banner, Button, Field, Icon } from '../../kit';
import { pinKeys, pinnedKeys } from '../lib/pins';
import { loadVerifier } from '../lib/verifier';
import { ProofReport, useCheck } from './proof_report';
import { PageHead } from './shell';

const FILE_MAX = 64 * 1024 * 1024;

export function VerifyPage() {
  const t = useT();
  const check = useCheck();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [name, setName] = useState('');
  const [pasted, setPasted] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  useEffect(() => {
    // There before the network goes.
    loadVerifier().catch(() => undefined);
  }, []);

  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    setName(file.name);
    check.clear();
    if (file.size > FILE_MAX) {
      setFault(t('verify.too_large'));
      return;
    }
    setFault(null);
    await check.run(await file.text());
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };

  return (
    <>
      <PageHead title={t('verify.title')} lead={t('verify.lead')} />
      <div
        className={over ? 'drop drop-over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Icon name="file" size={32} />
        <p>{t('verify.drop')}</p>
        <input
          ref={input}
          type="file"
          className="hidden-visually"
          tabIndex={-1}
          aria-label={t('verify.choose')}
          accept=".json,.jsonl,.txt,.note,application/json,text/plain"
          onChange={(event) => {
            void take(event.currentTarget.files?.[0]);
            event.currentTarget.value = '';
          }}
        />
        <Button look="main" onClick={() => input.current?.click()}>
          {t('verify.choose')}
        </Button>
        <p className="small muted">{name === '' ? t('verify.stays') : name}</p>
      </div>
      {fault !== null && <Banner tone="bad" title={fault} role="alert" />}
      <ProofReport check={check} />
      <section className="card stack">
        <details>
          <summary>
            <span className="chevron">
              <Icon name="right" size={14} />
            </span>
            {t('verify.paste')}
          </summary>
          <div className="stack">
            <Field label={t('verify.paste.label')}>
              {(ids) => (
                <textarea
                  {...ids}
                  className="input mono"
                  rows={6}
                  spellCheck={false}
                  value={pasted}
                  onChange={(event) => setPasted(event.currentTarget.value)}
                />
              )}
            </Field>
            <div className="actions">
              <Button disabled={pasted.trim() === ''} onClick={() => void check.run(pasted)}>
                {t('verify.check')}
              </Button>
            </div>
          </div>
        </details>
        <PinnedKeys />
      </section>
      <OtherTools />
    </>
  );
}

function PinnedKeys() {
  const t = useT();
  const [text, setText] = useState(() => pinnedKeys().join('\n'));
  const [saved, setSaved] = useState(false);
  return (
    <details>
      <summary>
        <span className="chevron">
          <Icon name="right" size={14} />
        </span>
        {t('pins.title')}
      </summary>
      <div className="stack">
        <Field label={t('pins.label')} hint={t('pins.hint')}>
          {(ids) => (
            <textarea
              {...ids}
              className="input mono"
              rows={3}
              spellCheck={false}
              value={text}
              onChange={(event) => {
                setText(event.currentTarget.value);
                setSaved(false);
              }}
            />
          )}
        </Field>
        <div className="actions">
          <Button
            onClick={() => {
              pinKeys(text.split('\n').map((line) => line.trim()).filter(Boolean));
              setSaved(true);
            }}
          >
            {t('pins.save')}
          </Button>
          <span role="status" className="small soft">
            {saved ? t('pins.saved') : ''}
          </span>
        </div>
      </div>
    </details>
  );
}

export function OtherTools() {
  const t = useT();
  return (
    <section className="card stack">
      <h2>{t('tools.title')}</h2>
      <p className="soft">{t('tools.lead')}</p>
      <pre className="note">
        {`# ${t('tools.offline')}\njinnang verify receipt.json --key log.pub\n\n# ${t('tools.log')}\ncurl -s ${window.location.origin}/log/checkpoint\ncurl -s ${window.location.origin}/log/keys`}
      </pre>
    </section>
  );
}
