/* The event stream, one connection for the whole app, shared by the pages that look.
 *
 * Opened when the first page looks, kept while the app is open so that nothing is missed between
 * pages; transfers arrive in log order. Kept rows are bounded. */
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { eventToTransfer, EVENTS_PATH } from '../api/client';
import type { Transfer } from '../api/model';
import { openStream } from '../lib/sse';
import type { StreamEvent, StreamState } from '../lib/sse';
import { useSession } from '.';

const KEPT_MAX = 200;
const BACKLOG = 50;
const NEWS_MS = 3000;
const PAINT_MS = 150;
const REFRESH_MS = 2000;
export const BUCKET_MS = 5000;
export const BUCKETS = 12;

export interface LiveRow {
  transfer: Transfer;
  arrived_ms: number;
}
interface Live {
  state: StreamState | 'off';
  rows: LiveRow[];
  received: number;
  /** Transfers that arrived in each of the last 12 spells of 5 s, oldest first. */
  buckets: number[];
  watch(): () => void;
}
const Context = createContext<Live | null>(null);

export function bucketsOf(arrivals: readonly number[], now_ms: number): number[] {
  const counts = Array.from({ length: BUCKETS }, () => 0);
  for (const at of arrivals) {
    const index = BUCKETS - 1 - Math.floor((now_ms - at) / BUCKET_MS);
    if (index >= 0 && index < BUCKETS) counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

function subscribeSeen(callback: () => void) {
  document.addEventListener('visibilitychange', callback);
  return () => document.removeEventListener('visibilitychange', callback);
}
function useSeen(): boolean {
  return useSyncExternalStore(subscribeSeen, () => !document.hidden);
}

export function LiveProvider({ children }: { children: ReactNode }) {
  const { key, client, headers } = useSession();
  const queries = useQueryClient();
  const [watched, setWatched] = useState(false);
  const [state, setState] = useState<StreamState | 'off'>('off');
  const [view, setView] = useState<{ rows: LiveRow[]; received: number; buckets: number[] }>({
    rows: [], received: 0, buckets: bucketsOf([], 0),
  });
  const rows = useRef<LiveRow[]>([]);
  const arrivals = useRef<number[]>([]);
  const received = useRef(0);
  const lastId = useRef('');
  const seen = useSeen();

  useEffect(() => {
    rows.current = [];
    arrivals.current = [];
    received.current = 0;
    lastId.current = '';
  }, [key]);

  useEffect(() => {
    // A hidden tab gives its connection back: a browser has six for one server. It resumes later.
    if (key === null || !watched || !seen) return undefined;
    let dirty = true;
    let stale = false;
    let close: (() => void) | null = null;
    let ended = false;
    const begin = (url: string) => {
      if (ended) return;
      close = openStream({ url, headers, lastEventId: lastId.current, onState: setState, onEvent: take });
    };
    const take = (event: StreamEvent) => {
      lastId.current = event.id;
      const transfer = eventToTransfer(event);
      if (transfer === null) return;
      const now = Date.now();
      const made = Date.parse(transfer.createdAt);
      // What was there before is not news.
      rows.current = [{ transfer, arrived_ms: now - made < NEWS_MS ? now : 0 }, ...rows.current].slice(0, KEPT_MAX);
      arrivals.current.push(Math.min(now, made));
      received.current += 1;
      dirty = true;
      stale = true;
    };
    // A little of the past first, so that the page is not empty on a quiet day.
    if (lastId.current !== '') begin(EVENTS_PATH);
    else client.checkpoint().then(
      ({ size }) => begin(`${EVENTS_PATH}?from=${Math.max(0, size - BACKLOG)}`),
      () => begin(EVENTS_PATH),
    );
    let shown = '';
    const paint = setInterval(() => {
      const now = Date.now();
      arrivals.current = arrivals.current.filter((at) => now - at < BUCKET_MS * BUCKETS);
      const buckets = bucketsOf(arrivals.current, now);
      if (!dirty && buckets.join() === shown) return;
      dirty = false;
      shown = buckets.join();
      setView({ rows: rows.current, received: received.current, buckets });
    }, PAINT_MS);
    const refresh = setInterval(() => {
      if (!stale) return;
      stale = false;
      void queries.invalidateQueries({ predicate: (query) => query.meta?.['follows'] === 'ledger' });
    }, REFRESH_MS);
    return () => {
      clearInterval(paint);
      clearInterval(refresh);
      ended = true;
      close?.();
      setState('off');
    };
  }, [key, watched, seen, client, headers, queries]);

  const watch = useCallback(() => {
    setWatched(true);
    return () => undefined;
  }, []);
  const value = useMemo<Live>(() => ({ state, ...view, watch }), [state, view, watch]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useLive(): Live {
  const value = useContext(Context);
  if (value === null) throw new Error('useLive outside LiveProvider');
  const { watch } = value;
  useEffect(() => watch(), [watch]);
  return value;
}
