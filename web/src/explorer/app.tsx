/* Routes, and the guard before those that need a key. Pages are chunks, fetched when first seen. */
import { lazy, Suspense, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Route, Router, Switch } from 'wouter';
import { ApiError } from '../api/http';
import { I18nProvider } from '../i18n';
import type { Words } from '../i18n';
import { Guard, Problem, Skeleton, ToastProvider } from '../kit';
import { PublicShell, Shell } from './pages/shell';
import { SessionProvider, useSession } from './session';
import { LiveProvider } from './session/live';

const Overview = lazy(async () => ({ default: (await import('./pages/overview')).Overview }));
const SignIn = lazy(async () => ({ default: (await import('./pages/sign_in')).SignIn }));
const Accounts = lazy(async () => ({ default: (await import('./pages/accounts')).Accounts }));
const AccountPage = lazy(async () => ({ default: (await import('./pages/account')).AccountPage }));
const AccountForm = lazy(async () => ({ default: (await import('./pages/account_form')).AccountForm }));
const Transfers = lazy(async () => ({ default: (await import('./pages/transfers')).Transfers }));
const TransferPage = lazy(async () => ({ default: (await import('./pages/transfer')).TransferPage }));
const TransferForm = lazy(async () => ({ default: (await import('./pages/transfer_form')).TransferForm }));
const ReceiptPage = lazy(async () => ({ default: (await import('./pages/receipt')).ReceiptPage }));
const VerifyPage = lazy(async () => ({ default: (await import('./pages/verify')).VerifyPage }));
const CheckpointPage = lazy(async () => ({ default: (await import('./pages/checkpoint')).CheckpointPage }));
const Keys = lazy(async () => ({ default: (await import('./pages/keys')).Keys }));
const Help = lazy(async () => ({ default: (await import('./pages/help')).Help }));
const NotFound = lazy(async () => ({ default: (await import('./pages/not_found')).NotFound }));

/** A definite refusal is not asked again; a lost connection is, three times. */
function shouldRetry(count: number, error: unknown): boolean {
  return count < 3 && error instanceof ApiError && (error.kind === 'network' || error.status === 503);
}

function createQueries() {
  return new QueryClient({
    defaultOptions: { queries: { staleTime: 2000, retry: shouldRetry, refetchOnWindowFocus: true } },
  });
}

function SignedIn() {
  return (
    <Switch>
      <Route path="/">
        <Overview />
      </Route>
      <Route path="/accounts">
        <Accounts />
      </Route>
      <Route path="/accounts/new">
        <AccountForm />
      </Route>
      <Route path="/accounts/:id">{({ id }) => <AccountPage id={id} />}</Route>
      <Route path="/transfers">
        <Transfers />
      </Route>
      <Route path="/transfers/new">
        <TransferForm />
      </Route>
      <Route path="/transfers/:id">{({ id }) => <TransferPage id={id} />}</Route>
      <Route path="/transfers/:id/receipt">{({ id }) => <ReceiptPage id={id} />}</Route>
      <Route path="/checkpoint">
        <CheckpointPage />
      </Route>
      <Route path="/keys">
        <Keys />
      </Route>
      <Route path="/verify">
        <VerifyPage />
      </Route>
      <Route path="/help">
        <Help />
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

function Page({ children }: { children: ReactNode }) {
  return (
    <Guard>
      <Suspense fallback={<Skeleton rows={6} />}>{children}</Suspense>
    </Guard>
  );
}

/** Without a key: verification and help work all the same, everything else asks for one. */
function SignedOut({ expired }: { expired: boolean }) {
  return (
    <PublicShell>
      <Page>
        <Switch>
          <Route path="/verify">
            <VerifyPage />
          </Route>
          <Route path="/help">
            <Help />
          </Route>
          <Route>
            <SignIn expired={expired} />
          </Route>
        </Switch>
      </Page>
    </PublicShell>
  );
}

function Gate() {
  const { key, who, expired, client, adopt } = useSession();
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (key === null || who !== null) return undefined;
    let current = true;
    const ask = async () => {
      try {
        const found = await client.whoami();
        if (current) adopt(found);
      } catch (cause) {
        if (current) setError(cause);
      }
    };
    void ask();
    return () => {
      current = false;
    };
  }, [key, who, client, adopt, attempt]);

  if (key === null) return <SignedOut expired={expired} />;
  if (who === null) {
    return (
      <PublicShell>
        {error === null ? (
          <Skeleton rows={6} />
        ) : (
          <Problem
            error={error}
            onRetry={() => {
              setError(null);
              setAttempt(attempt + 1);
            }}
          />
        )}
      </PublicShell>
    );
  }
  return (
    <Shell>
      <Page>
        <SignedIn />
      </Page>
    </Shell>
  );
}

export function App({ words }: { words: Words }) {
  const [queries] = useState(createQueries);
  return (
    <I18nProvider words={words}>
      <QueryClientProvider client={queries}>
        <SessionProvider>
          <LiveProvider>
            <ToastProvider>
              <Router base="/explorer">
                <Gate />
              </Router>
            </ToastProvider>
          </LiveProvider>
        </SessionProvider>
      </QueryClientProvider>
    </I18nProvider>
  );
}
