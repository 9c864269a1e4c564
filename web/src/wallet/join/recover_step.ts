/* What the steps of a recovery share. */
import * as api from '../../../generated/api';
import type { Recovery, RecoveryProof } from '../../../generated/api';
import { ApiError } from '../../api/http';
import type { Kept } from '../lib/recovery';
import { useAction } from '../session/action';
import { usePlainAsk } from '../session/ask';

export interface StepProps {
  kept: Kept;
  onTook: (recovery: Recovery) => void;
  /** The server knows it no more. */
  onOver: () => void;
  /** The person begins anew. */
  onOther: () => void;
}

/** Shows one proof; the server's answer says what is next. */
export function useProof({ kept, onTook, onOver }: StepProps) {
  const plain = usePlainAsk();
  return useAction(async (input: { proof: RecoveryProof; code: string }) => {
    try {
      onTook(await plain(api.recoveriesIdProofsPost({ recovery_id: kept.id }, { secret: kept.secret, ...input })));
    } catch (cause) {
      if (!(cause instanceof ApiError) || cause.code !== 'recovery_not_found') throw cause;
      onOver();
    }
  });
}
