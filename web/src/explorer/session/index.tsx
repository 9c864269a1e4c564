/* Who is asking: the API key, kept in sessionStorage only, and what it may do. */
import { createContext, useCallback, useContext, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { createClient } from '../api/client';
import type { Client } from '../api/client';
import { createCaller } from '../../api/http';
import type { Whoami } from '../api/model';
import { useI18n } from '../i18n';
import { readStored, writeStored } from '../../lib/storage';

const STORED = 'jn.key';

interface Session {
  key: string | null;
  who: Whoami | null;
  /** The key stopped working while it was in use. */
  expired: boolean;
  client: Client;
  headers: () => Record<string, string>;
  /** Checks the key with the server; keeps it only if the server knows it. */
  signIn(key: string): Promise<void>;
  signOut(): void;
  adopt(who: Whoami): void;
}
const Context = createContext<Session | null>(null);

export function SessionProvider({ children }: { children: ReactNode }) {
  const { lang } = useI18n();
  const queries = useQueryClient();
  const [key, setKey] = useState(() => readStored(STORED, 'session'));
  const [who, setWho] = useState<Whoami | null>(null);
  const [expired, setExpired] = useState(false);
  const keyNow = useRef(key);
  const langNow = useRef(lang);
  langNow.current = lang;

  const forget = useCallback(
    (wasExpired: boolean) => {
      keyNow.current = null;
      writeStored(STORED, null, 'session');
      queries.clear();
      setWho(null);
      setKey(null);
      setExpired(wasExpired);
    },
    [queries],
  );
  const caller = useMemo(() => {
    const onRefused = () => {
      // A key that is only being tried is judged by the form.
      if (readStored(STORED, 'session') === keyNow.current) forget(true);
    };
    return createCaller(() => keyNow.current, () => langNow.current, onRefused);
  }, [forget]);
  const client = useMemo(() => createClient(caller), [caller]);

  const signIn = useCallback(
    async (candidate: string) => {
      const before = keyNow.current;
      keyNow.current = candidate;
      try {
        setWho(await client.whoami());
      } catch (error) {
        keyNow.current = before;
        throw error;
      }
      writeStored(STORED, candidate, 'session');
      setExpired(false);
      setKey(candidate);
    },
    [client],
  );
  const signOut = useCallback(() => forget(false), [forget]);

  const value = useMemo<Session>(
    () => ({ key, who, expired, client, headers: caller.headers, signIn, signOut, adopt: setWho }),
    [key, who, expired, client, caller, signIn, signOut],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useSession(): Session {
  const value = useContext(Context);
  if (value === null) throw new Error('useSession outside SessionProvider');
  return value;
}
export function useClient(): Client {
  return useSession().client;
}
export function useMay(scope: string): boolean {
  const { who } = useSession();
  return who !== null && (who.scopes.includes('admin') || who.scopes.includes(scope));
}
