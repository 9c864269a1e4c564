/* SHA-256 (FIPS 180-4), without crypto.subtle: that is missing on plain HTTP, and a promise for each
 * of a statement's many small hashes costs more than the hash. */

const K = new Int32Array(64);
const START = new Int32Array(8);

/* The first 32 bits of the fractional parts of roots of the first primes, computed exactly: the
 * integer root of p * 2^(32 * n) mod 2^32. */
function rootBits(prime: bigint, degree: bigint): number {
  const target = prime << (32n * degree);
  let low = 0n;
  let high = 1n << 40n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** degree <= target) low = middle;
    else high = middle - 1n;
  }
  return Number(BigInt.asIntN(32, low));
}

function fillConstants(): void {
  let count = 0;
  for (let candidate = 2n; count < 64; candidate += 1n) {
    let prime = true;
    for (let d = 2n; d * d <= candidate; d += 1n) {
      if (candidate % d === 0n) prime = false;
    }
    if (!prime) continue;
    K[count] = rootBits(candidate, 3n);
    if (count < 8) START[count] = rootBits(candidate, 2n);
    count += 1;
  }
}
fillConstants();

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));
const W = new Int32Array(64);

function compress(state: Int32Array, view: DataView, offset: number): void {
  for (let i = 0; i < 16; i += 1) W[i] = view.getInt32(offset + 4 * i);
  for (let i = 16; i < 64; i += 1) {
    const x = W[i - 15] ?? 0;
    const y = W[i - 2] ?? 0;
    const s0 = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3);
    const s1 = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10);
    W[i] = ((W[i - 16] ?? 0) + s0 + (W[i - 7] ?? 0) + s1) | 0;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i += 1) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] ?? 0) + (W[i] ?? 0)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => {
    state[i] = ((state[i] ?? 0) + value) | 0;
  });
}

export function sha256(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array(((data.length + 72) >> 6) << 6);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(data.length / 0x2000_0000));
  view.setUint32(padded.length - 4, (data.length << 3) >>> 0);
  const state = Int32Array.from(START);
  for (let offset = 0; offset < padded.length; offset += 64) compress(state, view, offset);
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  state.forEach((word, i) => out.setInt32(4 * i, word));
  return digest;
}
