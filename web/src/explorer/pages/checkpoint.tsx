/* The log's latest signed statement about itself, and whether it grew out of what we saw before. */
import { useEffect, useState } from 'react';
import type { Checkpoint, Client, LogKey } from '../api/client';
import { useCheckpoint, useLogKeys } from '../api/queries';
import { useT } from '../i18n';
import { Badge, Banner, Button, CopyButton, Facts, Loaded, Stat, Time } from '../../kit';
import { loadVerifier } from '../lib/verifier';
import { forgetCheckpoints, pinKeys, pinnedKeys, rememberCheckpoint, seenCheckpoints } from '../lib/pins';
import type { SeenCheckpoint } from '../lib/pins';
import { useClient } from '../session';
import type { Report } from '../../verify/types';
import { PageHead } from './shell';
import { OtherTools } from './verify';

type Growth =
  | { kind: 'first' }
  | { kind: 'same'; since: SeenCheckpoint }
  | { kind: 'checking'; since: SeenCheckpoint }
  | { kind: 'grown'; since: SeenCheckpoint }
  | { kind: 'shrunk'; since: SeenCheckpoint }
  | { kind: 'forked'; since: SeenCheckpoint; report: Report | null }
  | { kind: 'unknown'; since: SeenCheckpoint };

async function compare(client: Client, since: SeenCheckpoint, now: Checkpoint, keys: string[]): Promise<Growth> {
  if (now.size < since.size) return { kind: 'shrunk', since };
  try {
    const { verifyConsistency } = await loadVerifier();
    const path = now.size === since.size || since.size === 0 ? [] : await client.consistency(since.size, now.size);
    const report = await verifyConsistency(since.note, now.note, path, keys);
    if (!report.ok) return { kind: 'forked', since, report };
    return { kind: now.size === since.size ? 'same' : 'grown', since };
  } catch {
    return { kind: 'unknown', since };
  }
}

/** Compares with the newest checkpoint seen on an earlier visit; remembers only what is consistent. */
function useGrowth(now: Checkpoint, keys: LogKey[] | undefined): Growth {
  const client = useClient();
  const [since] = useState(() => seenCheckpoints()[0] ?? null);
  const [growth, setGrowth] = useState<Growth>(since === null ? { kind: 'first' } : { kind: 'checking', since });
  const known = keys?.map((key) => key.verifierKey).join('\n');
  useEffect(() => {
    if (known === undefined) return undefined;
    let current = true;
    const remember = () =>
      rememberCheckpoint({ note: now.note, size: now.size, seen_at: new Date().toISOString() });
    if (since === null) {
      remember();
      return undefined;
    }
    const check = async () => {
      const result = await compare(client, since, now, known.split('\n'));
      if (!current) return;
      setGrowth(result);
      if (result.kind === 'grown') remember();
    };
    void check();
    return () => {
      current = false;
    };
  }, [client, since, now, known]);
  return growth;
}

export function CheckpointPage() {
  const t = useT();
  const checkpoint = useCheckpoint();
  return (
    <>
      <PageHead title={t('checkpoint.title')} lead={t('checkpoint.lead')} />
      <Loaded query={checkpoint}>{(note) => <Detail note={note} />}</Loaded>
      <OtherTools />
    </>
  );
}

function Detail({ note }: { note: Checkpoint }) {
  const t = useT();
  const keys = useLogKeys();
  const growth = useGrowth(note, keys.data);
  return (
    <>
      <GrowthBanner growth={growth} size={note.size} />
      <section className="card stack">
        <div className="row-between">
          <h2>{t('checkpoint.current')}</h2>
          <CopyButton text={note.note} label={t('checkpoint.copy')} />
        </div>
        <div className="grid-2">
          <Stat label={t('field.log_size')}>
            <span className="num" data-testid="log-size">
              {note.size.toLocaleString('en')}
            </span>
          </Stat>
          <Facts
            facts={[
              { label: t('field.log_origin'), value: note.origin },
              { label: t('field.root'), value: <span className="hash">{note.rootBase64}</span> },
              { label: t('field.signers'), value: note.signers.join(', ') },
            ]}
          />
        </div>
        <pre className="note" data-testid="note">
          {note.note}
        </pre>
      </section>
      <section className="card stack">
        <h2>{t('checkpoint.keys')}</h2>
        <p className="soft">{t('checkpoint.keys.lead')}</p>
        <Loaded query={keys} rows={2}>
          {(list) => (
            <>
              {list.map((key) => (
                <div key={key.verifierKey} className="stack-2">
                  <div className="key-line">
                    <span className="hash grow">{key.verifierKey}</span>
                    <CopyButton text={key.verifierKey} label={t('checkpoint.keys.copy')} />
                  </div>
                  <span className="small muted">
                    {t('checkpoint.keys.from')} <Time iso={key.activeFrom} />
                    {key.retiredAt !== null && (
                      <>
                        {' · '}
                        {t('checkpoint.keys.until')} <Time iso={key.retiredAt} />
                      </>
                    )}
                  </span>
                </div>
              ))}
              <Pin keys={list.map((key) => key.verifierKey)} />
            </>
          )}
        </Loaded>
      </section>
      <History />
    </>
  );
}

