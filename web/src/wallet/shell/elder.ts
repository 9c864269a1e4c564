/* 长辈版: larger type and fewer things at once. A choice of this browser, like the theme. */
import { readStored, writeStored } from '../../lib/storage';

const STORED = 'jn.elder';

export function elderMode(): boolean {
  return readStored(STORED) === '1';
}
export function applyElderMode(on: boolean = elderMode()) {
  if (on) document.documentElement.dataset['elder'] = '';
  else delete document.documentElement.dataset['elder'];
}
export function setElderMode(on: boolean) {
  writeStored(STORED, on ? '1' : null);
  applyElderMode(on);
}
