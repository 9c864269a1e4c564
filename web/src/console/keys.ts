/* Single keys: J and K walk the rows of the list on screen, ? shows the sheet. They can be turned off,
 * and never act while somebody types. */
import { useEffect, useState } from 'react';
import { readStored, writeStored } from '../lib/storage';

const SETTING = 'jn.console.keys';

export function keysAreOn(): boolean {
  return readStored(SETTING) !== 'off';
}
export function turnKeys(on: boolean) {
  writeStored(SETTING, on ? null : 'off');
}
function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
/** Moves the focus to the next or the previous of `[data-row]` on the page. */
function walk(by: 1 | -1) {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))];
  next?.focus();
}

export function useKeys(): { sheet: boolean; setSheet(open: boolean): void } {
  const [sheet, setSheet] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!keysAreOn() || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === 'j') walk(1);
      else if (event.key === 'k') walk(-1);
      else if (event.key === '?') setSheet(true);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return { sheet, setSheet };
}
