/* Filters live in the address, so that a view can be shared and the back button works. */
import { useCallback, useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

export function useSearchParams<K extends string>(names: readonly K[]): [Record<K, string>, (change: Partial<Record<K, string>>) => void] {
  const search = useSearch();
  const [path, go] = useLocation();
  const values = useMemo(() => {
    const params = new URLSearchParams(search);
    return Object.fromEntries(names.map((name) => [name, params.get(name) ?? ''])) as Record<K, string>;
  }, [search, names]);
  const change = useCallback(
    (changes: Partial<Record<K, string>>) => {
      const params = new URLSearchParams(search);
      for (const [name, value] of Object.entries(changes) as [K, string][]) {
        if (value === '') params.delete(name);
        else params.set(name, value);
      }
      go(params.size > 0 ? `${path}?${params}` : path, { replace: true });
    },
    [search, path, go],
  );
  return [values, change];
}
