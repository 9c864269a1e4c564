/* The event stream, one connection for the whole app, shared by the pages that look.
 *
 * Opened when the first page looks, kept while the app is open so that nothing is missed between
 * pages; transfers arrive in log order. Kept rows are bounded. */
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { eventToTransfer, EVENTS_PATH } from '../api/client';
import type { Transfer } from '../api/model';
import { openStream } from '../../lib/sse';
import type { StreamEvent, StreamState } from '../../lib/sse';
import { useSession } from '.';

const KEPT_MAX = 200;
const BACKLOG = 100;
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
  /** True while the minute began before the first transfer we were shown: there were more. */
  more: boolean;
  watch(): () => void;
}
const Context = createContext<Live | null>(null);

/** Counts by spell, so that a busy ledger costs no more memory than a quiet one. */
export function countArrival(counts: Map<number, number>, at_ms: number) {
  const spell = Math.floor(at_ms / BUCKET_MS);
  counts.set(spell, (counts.get(spell) ?? 0) + 1);
}
/** The last 12 spells up to now; forgets older ones. */
export function bucketsOf(counts: Map<number, number>, now_ms: number): number[] {
  const newest = Math.floor(now_ms / BUCKET_MS);
  for (const spell of counts.keys()) if (spell <= newest - BUCKETS) counts.delete(spell);
  return Array.from({ length: BUCKETS }, (_, index) => counts.get(newest - BUCKETS + 1 + index) ?? 0);
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
  const [view, setView] = useState<Pick<Live, 'rows' | 'received' | 'buckets' | 'more'>>({
    rows: [], received: 0, buckets: bucketsOf(new Map(), 0), more: false,
  });
  const rows = useRef<LiveRow[]>([]);
  const pending = useRef<LiveRow[]>([]);
  const arrivals = useRef(new Map<number, number>());
  const first_ms = useRef<number | null>(null);
  const received = useRef(0);
  const lastId = useRef('');
  const seen = useSeen();

  useEffect(() => {
    rows.current = [];
    pending.current = [];
    arrivals.current = new Map();
    first_ms.current = null;
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
      pending.current.push({ transfer, arrived_ms: now - made < NEWS_MS ? now : 0 });
      if (pending.current.length > 2 * KEPT_MAX) pending.current = pending.current.slice(-KEPT_MAX);
      countArrival(arrivals.current, Math.min(now, made));
      first_ms.current ??= made;
      received.current += 1;
      dirty = true;
      stale = true;
    };
    // A little of the past first, so that the page is not empty on a quiet day.
    const start = async () => {
      const size = lastId.current === '' ? await client.checkpoint().then((note) => note.size, () => null) : null;
      if (size === null) begin(EVENTS_PATH);
      else {
        if (size <= BACKLOG) first_ms.current = 0;
        begin(`${EVENTS_PATH}?from=${Math.max(0, size - BACKLOG)}`);
      }
    };
    void start();
    let shown = '';
    const paint = setInterval(() => {
      const now = Date.now();
      const buckets = bucketsOf(arrivals.current, now);
      if (!dirty && buckets.join() === shown) return;
      dirty = false;
      shown = buckets.join();
      rows.current = [...pending.current.toReversed(), ...rows.current].slice(0, KEPT_MAX);
      pending.current = [];
      const more = first_ms.current !== null && now - first_ms.current < BUCKET_MS * BUCKETS;
      setView({ rows: rows.current, received: received.current, buckets, more });
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
