import * as api from '../../../generated/api';
import { useAnswer } from '../kit/load';

/** What the person can show beside the password. */
export function useFactors() {
  return useAnswer(['factors'], api.meFactorsGet());
}
