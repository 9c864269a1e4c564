/* SHA-512 (FIPS 180-4) on whole numbers: only Ed25519 needs it, a few times a document. */

const MASK = (1n << 64n) - 1n;
const K: bigint[] = [];
const START: bigint[] = [];

function rootBits(prime: bigint, degree: bigint): bigint {
  const target = prime << (64n * degree);
  let low = 0n;
  let high = 1n << 72n;
  while (low < high) {
    const middle = (low + high + 1n) >> 1n;
    if (middle ** degree <= target) low = middle;
    else high = middle - 1n;
  }
  return low & MASK;
}

function fillConstants(): void {
  for (let candidate = 2n; K.length < 80; candidate += 1n) {
    let prime = true;
    for (let d = 2n; d * d <= candidate; d += 1n) {
      if (candidate % d === 0n) prime = false;
    }
    if (!prime) continue;
    if (START.length < 8) START.push(rootBits(candidate, 2n));
    K.push(rootBits(candidate, 3n));
  }
}

const rotate = (x: bigint, n: bigint): bigint => ((x >> n) | (x << (64n - n))) & MASK;

function compress(state: bigint[], view: DataView, offset: number): void {
  const w: bigint[] = [];
  for (let i = 0; i < 16; i += 1) w.push(view.getBigUint64(offset + 8 * i));
  for (let i = 16; i < 80; i += 1) {
    const x = w[i - 15] ?? 0n;
    const y = w[i - 2] ?? 0n;
    const s0 = rotate(x, 1n) ^ rotate(x, 8n) ^ (x >> 7n);
    const s1 = rotate(y, 19n) ^ rotate(y, 61n) ^ (y >> 6n);
    w.push(((w[i - 16] ?? 0n) + s0 + (w[i - 7] ?? 0n) + s1) & MASK);
  }
  let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state;
  for (let i = 0; i < 80; i += 1) {
    const s1 = rotate(e, 14n) ^ rotate(e, 18n) ^ rotate(e, 41n);
    const t1 = (h + s1 + ((e & f) ^ (~e & MASK & g)) + (K[i] ?? 0n) + (w[i] ?? 0n)) & MASK;
    const s0 = rotate(a, 28n) ^ rotate(a, 34n) ^ rotate(a, 39n);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) & MASK;
    h = g;
    g = f;
    f = e;
    e = (d + t1) & MASK;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) & MASK;
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => {
    state[i] = ((state[i] ?? 0n) + value) & MASK;
  });
}

export function sha512(data: Uint8Array): Uint8Array {
  if (K.length === 0) fillConstants();
  const padded = new Uint8Array(((data.length + 144) >> 7) << 7);
  padded.set(data);
  padded[data.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, BigInt(data.length) * 8n);
  const state = [...START];
  for (let offset = 0; offset < padded.length; offset += 128) compress(state, view, offset);
  const digest = new Uint8Array(64);
  const out = new DataView(digest.buffer);
  state.forEach((word, i) => out.setBigUint64(8 * i, word));
  return digest;
}
