/* Typed identifiers as text: prefix, underscore, 13 Crockford base32 digits (see core/ids.h). */

const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

export function isId(prefix: string, text: string): boolean {
  return text.startsWith(`${prefix}_`) && /^[0-7][0-9a-hjkmnp-tv-z]{12}$/.test(text.slice(prefix.length + 1));
}

/** A fresh time-ordered id: 42 bits of milliseconds, then random bits where the server has its node
 * and counter. Drawn once per form, so that sending again can never post twice. */
export function drawId(prefix: string, now_ms: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  let value = (BigInt(now_ms) << 21n) | BigInt(random & 0x1fffff);
  let text = '';
  for (let i = 0; i < 13; i++) {
    text = DIGITS.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return `${prefix}_${text}`;
}

/** UUID version 7 (RFC 9562): time-ordered, as the server likes its idempotency keys. */
export function uuid7(now_ms: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let rest = now_ms;
  for (let i = 5; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** "acc_01hq…5w8x": enough to recognise, never enough to copy by hand by mistake. */
export function shortId(id: string): string {
  const cut = id.indexOf('_');
  const digits = id.slice(cut + 1);
  return digits.length <= 8 ? id : `${id.slice(0, cut + 1)}…${digits.slice(-7)}`;
}
