/* How the wallet asks the server: with the session's cookie and in the person's language. */
import { createContext, useContext, useMemo, useRef } from 'react';
import type { ReactNode } from 'react';
import type { Call } from '../../../generated/api';
import { ApiError, createCaller } from '../../api/http';
import { useI18n } from '../i18n';

/** The person closed a sheet that asked them something. */
export class GivenUp extends Error {
  constructor() {
    super('given up');
    this.name = 'GivenUp';
  }
}

export type Ask = <T>(call: Call<T>) => Promise<T>;
interface Asking {
  ask: Ask;
  /** Without ending the session on a refusal: for sign-in itself. */
  plain: Ask;
  headers: () => Record<string, string>;
}
const Context = createContext<Asking | null>(null);

export function AskProvider({ onSignedOut, children }: { onSignedOut: () => void; children: ReactNode }) {
  const { lang } = useI18n();
  const langNow = useRef(lang);
  langNow.current = lang;
  const value = useMemo<Asking>(() => {
    const caller = createCaller(null, () => langNow.current);
    const ask: Ask = async (call) => {
      try {
        return await caller.ask(call);
      } catch (error) {
        if (error instanceof ApiError && error.code === 'not_signed_in') onSignedOut();
        throw error;
      }
    };
    return { ask, plain: caller.ask, headers: caller.headers };
  }, [onSignedOut]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

function useAsking(): Asking {
  const value = useContext(Context);
  if (value === null) throw new Error('useAsk outside AskProvider');
  return value;
}
export function useAsk(): Ask {
  return useAsking().ask;
}
export function usePlainAsk(): Ask {
  return useAsking().plain;
}
export function useAskHeaders(): () => Record<string, string> {
  return useAsking().headers;
}
