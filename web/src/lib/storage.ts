/* Web storage that may be blocked: reading then gives null and writing does nothing. */

export function readStored(key: string, store: 'local' | 'session' = 'local'): string | null {
  try {
    return (store === 'local' ? localStorage : sessionStorage).getItem(key);
  } catch {
    return null;
  }
}

/** null removes. */
export function writeStored(key: string, value: string | null, store: 'local' | 'session' = 'local') {
  try {
    const area = store === 'local' ? localStorage : sessionStorage;
    if (value === null) area.removeItem(key);
    else area.setItem(key, value);
  } catch {
    /* Blocked or full: the choice lasts as long as the page. */
  }
}
