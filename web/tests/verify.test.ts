import { readFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { utf8 } from '../src/verify/bytes';
import { verifyEd25519 } from '../src/verify/ed25519';
import { verifier } from '../src/verify';
import { parseJson } from '../src/verify/json';
import { sha256 } from '../src/verify/sha256';
import { sha512 } from '../src/verify/sha512';
import type { Facts } from '../src/verify/types';

interface Vector {
  name: string;
  kind: string;
  keys: string[];
  failed: string | null;
  text: string;
  facts?: Record<string, number | string>;
}
const path = join(import.meta.dirname, '../../tests/vectors/verify.json');
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vector[];

describe('documents, as the C program reads them', () => {
  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', async (_name, vector) => {
    const report = await verifier.verifyDocument(vector.text, vector.keys);
    const failed = report.checks.find((check) => check.outcome === 'failed');
    expect(failed?.id ?? null, failed?.detail).toBe(vector.failed);
    expect(report.ok).toBe(vector.failed === null);
    if (vector.facts !== undefined) {
      expect(report.kind).toBe(vector.kind === 'consistency' ? 'checkpoint' : vector.kind);
      expect(report.facts.log_origin).toBe(vector.facts['log_origin']);
      const told = report.facts as Record<string, Facts[keyof Facts]>;
      for (const [name, value] of Object.entries(vector.facts)) {
        if (told[name] !== undefined) expect(told[name], name).toBe(value);
      }
    }
  });

  it('never throws, whatever is cut off or put in', async () => {
    const whole = vectors.find((vector) => vector.name === 'statement_empty');
    for (let length = 0; length < (whole?.text.length ?? 0) - 1; length += 17) {
      const report = await verifier.verifyDocument(whole?.text.slice(0, length) ?? '', whole?.keys ?? []);
      expect(report.ok).toBe(false);
    }
    for (const text of ['\u0000', '{}', '[]', '{"format":"jinnang-statement-v1"}\n{}', '{'.repeat(5000)]) {
      expect((await verifier.verifyDocument(text, ['nonsense'])).ok).toBe(false);
    }
  });

  it('compares two checkpoints by a path', async () => {
    const consistency = vectors.find((vector) => vector.name === 'consistency');
    const document = JSON.parse(consistency?.text ?? '{}') as { old: string; new: string; proof: string[] };
    const good = await verifier.verifyConsistency(document.old, document.new, document.proof, consistency?.keys ?? []);
    expect(good.checks.filter((check) => check.outcome !== 'passed')).toEqual([]);
    const bad = await verifier.verifyConsistency(document.new, document.old, document.proof, consistency?.keys ?? []);
    expect(bad.ok).toBe(false);
    const short = await verifier.verifyConsistency(document.old, document.new, document.proof.slice(1), consistency?.keys ?? []);
    expect(short.checks.find((check) => check.outcome === 'failed')?.id).toBe('consistency');
  });
});

describe('hashes', () => {
  it('agree with another implementation at every length up to three blocks', () => {
    for (let length = 0; length < 400; length += 1) {
      const data = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);
      expect(Buffer.from(sha256(data)).toString('hex')).toBe(createHash('sha256').update(data).digest('hex'));
    }
    for (let length = 0; length < 300; length += 13) {
      const data = Uint8Array.from({ length }, (_, i) => (i * 5 + length) & 0xff);
      expect(Buffer.from(sha512(data)).toString('hex')).toBe(createHash('sha512').update(data).digest('hex'));
    }
  });
});

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('signatures', () => {
  /* RFC 8032 section 7.1, tests 1 to 3. */
  const known = [
    ['d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', '', 'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'],
    ['3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', '72', '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'],
    ['fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025', 'af82', '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'],
  ] as const;

  it('are those of the standard', () => {
    for (const [key, message, signature] of known) {
      expect(verifyEd25519(hex(key), hex(message), hex(signature))).toBe(true);
      expect(verifyEd25519(hex(key), hex(`${message}00`), hex(signature))).toBe(false);
      for (const index of [0, 31, 32, 63]) {
        const changed = hex(signature);
        changed[index] = (changed[index] ?? 0) ^ 1;
        expect(verifyEd25519(hex(key), hex(message), changed)).toBe(false);
      }
    }
  });

  it('are refused when S is not reduced, or a point has a small order', () => {
    const [key, message, signature] = known[0];
    const s = Buffer.from(signature.slice(64), 'hex').reverse().toString('hex');
    const more = (BigInt(`0x${s}`) + (1n << 252n) + 27742317777372353535851937790883648493n).toString(16).padStart(64, '0');
    const big = signature.slice(0, 64) + Buffer.from(more, 'hex').reverse().toString('hex');
    expect(verifyEd25519(hex(key), hex(message), hex(big))).toBe(false);
    const identity = `01${'00'.repeat(31)}`;
    expect(verifyEd25519(hex(identity), utf8('x'), hex(identity + '00'.repeat(32)))).toBe(false);
  });
});

describe('JSON', () => {
  it('is read strictly', () => {
    expect(parseJson(' {"a":[1,-2,"\\u4e2d",null,true]} ')).toEqual({ a: [1, -2, '中', null, true] });
    for (const bad of ['', '{"a":1,"a":1}', '1.0', '1e3', '9007199254740992', '01', '-', '{"a"}', '[1,]', '"\u0001"', '"\\u0000"', 'nul', '1 2']) {
      expect(parseJson(bad), bad).toBeUndefined();
    }
  });
});
