/* Bytes: hex, base64 and the fixed-width integers that records are made of. Strict: one text for one
 * value, anything else is undefined. */

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

export const byteAt = (data: Uint8Array, index: number): number => data[index] ?? 0;

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const toHex = (data: Uint8Array): string =>
  Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');

export function fromHex(text: string, length: number): Uint8Array | undefined {
  if (text.length !== 2 * length || !/^[0-9a-fA-F]*$/u.test(text)) return undefined;
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

/* RFC 4648 section 4, with padding and without spare bits. */
export function fromBase64(text: string): Uint8Array | undefined {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u.test(text)) return undefined;
  const binary = atob(text);
  const data = Uint8Array.from(binary, (c) => c.codePointAt(0) ?? 0);
  return toBase64(data) === text ? data : undefined;
}

export const toBase64 = (data: Uint8Array): string =>
  btoa(Array.from(data, (byte) => String.fromCodePoint(byte)).join(''));

/* A typed id: prefix, underscore, 13 digits of Crockford's base 32 in lower case. 0n is never one. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

export function parseId(text: string, prefix: string): bigint | undefined {
  if (text.length !== prefix.length + 14 || !text.startsWith(`${prefix}_`)) return undefined;
  let value = 0n;
  for (const c of text.slice(prefix.length + 1)) {
    const digit = DIGITS.indexOf(c);
    if (digit < 0) return undefined;
    value = value * 32n + BigInt(digit);
  }
  return value > 0n && value < 1n << 63n ? value : undefined;
}

/* A decimal integer of 64 bits as the server writes it: no leading zeros, no "-0". */
export function parseI64(text: string): bigint | undefined {
  if (!/^(?:0|-?[1-9][0-9]{0,18})$/u.test(text)) return undefined;
  const value = BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
