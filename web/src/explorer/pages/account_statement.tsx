/* A complete statement with its proof: fetched, checked on this machine, saved as a file. */
import { useState } from 'react';
import type { Account } from '../api/model';
import { useT } from '../i18n';
import { Button, Problem } from '../../kit';
import { saveText } from '../../lib/download';
import { useClient } from '../session';
import { ProofReport, useCheck } from './proof_report';

export function AccountStatement({ account }: { account: Account }) {
  const t = useT();
  const client = useClient();
  const [statement, setStatement] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const check = useCheck();

  const fetchIt = async () => {
    setBusy(true);
    setError(null);
    try {
      const text = await client.statement(account.id);
      setStatement(text);
      await check.run(text);
    } catch (cause) {
      setError(cause);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <section className="card stack">
        <h2>{t('statement.title')}</h2>
        <p className="soft">{t('statement.lead')}</p>
        <div className="actions">
          <Button look="main" disabled={busy} onClick={() => void fetchIt()}>
            {busy ? t('statement.busy') : t('statement.fetch')}
          </Button>
          {statement !== null && (
            <Button
              icon="download"
              onClick={() => saveText(`${account.id}.statement.jsonl`, statement, 'application/jsonl')}
            >
              {t('statement.save')}
            </Button>
          )}
        </div>
        {error !== null && <Problem error={error} onRetry={() => void fetchIt()} />}
      </section>
      <ProofReport check={check} />
    </>
  );
}
