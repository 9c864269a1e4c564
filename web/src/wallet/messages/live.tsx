/* New messages, as they arrive: one stream while the page is seen; whatever shows messages is asked
 * again. */
import { useEffect, useSyncExternalStore } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import * as api from '../../../generated/api';
import { openStream } from '../../lib/sse';
import { useAsk, useAskHeaders } from '../session/ask';

const EVENTS = '/v1/me/messages/events';

function subscribeSeen(callback: () => void) {
  document.addEventListener('visibilitychange', callback);
  return () => document.removeEventListener('visibilitychange', callback);
}

/** Keeps the count of unread messages current; null while it is not known. */
export function useUnread(signedIn: boolean): number | null {
  const ask = useAsk();
  const headers = useAskHeaders();
  const queries = useQueryClient();
  const seen = useSyncExternalStore(subscribeSeen, () => !document.hidden);
  const { data } = useQuery({
    queryKey: ['messages', 'unread'],
    queryFn: async () => (await ask(api.meMessagesGet({ limit: 1 }))).unread,
    enabled: signedIn,
  });
  useEffect(() => {
    if (!signedIn || !seen) return undefined;
    return openStream({
      url: EVENTS,
      headers,
      onEvent: () => void queries.invalidateQueries({ queryKey: ['messages'] }),
      onState: () => undefined,
    });
  }, [signedIn, seen, headers, queries]);
  return data ?? null;
}
