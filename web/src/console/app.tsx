/* Routes of the console. Filters are search parameters, so that a view can be sent to a colleague. */
import { useState } from 'react';
import { QueryClient, QueryClientProvider, useQuery } from '@tanstack/react-query';
import { createRootRoute, createRoute, createRouter, redirect, RouterProvider } from '@tanstack/react-router';
import { Button, Result, Skeleton } from 'antd';
import { staffMeGet } from '../../generated/api';
import { ApiError } from '../api/http';
import { I18nProvider } from '../i18n';
import type { Words } from '../i18n';
import { AskProvider, MemberContext, useAsk } from './ask';
import { useT } from './i18n';
import { Approvals } from './pages/approvals';
import { Contests } from './pages/contests';
import { People } from './pages/people';
import { Person } from './pages/person';
import { Reviews } from './pages/reviews';
import { SignIn } from './pages/sign_in';
import { Staff } from './pages/staff';
import { Frame } from './shell/frame';
import { Themed } from './theme';

const rootRoute = createRootRoute({ component: Frame, notFoundComponent: NotFound });
const routes = [
  createRoute({
    getParentRoute: () => rootRoute, path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/people' });
    },
  }),
  createRoute({ getParentRoute: () => rootRoute, path: '/people', component: People }),
  createRoute({ getParentRoute: () => rootRoute, path: '/people/$personId', component: Person }),
  createRoute({ getParentRoute: () => rootRoute, path: '/contests', component: Contests }),
  createRoute({ getParentRoute: () => rootRoute, path: '/reviews', component: Reviews }),
  createRoute({
    getParentRoute: () => rootRoute, path: '/approvals', component: Approvals,
    validateSearch: (search: Record<string, unknown>): { state?: 'all' } => (search['state'] === 'all' ? { state: 'all' } : {}),
  }),
  createRoute({ getParentRoute: () => rootRoute, path: '/staff', component: Staff }),
] as const;
const router = createRouter({ routeTree: rootRoute.addChildren(routes), basepath: '/console' });
declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  const t = useT();
  return (
    <>
      <h1>{t('notfound.title')}</h1>
      <p><a href="/console/people">{t('notfound.back')}</a></p>
    </>
  );
}

/** Nobody sees a page before it is known who sits here. */
function Gate() {
  const ask = useAsk();
  const t = useT();
  const me = useQuery({ queryKey: ['me'], queryFn: () => ask(staffMeGet()), retry: false, staleTime: 60_000 });
  if (me.data !== undefined && !me.isError) {
    return (
      <MemberContext.Provider value={me.data}>
        <RouterProvider router={router} />
      </MemberContext.Provider>
    );
  }
  if (me.isPending) return <main className="cs-alone"><Skeleton active /></main>;
  const problem = me.error instanceof ApiError ? me.error : null;
  if (problem?.status === 401 || problem?.code === 'caller_not_allowed') return <SignIn needs="password" onDone={() => void me.refetch()} />;
  if (problem?.code === 'session_limited') return <SignIn needs="factor" onDone={() => void me.refetch()} />;
  return (
    <main className="cs-alone">
      <Result
        status="warning" title={problem === null || problem.kind === 'network' ? t('error.network.title') : problem.title}
        subTitle={problem?.fix || t('error.network.fix')}
        extra={<Button onClick={() => void me.refetch()}>{t('action.retry')}</Button>}
      />
    </main>
  );
}

export function App({ words }: { words: Words }) {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry: 1, staleTime: 5000 } } }));
  return (
    <I18nProvider words={words}>
      <QueryClientProvider client={queries}>
        <Themed>
          <AskProvider>
            <Gate />
          </AskProvider>
        </Themed>
      </QueryClientProvider>
    </I18nProvider>
  );
}
