/* API keys: made with a secret shown once, revoked with a typed confirmation. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { SCOPES } from '../api/model';
import type { ApiKey, NewApiKey, Scope } from '../api/model';
import { useApiKeys } from '../api/queries';
import { useT } from '../i18n';
import { Badge, Banner, Button, Check, CopyButton, Dialog, Loaded, Problem, TextField, Time, useToast } from '../../kit';
import { uuid7 } from '../../lib/ids';
import { useClient, useSession } from '../session';
import { PageHead } from './shell';

export function Keys() {
  const t = useT();
  const keys = useApiKeys();
  const { who } = useSession();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  return (
    <>
      <PageHead title={t('keys.title')} lead={t('keys.lead')}>
        <Button look="main" icon="plus" onClick={() => setMaking(true)}>
          {t('keys.create')}
        </Button>
      </PageHead>
      <section className="card card-flush">
        <Loaded query={keys}>
          {(rows) => (
            <table className="table table-cards">
              <caption className="hidden-visually">{t('keys.title')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('keys.name')}</th>
                  <th scope="col">{t('keys.scopes')}</th>
                  <th scope="col">{t('keys.created')}</th>
                  <th scope="col">{t('keys.used')}</th>
                  <th scope="col">{t('field.state')}</th>
                  <th scope="col">
                    <span className="hidden-visually">{t('keys.revoke')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {rows.map((key) => (
                  <tr key={key.id}>
                    <td data-label={t('keys.name')}>
                      <span className="wrap">{key.name}</span>
                      {key.id === who?.keyId && <span className="muted small"> · {t('keys.this')}</span>}
                    </td>
                    <td data-label={t('keys.scopes')}>
                      <span className="row">
                        {key.scopes.map((scope) => (
                          <Badge key={scope}>{scope}</Badge>
                        ))}
                      </span>
                    </td>
                    <td data-label={t('keys.created')}>
                      <Time iso={key.createdAt} />
                    </td>
                    <td data-label={t('keys.used')}>
                      {key.lastUsedAt === null ? <span className="muted">{t('keys.never')}</span> : <Time iso={key.lastUsedAt} />}
                    </td>
                    <td data-label={t('field.state')}>
                      {key.revokedAt === null ? <Badge tone="good">{t('keys.works')}</Badge> : <Badge>{t('keys.revoked')}</Badge>}
                    </td>
                    <td className="end">
                      {key.revokedAt === null && key.id !== who?.keyId && (
                        <Button small look="harm" aria-label={t('keys.revoke.of', { name: key.name })} onClick={() => setRevoking(key)}>
                          {t('keys.revoke')}
                        </Button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </Loaded>
      </section>
      {making && <Make onClose={() => setMaking(false)} />}
      {revoking !== null && <Revoke apiKey={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}

function Make({ onClose }: { onClose: () => void }) {
  const t = useT();
  const client = useClient();
  const queries = useQueryClient();
  const [idempotency] = useState(() => uuid7());
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Scope[]>(['ledger:read']);
  const [fault, setFault] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<NewApiKey | null>(null);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    if (name.trim() === '') {
      setFault(t('keys.name.empty'));
      return;
    }
    setBusy(true);
    try {
      setMade(await client.createKey(name.trim(), scopes, idempotency));
      await queries.invalidateQueries({ queryKey: ['api-keys'] });
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };

  if (made !== null) {
    return (
      <Dialog title={t('keys.made')} onClose={onClose} locked>
        <Banner tone="wait" title={t('keys.once')}>
          {t('keys.once.body')}
        </Banner>
        <div className="key-line">
          <code className="note grow" data-testid="secret">
            {made.secret}
          </code>
          <CopyButton text={made.secret} label={t('keys.copy')} />
        </div>
        <div className="actions">
          <Button look="main" onClick={onClose}>
            {t('keys.kept')}
          </Button>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title={t('keys.create')} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
        <TextField label={t('keys.name')} hint={t('keys.name.hint')} maxLength={64} value={name} fault={fault} onText={setName} />
        <fieldset>
          <legend>{t('keys.scopes')}</legend>
          {SCOPES.map((scope) => (
            <Check
              key={scope}
              label={<code>{scope}</code>}
              hint={t(`scope.${scope}`)}
              checked={scopes.includes(scope)}
              onCheck={(on) => setScopes(on ? [...scopes, scope] : scopes.filter((item) => item !== scope))}
            />
          ))}
        </fieldset>
        {error !== null && <Problem error={error} />}
        <div className="actions">
          <Button look="main" type="submit" disabled={busy || scopes.length === 0}>
            {busy ? t('form.busy') : t('keys.create')}
          </Button>
          <Button look="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Revoke({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const t = useT();
  const toast = useToast();
  const client = useClient();
  const queries = useQueryClient();
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await client.revokeKey(apiKey.id);
      await queries.invalidateQueries({ queryKey: ['api-keys'] });
      toast(t('keys.revoked.done'));
      onClose();
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('keys.revoke.title')} onClose={onClose}>
      <form className="stack" onSubmit={(event) => void submit(event)} noValidate>
        <p className="soft">{t('keys.revoke.lead')}</p>
        <TextField label={t('keys.revoke.type', { name: apiKey.name })} value={typed} autoComplete="off" onText={setTyped} />
        {error !== null && <Problem error={error} />}
        <div className="actions">
          <Button look="harm" type="submit" disabled={busy || typed.trim() !== apiKey.name}>
            {t('keys.revoke')}
          </Button>
          <Button look="quiet" onClick={onClose}>
            {t('action.cancel')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
