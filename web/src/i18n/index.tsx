/* Messages in two languages, switched without reload.
 *
 * A message is a string with {values}, or an object of plural forms chosen by Intl.PluralRules on
 * `count`. Keys and values are typed from en.json (keys.gen.ts); the two catalogues are compared by
 * tools/messages.mjs and by a test, so a missing key never reaches a person. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { MessageKey, Messages } from './keys.gen';
import { readStored, writeStored } from '../lib/storage';
import en from './en.json?url';
import zh from './zh-CN.json?url';

export type { MessageKey } from './keys.gen';
export const LANGS = ['zh-CN', 'en'] as const;
export type Lang = (typeof LANGS)[number];
export type Catalogue = Record<string, string | Record<string, string>>;

type Values<K extends MessageKey> = Messages[K];
/** Keys of messages that need no values. */
export type PlainKey = { [K in MessageKey]: Messages[K] extends null ? K : never }[MessageKey];
export interface Translate {
  <K extends MessageKey>(...args: Values<K> extends null ? [key: K] : [key: K, values: Values<K>]): string;
}

const FILES: Record<Lang, string> = { en, 'zh-CN': zh };

export async function loadCatalogue(lang: Lang): Promise<Catalogue> {
  const response = await fetch(FILES[lang]);
  if (!response.ok) throw new Error(`no catalogue for ${lang}`);
  return (await response.json()) as Catalogue;
}

export function preferredLang(): Lang {
  const stored = readStored('jn.lang');
  if (stored === 'en' || stored === 'zh-CN') return stored;
  for (const tag of navigator.languages ?? [navigator.language]) {
    if (tag.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (tag.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}

const rules: Record<Lang, Intl.PluralRules> = {
  en: new Intl.PluralRules('en'),
  'zh-CN': new Intl.PluralRules('zh-CN'),
};

/** The text of a message; throws for a key that the catalogue does not have. */
export function translate(
  catalogue: Catalogue,
  lang: Lang,
  key: string,
  values?: Record<string, string | number> | null,
): string {
  const message = catalogue[key];
  if (message === undefined) throw new Error(`no message ${key} in ${lang}`);
  let text: string;
  if (typeof message === 'string') {
    text = message;
  } else {
    const form = rules[lang].select(Number(values?.['count'] ?? 0));
    text = message[form] ?? message['other'] ?? '';
  }
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values?.[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? value.toLocaleString(lang) : value;
  });
}

interface I18n {
  lang: Lang;
  t: Translate;
  /** True if the catalogue has this key: for codes that the server may add before we name them. */
  has(key: string): key is MessageKey;
  setLang(lang: Lang): void;
}
const Context = createContext<I18n | null>(null);

export function I18nProvider(props: { lang: Lang; catalogue: Catalogue; children: ReactNode }) {
  const [state, setState] = useState({ lang: props.lang, catalogue: props.catalogue });
  const { lang, catalogue } = state;

  useEffect(() => {
    document.documentElement.lang = lang;
  }, [lang]);

  const setLang = useCallback((next: Lang) => {
    writeStored('jn.lang', next);
    const change = async () => setState({ lang: next, catalogue: await loadCatalogue(next) });
    void change();
  }, []);

  const value = useMemo<I18n>(
    () => ({
      lang,
      t: ((key: string, values?: Record<string, string | number>) =>
        translate(catalogue, lang, key, values)) as Translate,
      has: (key: string): key is MessageKey => key in catalogue,
      setLang,
    }),
    [lang, catalogue, setLang],
  );
  return <Context.Provider value={value}>{props.children}</Context.Provider>;
}

export function useI18n(): I18n {
  const value = useContext(Context);
  if (value === null) throw new Error('useI18n outside I18nProvider');
  return value;
}
export function useT(): Translate {
  return useI18n().t;
}
