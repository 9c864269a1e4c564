import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../src/explorer/i18n/en.json';
import zh from '../src/explorer/i18n/zh-CN.json';
import { translate } from '../src/i18n';
import { APPS, check, faults, KIT, read, repeated } from '../tools/messages.mjs';
import { CHECK_IDS } from '../src/verify/types';

const root = join(import.meta.dirname, '..');

function sourceOf(dir: string): string {
  return readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.includes('keys.gen'))
    .map((name) => readFileSync(join(root, dir, name), 'utf8'))
    .join('\n');
}

describe.each([KIT, ...APPS])('catalogues of %s', (dir) => {
  const catalogues = read(dir);
  it('have the same keys, values and plural forms, and up-to-date key types', () => {
    expect(check(dir, false)).toEqual([]);
  });
  it('have no message that no page uses', () => {
    // Any app may use the kit's words; an app's own are used in that app.
    const source = sourceOf(dir === KIT ? 'src' : dir.slice(0, dir.indexOf('/i18n')));
    const patterns = [...source.matchAll(/`([a-z_]+\.[^`\s]*\$\{[^`]*)`/g)].map(
      (m) => new RegExp(`^${(m[1] ?? '').replace(/[.]/g, '\\.').replace(/\$\{[^}]*\}/g, '[a-z0-9_:.]+')}$`),
    );
    const unused = Object.keys(catalogues.en).filter(
      (key) => !source.includes(`'${key}'`) && !patterns.some((pattern) => pattern.test(key)),
    );
    expect(unused).toEqual([]);
  });
  it('speak of deadlines and complaints with the agreed words', () => {
    for (const text of Object.values(catalogues['zh-CN'])) expect(JSON.stringify(text)).not.toMatch(/时钟|投拆/);
  });
});

describe('catalogues', () => {
  it('are compared: a missing key, another value, a missing plural form, a key of the kit', () => {
    const { 'nav.overview': _gone, ...less } = zh;
    expect(faults({ en, 'zh-CN': less })).toEqual(['zh-CN: nav.overview is missing']);
    expect(faults({ en, 'zh-CN': { ...zh, 'sign_in.title': '{x}' } })).toHaveLength(1);
    expect(faults({ en: { ...en, 'past.seq': { other: '{count}' } }, 'zh-CN': zh })).toHaveLength(1);
    expect(repeated(read(KIT).en, { 'action.close': 'Shut' })).toEqual(['action.close']);
  });
  it('name every check of a proof', () => {
    for (const id of CHECK_IDS) {
      expect(en).toHaveProperty([`check.${id}.title`]);
      expect(en).toHaveProperty([`check.${id}.proves`]);
    }
  });
});

describe('translate', () => {
  it('chooses the plural form and fills in values', () => {
    expect(translate(en, 'en', 'past.seq', { count: 1 })).toBe('After 1 entry');
    expect(translate(en, 'en', 'past.seq', { count: 1234 })).toBe('After 1,234 entries');
    expect(translate(zh, 'zh-CN', 'past.seq', { count: 1 })).toBe('共 1 笔分录之后');
  });
  it('throws for a key that is not there', () => {
    expect(() => translate(en, 'en', 'no.such.key')).toThrow(/no\.such\.key/);
  });
});
