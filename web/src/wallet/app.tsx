/* Routes of the wallet, and who may go where: nobody, somebody signing up or in, somebody locked, a
 * person. Pages are chunks, fetched when first seen, with the words they need. */
import { lazy, Suspense, useState } from 'react';
import type { ComponentType, ReactNode } from 'react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Redirect, Route, Switch } from 'wouter';
import { ApiError } from '../api/http';
import { addWords, I18nProvider } from '../i18n';
import type { Files, Words } from '../i18n';
import { Guard, Problem, Skeleton, ToastProvider } from '../kit';
import { JOIN, MORE } from './i18n';
import { useUnread } from './messages/live';
import { SessionProvider, useSession } from './session';
import { Frame } from './shell/frame';

/** A page with the groups of words it needs beside those of the first load. */
function page<P extends object>(load: () => Promise<ComponentType<P>>, ...words: Files[]) {
  return lazy(async () => {
    const [Page] = await Promise.all([load(), ...words.map(addWords)]);
    return { default: Page };
  });
}
const Welcome = page(async () => (await import('./pages/welcome')).Welcome);
const Home = page(async () => (await import('./pages/home')).Home);
const NotFound = page(async () => (await import('./pages/not_found')).NotFound);
const SignUp = page(async () => (await import('./join/sign_up')).SignUp, JOIN);
const SignIn = page(async () => (await import('./join/sign_in')).SignIn, JOIN);
const Recover = page(async () => (await import('./join/recover')).Recover, JOIN);
const SecondFactor = page(async () => (await import('./join/second_factor')).SecondFactor, JOIN);
const MePage = page(async () => (await import('./pages/me')).MePage, MORE);
const Security = page(async () => (await import('./security')).Security, MORE);
const Restricted = page(async () => (await import('./security/locks')).Restricted, MORE);
const Freeze = page(async () => (await import('./security/locks')).Freeze, MORE);
const Pin = page(async () => (await import('./security/pin')).PinPage, MORE);
const Totp = page(async () => (await import('./security/totp')).TotpPage, MORE);
const Passkeys = page(async () => (await import('./security/passkeys')).PasskeysPage, MORE);
const RecoveryCodes = page(async () => (await import('./security/recovery_codes')).RecoveryCodesPage, MORE);
const AccessLog = page(async () => (await import('./security/access_log')).AccessLogPage, MORE);
const Privacy = page(async () => (await import('./privacy')).PrivacyPage, MORE);
const Consents = page(async () => (await import('./privacy/consents')).ConsentsPage, MORE);
const DeletionPlan = page(async () => (await import('./privacy/deletion')).DeletionPage, MORE);
const Messages = page(async () => (await import('./messages')).MessagesPage, MORE);
const Preferences = page(async () => (await import('./messages/preferences')).PreferencesPage, MORE);
const Check = page(async () => (await import('./pages/check')).CheckPage, MORE);
const NotMe = page(async () => (await import('./pages/not_me')).NotMePage, MORE);
const Identity = page(async () => (await import('./identity')).IdentityPage, JOIN);
const Cards = page(async () => (await import('./cards')).CardsPage, JOIN);
const Limits = page(async () => (await import('./security/limits')).LimitsPage, JOIN, MORE);
const Password = page(async () => (await import('./security/password')).PasswordPage, JOIN, MORE);
const Contacts = page(async () => (await import('./security/contacts')).ContactsPage, MORE);
const Devices = page(async () => (await import('./security/devices')).Devices, MORE);

/** A definite refusal is not asked again; a lost connection is, three times. */
function shouldRetry(count: number, error: unknown): boolean {
  return count < 3 && error instanceof ApiError && (error.kind === 'network' || error.status === 503);
}
function createQueries() {
  return new QueryClient({
    defaultOptions: { queries: { staleTime: 2000, retry: shouldRetry, refetchOnWindowFocus: true } },
  });
}