function Pin({ keys }: { keys: string[] }) {
  const t = useT();
  const [pinned, setPinned] = useState(pinnedKeys);
  const all = keys.every((key) => pinned.includes(key));
  const pin = (next: string[]) => {
    pinKeys(next);
    setPinned(next);
  };
  if (all) {
    return (
      <div className="row">
        <Badge tone="good">{t('pins.pinned')}</Badge>
        <Button small look="quiet" onClick={() => pin(pinned.filter((key) => !keys.includes(key)))}>
          {t('pins.unpin')}
        </Button>
      </div>
    );
  }
  return (
    <div className="stack-2">
      {pinned.length > 0 && <Banner tone="bad" title={t('pins.changed')}>{t('pins.changed.body')}</Banner>}
      <div className="actions">
        <Button onClick={() => pin([...new Set([...pinned, ...keys])])}>{t('pins.pin')}</Button>
      </div>
    </div>
  );
}

function GrowthBanner({ growth, size }: { growth: Growth; size: number }) {
  const t = useT();
  if (growth.kind === 'first') return <Banner title={t('growth.first')}>{t('growth.first.body')}</Banner>;
  const { since } = growth;
  const when = <Time iso={since.seen_at} />;
  const grown = size - since.size;
  switch (growth.kind) {
    case 'checking':
      return <Banner title={t('growth.checking')} />;
    case 'same':
      return <Banner tone="good" title={t('growth.same')}>{when}</Banner>;
    case 'grown':
      return (
        <Banner tone="good" title={t('growth.grown')}>
          {t('growth.grown.body', { count: grown })} {when}
        </Banner>
      );
    case 'unknown':
      return <Banner tone="wait" title={t('growth.unknown')}>{t('growth.unknown.body')}</Banner>;
    case 'shrunk':
    case 'forked':
      return (
        <Banner tone="bad" title={t('growth.forked')} role="alert">
          {growth.kind === 'shrunk' ? t('growth.shrunk.body') : t('growth.forked.body')} {when}
        </Banner>
      );
  }
}

function History() {
  const t = useT();
  const [seen, setSeen] = useState(seenCheckpoints);
  if (seen.length === 0) return null;
  return (
    <section className="card card-flush">
      <div className="card-head">
        <h2>{t('checkpoint.history')}</h2>
        <Button
          small
          look="quiet"
          onClick={() => {
            forgetCheckpoints();
            setSeen([]);
          }}
        >
          {t('checkpoint.forget')}
        </Button>
      </div>
      <table className="table table-cards">
        <caption className="hidden-visually">{t('checkpoint.history')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('checkpoint.seen_at')}</th>
            <th scope="col" className="end">
              {t('field.log_size')}
            </th>
            <th scope="col">{t('checkpoint.note')}</th>
          </tr>
        </thead>
        <tbody>
          {seen.map((item) => (
            <tr key={item.size}>
              <td data-label={t('checkpoint.seen_at')}>
                <Time iso={item.seen_at} />
              </td>
              <td data-label={t('field.log_size')} className="end num">
                {item.size.toLocaleString('en')}
              </td>
              <td data-label={t('checkpoint.note')}>
                <span className="hash">{item.note.split('\n')[2]}</span>
                <CopyButton text={item.note} label={t('checkpoint.copy')} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
