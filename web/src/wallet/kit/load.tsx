/* Pages that show what one question answers. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { Call } from '../../../generated/api';
import { useAsk } from '../session/ask';

/** The answer of a call, asked again when the page is seen again. The key begins with what it is about,
 * so that an action can mark it stale. */
export function useAnswer<T>(key: readonly unknown[], call: Call<T>, enabled: boolean = true) {
  const ask = useAsk();
  return useQuery({ queryKey: key, queryFn: () => ask(call), enabled });
}

/** Marks answers stale by the first member of their key. */
export function useStale(): (...about: string[]) => Promise<void> {
  const queries = useQueryClient();
  return useCallback(
    async (...about: string[]) => {
      await Promise.all(about.map((name) => queries.invalidateQueries({ queryKey: [name] })));
    },
    [queries],
  );
}
