/* Sign in with an API key: what it is, where it comes from, where it is kept. */
import { useState } from 'react';
import type { FormEvent } from 'react';
import { Link } from 'wouter';
import { ApiError } from '../../api/http';
import { useT } from '../i18n';
import { Banner, Button, Icon, Mark, Problem, TextField, usePageTitle } from '../../kit';
import { useSession } from '../session';

export function SignIn({ expired = false }: { expired?: boolean }) {
  const t = useT();
  const { signIn } = useSession();
  const [key, setKey] = useState('');
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  usePageTitle(t('sign_in.title'));

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const candidate = key.trim();
    setError(null);
    if (candidate === '') {
      setFault(t('sign_in.key.empty'));
      return;
    }
    setFault(null);
    setBusy(true);
    try {
      await signIn(candidate);
    } catch (cause) {
      if (cause instanceof ApiError && cause.status === 401) setFault(t('sign_in.key.refused'));
      else setError(cause);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="sign-in">
      <div className="stack">
        <Mark size={64} />
        <h1>{t('sign_in.title')}</h1>
        <p className="soft">{t('sign_in.lead')}</p>
        <ul className="stack-2 ticks">
          {([t('sign_in.point.1'), t('sign_in.point.2'), t('sign_in.point.3')]).map((point) => (
            <li key={point}>
              <Icon name="check" size={16} />
              <span>{point}</span>
            </li>
          ))}
        </ul>
      </div>
      <form className="card stack" onSubmit={(event) => void submit(event)} noValidate>
        {expired && <Banner tone="wait" title={t('sign_in.expired')} />}
        <TextField
          label={t('sign_in.key')}
          hint={t('sign_in.key.hint')}
          fault={fault}
          type="password"
          name="api-key"
          autoComplete="off"
          spellCheck={false}
          value={key}
          onText={setKey}
        />
        {error !== null && <Problem error={error} />}
        <Button look="main" type="submit" disabled={busy}>
          {busy ? t('sign_in.busy') : t('sign_in.submit')}
        </Button>
        <p className="small muted">{t('sign_in.kept')}</p>
        <p className="small">
          {t('sign_in.no_key')} <code>jinnang init</code>
        </p>
        <p className="small">
          <Link href="/verify">{t('sign_in.verify')}</Link> · <Link href="/help">{t('nav.help')}</Link>
        </p>
      </form>
    </div>
  );
}
