/* How the wallet asks the server: with the session's cookie, in the person's language, and once more
 * after a confirmation.
 *
 * When an operation needs the person to confirm, the server says which factors will do. A sheet asks
 * for them in place, then the very same request, with the same Idempotency-Key, is sent again with
 * the confirmation's id. Giving up is no error: the promise rejects with GivenUp, which shows nothing. */
import { createContext, lazy, Suspense, useCallback, useContext, useMemo, useRef, useState } from 'react';
import type { ReactNode } from 'react';
import type { Call } from '../../../generated/api';
import { ApiError, createCaller } from '../../api/http';
import { useI18n } from '../i18n';

const ConfirmSheet = lazy(async () => ({ default: (await import('../confirm/sheet')).ConfirmSheet }));

/** The person closed the sheet. */
export class GivenUp extends Error {
  constructor() {
    super('given up');
    this.name = 'GivenUp';
  }
}

export type Ask = <T>(call: Call<T>) => Promise<T>;
interface Asking {
  ask: Ask;
  /** Without the sheet, and without ending the session on a refusal: for sign-in itself. */
  plain: Ask;
  headers: () => Record<string, string>;
}
const Context = createContext<Asking | null>(null);

interface Wanted {
  problem: ApiError;
  done: (confirmation: string | null) => void;
}

export function AskProvider({ onSignedOut, children }: { onSignedOut: () => void; children: ReactNode }) {
  const { lang } = useI18n();
  const langNow = useRef(lang);
  langNow.current = lang;
  const [wanted, setWanted] = useState<Wanted | null>(null);

  const confirm = useCallback(
    (problem: ApiError) =>
      new Promise<string | null>((resolve) => {
        setWanted({
          problem,
          done: (confirmation) => {
            setWanted(null);
            resolve(confirmation);
          },
        });
      }),
    [],
  );
  const value = useMemo<Asking>(() => {
    const caller = createCaller(null, () => langNow.current);
    const ask: Ask = async (first) => {
      let confirmation: string | null = null;
      for (;;) {
        const call =
          confirmation === null ? first : { ...first, headers: { ...first.headers, Confirmation: confirmation } };
        try {
          return await caller.ask(call);
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          if (error.code === 'not_signed_in') onSignedOut();
          if (error.code !== 'confirmation_required') throw error;
          confirmation = await confirm(error);
          if (confirmation === null) throw new GivenUp();
        }
      }
    };
    return { ask, plain: caller.ask, headers: caller.headers };
  }, [confirm, onSignedOut]);

  return (
    <Context.Provider value={value}>
      {children}
      {wanted !== null && (
        <Suspense fallback={null}>
          <ConfirmSheet problem={wanted.problem} plain={value.plain} onDone={wanted.done} />
        </Suspense>
      )}
    </Context.Provider>
  );
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
