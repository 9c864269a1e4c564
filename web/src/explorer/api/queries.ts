/* The questions pages ask, with how long an answer stays fresh. `follows: 'ledger'` marks those that
 * are asked again when the live stream shows that something was posted. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useClient } from '../session';
import type { AccountFilter, EntryFilter, Side } from './model';

const follows = { follows: 'ledger' };

export function useTotals() {
  const client = useClient();
  return useQuery({ queryKey: ['totals'], queryFn: () => client.totals(), meta: follows });
}
export function useChart() {
  const client = useClient();
  return useQuery({ queryKey: ['chart'], queryFn: () => client.chart(), staleTime: Infinity });
}
export function useKindBalances() {
  const client = useClient();
  return useQuery({
    queryKey: ['kind-balances'],
    queryFn: () => client.kindBalances(),
    refetchInterval: 15_000,
  });
}
export function useCheckpoint() {
  const client = useClient();
  return useQuery({
    queryKey: ['checkpoint'],
    queryFn: () => client.checkpoint(),
    refetchInterval: 5000,
    meta: follows,
  });
}
export function useLogKeys() {
  const client = useClient();
  return useQuery({ queryKey: ['log-keys'], queryFn: () => client.logKeys(), staleTime: 60_000 });
}
export function useAccounts(filter: AccountFilter) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ['accounts', filter],
    queryFn: ({ pageParam }) => client.listAccounts(filter, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    meta: follows,
  });
}
export function useAccount(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['account', id],
    queryFn: () => client.getAccount(id),
    enabled: id !== '',
    meta: follows,
  });
}
export function useBalanceAt(id: string, at: string | null) {
  const client = useClient();
  return useQuery({
    queryKey: ['balance-at', id, at],
    queryFn: () => client.balanceAt(id, at ?? ''),
    enabled: at !== null,
  });
}
export function useEntries(id: string, filter: EntryFilter) {
  const client = useClient();
  return useInfiniteQuery({
    queryKey: ['entries', id, filter],
    queryFn: ({ pageParam }) => client.listEntries(id, filter, pageParam),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    meta: follows,
  });
}
export function useTransfer(id: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['transfer', id],
    queryFn: () => client.getTransfer(id),
    staleTime: Infinity,
    enabled: id !== '',
  });
}
export function useHold(id: string, enabled: boolean) {
  const client = useClient();
  return useQuery({
    queryKey: ['hold', id],
    queryFn: () => client.getHold(id),
    enabled,
    meta: follows,
  });
}
export function useReceipt(id: string, side: Side) {
  const client = useClient();
  return useQuery({
    queryKey: ['receipt', id, side],
    queryFn: () => client.receipt(id, side),
    staleTime: Infinity,
  });
}
export function useApiKeys() {
  const client = useClient();
  return useQuery({ queryKey: ['api-keys'], queryFn: () => client.listKeys() });
}
/** The id of the entry after `seq` on an account; null if there is none yet. */
export function useNextEntry(account: string, seq: number, createdAt: string) {
  const client = useClient();
  return useQuery({
    queryKey: ['next-entry', account, seq],
    queryFn: () => client.nextEntry(account, seq, createdAt),
    meta: follows,
  });
}
