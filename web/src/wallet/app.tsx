/* Routes of the wallet. Pages are chunks, fetched when first seen. */
import { lazy, Suspense, useState } from 'react';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Route, Switch } from 'wouter';
import { ApiError } from '../api/http';
import { I18nProvider } from '../i18n';
import type { Catalogue, Lang } from '../i18n';
import { Guard, Skeleton, ToastProvider } from '../kit';
import { FILES } from './i18n';
import { Frame } from './shell/frame';

const Welcome = lazy(async () => ({ default: (await import('./pages/welcome')).Welcome }));
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

export function App({ lang, catalogue }: { lang: Lang; catalogue: Catalogue }) {
  const [queries] = useState(createQueries);
  return (
    <I18nProvider lang={lang} files={FILES} catalogue={catalogue}>
      <QueryClientProvider client={queries}>
        <ToastProvider>
          <Frame>
            <Guard>
              <Suspense fallback={<Skeleton rows={6} />}>
                <Switch>
                  <Route path="/">
                    <Welcome />
                  </Route>
                  <Route>
                    <NotFound />
                  </Route>
                </Switch>
              </Suspense>
            </Guard>
          </Frame>
        </ToastProvider>
      </QueryClientProvider>
    </I18nProvider>
  );
}
