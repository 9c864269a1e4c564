/* Who is signed in, and how far: asked of the server when the app starts and after each step. */
import { createContext, useCallback, useContext, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { QueryClient } from '@tanstack/react-query';
import * as api from '../../../generated/api';
import type { Me, Session } from '../../../generated/api';
import { ApiError } from '../../api/http';
import { AskProvider, usePlainAsk } from './ask';

/** null: nobody. */
export type Who = Session | null;

interface Current {
  who: Who;
  /** The session ended while it was in use. */
  ended: boolean;
  /** Asks again who it is: after each step of signing up or in, and after a lock. */
  renew: () => Promise<void>;
  signOut: () => Promise<void>;
}
const Context = createContext<Current | null>(null);
const KEY = ['session'];

/** What was known of whoever was signed in goes; that nobody is, or who is now, stays. */
function become(queries: QueryClient, who: Who) {
  queries.setQueryData<Who>(KEY, who);
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
}

/** While it is not known, `waiting`; when it cannot be asked, `failed`. */
export function SessionProvider(props: {
  waiting: ReactNode;
  failed: (error: unknown, again: () => void) => ReactNode;
  children: ReactNode;
}) {
  const queries = useQueryClient();
  const [ended, setEnded] = useState(false);
  const onSignedOut = useCallback(() => {
    if (queries.getQueryData<Who>(KEY) === null) return;
    setEnded(true);
    become(queries, null);
  }, [queries]);
  return (
    <AskProvider onSignedOut={onSignedOut}>
      <Known {...props} ended={ended} onBegin={() => setEnded(false)} />
    </AskProvider>
  );
}

function Known(props: Parameters<typeof SessionProvider>[0] & { ended: boolean; onBegin: () => void }) {
  const { waiting, failed, ended, onBegin, children } = props;
  const plain = usePlainAsk();
  const queries = useQueryClient();
  const { data, error, isError, refetch } = useQuery({
    queryKey: KEY,
    queryFn: async (): Promise<Who> => {
      try {
        return await plain(api.sessionGet());
      } catch (cause) {
        if (cause instanceof ApiError && cause.status === 401) return null;
        throw cause;
      }
    },
    staleTime: Infinity,
  });
  const renew = useCallback(async () => {
    const who = await plain(api.sessionGet());
    onBegin();
    become(queries, who);
  }, [plain, queries, onBegin]);
  const signOut = useCallback(async () => {
    try {
      await plain(api.sessionDelete());
    } catch (cause) {
      if (!(cause instanceof ApiError) || cause.status !== 401) throw cause;
    }
    become(queries, null);
  }, [plain, queries]);
  const value = useMemo(
    () => (data === undefined ? null : { who: data, ended, renew, signOut }),
    [data, ended, renew, signOut],
  );
  if (value === null) return <>{isError ? failed(error, () => void refetch()) : waiting}</>;
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useSession(): Current {
  const value = useContext(Context);
  if (value === null) throw new Error('useSession outside SessionProvider');
  return value;
}

/** The person, masked. */
export function useMe() {
  const plain = usePlainAsk();
  return useQuery<Me>({ queryKey: ['me'], queryFn: () => plain(api.meGet()) });
}
