/* The words of the console, together with those of the kit. */
import { useI18n as useAny } from '../../i18n';
import type { Files, I18nOf, PlainKeyOf, TranslateOf } from '../../i18n';
import type { Messages as Kit } from '../../i18n/keys.gen';
import type { Messages as Own } from './keys.gen';
import en from './en.json?url';
import zh from './zh-CN.json?url';

type All = Kit & Own;
export type PlainKey = PlainKeyOf<All>;
export type Translate = TranslateOf<All>;
export const FILES: Files = { en, 'zh-CN': zh };

export const useI18n = useAny as () => I18nOf<All>;
export function useT(): Translate {
  return useI18n().t;
}
