/* The confirmation that a problem carries, and what is sent to complete it. */
import * as api from '../../../generated/api';
import type { Confirmation, ConfirmationFactor as Factor } from '../../../generated/api';
import type { ApiError } from '../../api/http';
import { signWithPasskey } from '../session/passkey';
import type { Ask } from '../session/ask';

export type { Confirmation, ConfirmationFactor as Factor } from '../../../generated/api';

/** null when a problem has none: then it is shown as it is. */
export function readConfirmation(problem: ApiError): Confirmation | null {
  const found = problem.body['confirmation'];
  return typeof found === 'object' && found !== null && 'ways' in found ? (found as Confirmation) : null;
}
/** What is still to be shown of a way, in its order. */
export function leftOf(way: readonly Factor[], given: readonly Factor[]): Factor[] {
  return way.filter((factor) => !given.includes(factor));
}
/** The first way that the person can complete, the shortest of them; -1: none. */
export function bestWay(confirmation: Confirmation): number {
  let best = -1;
  let fewest = Infinity;
  for (const [at, way] of confirmation.ways.entries()) {
    const count = leftOf(way.factors, confirmation.given).length;
    if (way.possible && count < fewest) [best, fewest] = [at, count];
  }
  return best;
}

export async function sendCode(ask: Ask, { id }: Confirmation): Promise<{ again_ms: number }> {
  const sent = await ask(api.confirmationsIdCodeSendPost({ confirmation_id: id }, {}));
  return { again_ms: Date.parse(sent.again_at) };
}
/** One factor; the answer says what is left. */
export async function showFactor(ask: Ask, { id }: Confirmation, factor: Factor, typed: string): Promise<Confirmation> {
  const at = { confirmation_id: id };
  switch (factor) {
    case 'pin':
      return ask(api.confirmationsIdPinPost(at, { pin: typed }));
    case 'totp':
      return ask(api.confirmationsIdTotpPost(at, { code: typed }));
    case 'code':
      return ask(api.confirmationsIdCodePost(at, { code: typed }));
    case 'password':
      return ask(api.confirmationsIdPasswordPost(at, { password: typed }));
    case 'passkey':
      return ask(api.confirmationsIdPasskeyPost(at, await signWithPasskey(await ask(api.confirmationsIdPasskeyOptionsPost(at, {})))));
  }
}
