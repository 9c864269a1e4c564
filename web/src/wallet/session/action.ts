/* Something a person does: busy while it is on its way, its error kept for the page to show.
 *
 * Each try has an Idempotency-Key. A try that got no answer keeps its key, so that doing the same
 * again cannot do it twice; a definite answer, or other input, gets a new one. */
import { useCallback, useRef, useState } from 'react';
import { ApiError } from '../../api/http';
import { uuid7 } from '../../lib/ids';
import { GivenUp } from './ask';

export interface Action<A> {
  run: (input: A) => Promise<boolean>;
  busy: boolean;
  error: unknown;
  clear: () => void;
}

/** True when the server may or may not have carried it out. */
export function isUnsettled(error: unknown): boolean {
  return error instanceof ApiError && (error.kind === 'network' || error.charged === 'unknown' || error.status === 503);
}

/** `work` gets the input and the key; run() resolves to whether it succeeded. */
export function useAction<A = void>(work: (input: A, key: string) => Promise<unknown>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const last = useRef({ input: '', key: '' });
  const running = useRef(false);
  const now = useRef(work);
  now.current = work;

  const run = useCallback(async (input: A) => {
    if (running.current) return false;
    running.current = true;
    const text = JSON.stringify(input) ?? '';
    if (last.current.key === '' || last.current.input !== text) last.current = { input: text, key: uuid7() };
    setBusy(true);
    setError(null);
    try {
      await now.current(input, last.current.key);
      last.current = { input: '', key: '' };
      return true;
    } catch (cause) {
      if (!isUnsettled(cause)) last.current = { input: '', key: '' };
      if (!(cause instanceof GivenUp)) setError(cause);
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setError(null), []);
  return { run, busy, error, clear };
}

/** What the server found wrong with a field, if it named one of ours. */
export function fieldFault(error: unknown, ...names: string[]): string | null {
  if (!(error instanceof ApiError)) return null;
  const found = error.fields.find(({ field }) => names.some((name) => field === name || field === `/${name}`));
  if (found === undefined) return null;
  // The problem's own words say what to do as well.
  return error.fix === '' || error.fields.length > 1 ? found.message : `${found.message} ${error.fix}`;
}
