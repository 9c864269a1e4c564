/* The proof checker, a chunk of its own: fetched when the first proof is looked at. */
import type { Verifier } from '../verify/types';

const found = import.meta.glob<Verifier>('../verify/index.ts');

export async function loadVerifier(): Promise<Verifier> {
  const load = found['../verify/index.ts'];
  if (load === undefined) throw new Error('this build has no proof checker');
  return load();
}
