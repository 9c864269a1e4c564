/* Checking Ed25519 signatures (RFC 8032) with whole numbers, for browsers without crypto.subtle. As
 * strict as libsodium: a canonical S, canonical points, no point of small order. Nothing here is
 * secret, so nothing needs constant time. A document has a handful of signatures: about ten
 * milliseconds each. */
import { byteAt, concat, equalBytes } from './bytes';
import { sha512 } from './sha512';

const P = (1n << 255n) - 19n;
const L = (1n << 252n) + 27742317777372353535851937790883648493n;

const mod = (x: bigint): bigint => {
  const r = x % P;
  return r < 0n ? r + P : r;
};

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = mod(base);
  for (let e = exponent; e > 0n; e >>= 1n) {
    if ((e & 1n) === 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

const D = mod(-121665n * power(121666n, P - 2n));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n);

/* Extended coordinates: x = X/Z, y = Y/Z, xy = T/Z. */
interface Point {
  readonly X: bigint;
  readonly Y: bigint;
  readonly Z: bigint;
  readonly T: bigint;
}
const ZERO: Point = { X: 0n, Y: 1n, Z: 1n, T: 0n };

function add(p: Point, q: Point): Point {
  const a = mod((p.Y - p.X) * (q.Y - q.X));
  const b = mod((p.Y + p.X) * (q.Y + q.X));
  const c = mod(2n * p.T * q.T * D);
  const d = mod(2n * p.Z * q.Z);
  const e = b - a;
  const f = d - c;
  const g = d + c;
  const h = b + a;
  return { X: mod(e * f), Y: mod(g * h), Z: mod(f * g), T: mod(e * h) };
}

function multiply(p: Point, scalar: bigint): Point {
  let result = ZERO;
  let double = p;
  for (let s = scalar; s > 0n; s >>= 1n) {
    if ((s & 1n) === 1n) result = add(result, double);
    double = add(double, double);
  }
  return result;
}

const isZero = (p: Point): boolean => p.X === 0n && p.Y === p.Z;
const hasSmallOrder = (p: Point): boolean => isZero(multiply(p, 8n));

function littleEndian(data: Uint8Array): bigint {
  let value = 0n;
  for (let i = data.length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(byteAt(data, i));
  return value;
}

function decode(data: Uint8Array): Point | undefined {
  const raw = littleEndian(data);
  const sign = raw >> 255n;
  const y = raw & ((1n << 255n) - 1n);
  if (y >= P) return undefined;
  const u = mod(y * y - 1n);
  const v = mod(D * y * y + 1n);
  let x = mod(u * v ** 3n * power(mod(u * v ** 7n), (P - 5n) / 8n));
  if (mod(v * x * x) !== u) x = mod(x * ROOT_OF_MINUS_ONE);
  if (mod(v * x * x) !== u || (x === 0n && sign === 1n)) return undefined;
  if ((x & 1n) !== sign) x = mod(-x);
  return { X: x, Y: y, Z: 1n, T: mod(x * y) };
}

function encode(p: Point): Uint8Array {
  const inverse = power(p.Z, P - 2n);
  const x = mod(p.X * inverse);
  let value = mod(p.Y * inverse) | ((x & 1n) << 255n);
  const data = new Uint8Array(32);
  for (let i = 0; i < 32; i += 1) {
    data[i] = Number(value & 0xffn);
    value >>= 8n;
  }
  return data;
}

const BASE_Y = mod(4n * power(5n, P - 2n));
const BASE = decode(encode({ X: 0n, Y: BASE_Y, Z: 1n, T: 0n })) ?? ZERO;

export function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  const r = signature.slice(0, 32);
  const s = littleEndian(signature.slice(32));
  const A = decode(key);
  const R = decode(r);
  if (s >= L || A === undefined || R === undefined || hasSmallOrder(A) || hasSmallOrder(R)) return false;
  const h = littleEndian(sha512(concat(r, key, message))) % L;
  const minusA: Point = { X: mod(-A.X), Y: A.Y, Z: A.Z, T: mod(-A.T) };
  return equalBytes(encode(add(multiply(BASE, s), multiply(minusA, h))), r);
}
