/* Messages in two languages, switched without reload.
 *
 * A message is a string with {values}, or an object of plural forms chosen by Intl.PluralRules on
 * `count`. The words of the kit are in this directory; each app has its own beside them (i18n/ of the
 * app), fetched together, so that nobody loads another app's words. Keys and values are typed from
 * en.json (keys.gen.ts); the two languages are compared by tools/messages.mjs and by a test, so a
 * missing key never reaches a person. */
import { createContext, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { ReactNode } from 'react';
import type { Messages as KitMessages } from './keys.gen';
import { readStored, writeStored } from '../lib/storage';
import en from './en.json?url';
import zh from './zh-CN.json?url';

export const LANGS = ['zh-CN', 'en'] as const;
export type Lang = (typeof LANGS)[number];
export type Catalogue = Record<string, string | Record<string, string>>;
/** Where an app's own messages are. */
export type Files = Record<Lang, string>;

/** Keys of messages that need no values. */
export type PlainKeyOf<M> = { [K in keyof M]: M[K] extends null ? K : never }[keyof M] & string;
export interface TranslateOf<M> {
  <K extends keyof M & string>(...args: M[K] extends null ? [key: K] : [key: K, values: M[K]]): string;
}

const KIT: Files = { en, 'zh-CN': zh };

async function loadFile(url: string): Promise<Catalogue> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`no catalogue at ${url}`);
  return (await response.json()) as Catalogue;
}
/** The messages of some files, over each other. */
async function loadAll(all: readonly Files[], lang: Lang): Promise<Catalogue> {
  const parts = await Promise.all(all.map((files) => loadFile(files[lang])));
  return Object.assign({}, ...parts) as Catalogue;
}

/** The messages that an app has loaded: the kit's and its own at the start, those of a group of pages
 * when the first of them is shown. */
export class Words {
  private readonly all: Files[];
  private readonly listeners = new Set<() => void>();
  private state: { lang: Lang; catalogue: Catalogue };

  private constructor(all: Files[], lang: Lang, catalogue: Catalogue) {
    this.all = all;
    this.state = { lang, catalogue };
  }
  static async load(files: Files, lang: Lang): Promise<Words> {
    const all = [KIT, files];
    page = new Words(all, lang, await loadAll(all, lang));
    return page;
  }
  static of(lang: Lang, catalogue: Catalogue): Words {
    return new Words([], lang, catalogue);
  }
  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
  readonly now = () => this.state;
  private set(state: { lang: Lang; catalogue: Catalogue }) {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
  async add(files: Files): Promise<void> {
    if (this.all.includes(files)) return;
    let { lang } = this.state;
    let part = await loadFile(files[lang]);
    // The language may have changed meanwhile.
    while (lang !== this.state.lang) {
      ({ lang } = this.state);
      part = await loadFile(files[lang]);
    }
    if (!this.all.includes(files)) this.all.push(files);
    this.set({ lang, catalogue: { ...this.state.catalogue, ...part } });
  }
  async setLang(lang: Lang): Promise<void> {
    writeStored('jn.lang', lang);
    this.set({ lang, catalogue: await loadAll(this.all, lang) });
  }
}

/** The words of this page, once they are loaded: pages that come later add theirs. */
let page: Words | null = null;
export async function addWords(files: Files): Promise<void> {
  await page?.add(files);
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

export interface I18nOf<M> {
  lang: Lang;
  t: TranslateOf<M>;
  /** True if the catalogue has this key: for codes that the server may add before we name them. */
  has(key: string): key is keyof M & string;
  setLang(lang: Lang): void;
}
const Context = createContext<I18nOf<KitMessages> | null>(null);

export function I18nProvider({ words, children }: { words: Words; children: ReactNode }) {
  const { lang, catalogue } = useSyncExternalStore(words.subscribe, words.now);

  useEffect(() => {
    document.documentElement.lang = lang;
  }, [lang]);

  const value = useMemo<I18nOf<KitMessages>>(
    () => ({
      lang,
      t: ((key: string, values?: Record<string, string | number>) =>
        translate(catalogue, lang, key, values)) as TranslateOf<KitMessages>,
      has: (key: string): key is keyof KitMessages => key in catalogue,
      setLang: (next) => void words.setLang(next),
    }),
    [lang, catalogue, words],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

/** As the kit sees it; an app's own i18n/index.ts gives the same with the app's keys. */
export function useI18n(): I18nOf<KitMessages> {
  const value = useContext(Context);
  if (value === null) throw new Error('useI18n outside I18nProvider');
  return value;
}
export function useT(): TranslateOf<KitMessages> {
  return useI18n().t;
}
