/* Passkeys through the browser, with words for what can go wrong. The library is a chunk of its own:
 * most visits need no passkey. */
import type { PasskeyAsk, PasskeyAssertion, PasskeyOptions } from '../../../generated/api';
import type { PlainKey } from '../i18n';

/** What the browser refused, as a message. */
export class PasskeyRefused extends Error {
  readonly words: PlainKey;
  constructor(words: PlainKey) {
    super(words);
    this.name = 'PasskeyRefused';
    this.words = words;
  }
}

function refusal(cause: unknown): PasskeyRefused {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'InvalidStateError') return new PasskeyRefused('passkey.fault.there');
  if (name === 'NotAllowedError' || name === 'AbortError') return new PasskeyRefused('passkey.fault.given_up');
  return new PasskeyRefused('passkey.fault.device');
}

export function canUsePasskeys(): boolean {
  return typeof window.PublicKeyCredential === 'function';
}

const library = () => import('@simplewebauthn/browser');
const keys = (ids: readonly string[]) => ids.map((id) => ({ id, type: 'public-key' as const }));

export interface MadePasskey {
  client_data: string;
  attestation: string;
}
/** Makes a passkey on this device. */
export async function makePasskey(asked: PasskeyOptions): Promise<MadePasskey> {
  const { startRegistration } = await library();
  try {
    const { response } = await startRegistration({
      optionsJSON: {
        challenge: asked.challenge,
        rp: { id: asked.rp_id, name: asked.rp_name },
        user: { id: asked.user_handle, name: asked.user_name, displayName: asked.user_name },
        pubKeyCredParams: asked.algorithms.map((alg) => ({ type: 'public-key', alg })),
        excludeCredentials: keys(asked.exclude_ids),
        timeout: 300_000,
        attestation: 'none',
        authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
      },
    });
    return { client_data: response.clientDataJSON, attestation: response.attestationObject };
  } catch (cause) {
    throw refusal(cause);
  }
}
/** Signs what was asked with a passkey of this device; with no ids, whichever the person chooses. */
export async function signWithPasskey(asked: PasskeyAsk): Promise<PasskeyAssertion> {
  const { startAuthentication } = await library();
  try {
    const { id, response } = await startAuthentication({
      optionsJSON: {
        challenge: asked.challenge,
        rpId: asked.rp_id,
        timeout: asked.timeout_ms,
        userVerification: 'required',
        allowCredentials: keys(asked.credential_ids),
      },
    });
    return {
      credential_id: id,
      client_data: response.clientDataJSON,
      authenticator_data: response.authenticatorData,
      signature: response.signature,
    };
  } catch (cause) {
    throw refusal(cause);
  }
}
