/* The proof checker, a chunk of its own: fetched when the first proof is looked at. */
import type { Verifier } from '../../verify/types';

export function loadVerifier(): Promise<Verifier> {
  return import('../../verify');
}