function Nobody({ ended }: { ended: boolean }) {
  return (
    <Switch>
      <Route path="/sign-up">
        <SignUp />
      </Route>
      <Route path="/sign-in">
        <SignIn />
      </Route>
      <Route path="/recover">
        <Recover />
      </Route>
      <Route path="/check">
        <Check />
      </Route>
      <Route path="/not-me">
        <NotMe />
      </Route>
      <Route path="/">
        <Welcome ended={ended} />
      </Route>
      <Route>{ended ? <Welcome ended /> : <Redirect to="/" replace />}</Route>
    </Switch>
  );
}

function SigningUp() {
  return (
    <Switch>
      <Route path="/check">
        <Check />
      </Route>
      <Route>
        <SignUp />
      </Route>
    </Switch>
  );
}

/** Locked: what holds, why, until when; no more than that, and no full sign-in needed for it. */
function Locked() {
  return (
    <Switch>
      <Route path="/security/devices">
        <Devices />
      </Route>
      <Route path="/check">
        <Check />
      </Route>
      <Route path="/messages">
        <Messages />
      </Route>
      <Route>
        <Restricted />
      </Route>
    </Switch>
  );
}

function Person() {
  return (
    <Switch>
      <Route path="/">
        <Home />
      </Route>
      <Route path="/sign-up">
        <SignUp />
      </Route>
      <Route path="/sign-in">
        <Redirect to="/" replace />
      </Route>
      <Route path="/recover">
        <Redirect to="/security" replace />
      </Route>
      <Route path="/me">
        <MePage />
      </Route>
      <Route path="/security">
        <Security />
      </Route>
      <Route path="/security/devices">
        <Devices />
      </Route>
      <Route path="/security/password">
        <Password />
      </Route>
      <Route path="/security/contacts">
        <Contacts />
      </Route>
      <Route path="/security/pin">
        <Pin />
      </Route>
      <Route path="/security/totp">
        <Totp />
      </Route>
      <Route path="/security/passkeys">
        <Passkeys />
      </Route>
      <Route path="/security/recovery-codes">
        <RecoveryCodes />
      </Route>
      <Route path="/security/access-log">
        <AccessLog />
      </Route>
      <Route path="/privacy">
        <Privacy />
      </Route>
      <Route path="/privacy/consents">
        <Consents />
      </Route>
      <Route path="/privacy/deletion">
        <DeletionPlan />
      </Route>
      <Route path="/check">
        <Check />
      </Route>
      <Route path="/not-me">
        <NotMe />
      </Route>
      <Route path="/identity">
        <Identity />
      </Route>
      <Route path="/cards">
        <Cards />
      </Route>
      <Route path="/security/limits">
        <Limits />
      </Route>
      <Route path="/messages">
        <Messages />
      </Route>
      <Route path="/messages/preferences">
        <Preferences />
      </Route>
      <Route path="/security/freeze">
        <Freeze />
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

function Gate() {
  const { who, ended } = useSession();
  const level = who?.level ?? null;
  const unread = useUnread(level === 'full');
  let pages: ReactNode = <Person />;
  if (level === null) pages = <Nobody ended={ended} />;
  else if (level === 'signing_up') pages = <SigningUp />;
  else if (level === 'signing_in') pages = <SecondFactor />;
  else if (level === 'locked') pages = <Locked />;
  return (
    <Frame signedIn={level === 'full'} unread={unread ?? 0}>
      <Guard key={level}>
        <Suspense fallback={<Skeleton rows={6} />}>{pages}</Suspense>
      </Guard>
    </Frame>
  );
}

export function App({ words }: { words: Words }) {
  const [queries] = useState(createQueries);
  return (
    <I18nProvider words={words}>
      <QueryClientProvider client={queries}>
        <ToastProvider>
          <SessionProvider
            waiting={<Skeleton rows={6} />}
            failed={(error, again) => (
              <Frame signedIn={false} unread={0}>
                <Problem error={error} onRetry={again} />
              </Frame>
            )}
          >
            <Gate />
          </SessionProvider>
        </ToastProvider>
      </QueryClientProvider>
    </I18nProvider>
  );
}
