/* The words of the wallet: those of the first load, and two groups that come with their pages: `join`
 * (sign-up, recovery) and `more` (everything behind Me and Security). */
import { useI18n as useAny } from '../../i18n';
import type { Files, I18nOf, PlainKeyOf, TranslateOf } from '../../i18n';
import type { Messages as Kit } from '../../i18n/keys.gen';
import type { Messages as Own } from './keys.gen';
import type { Messages as Join } from './join/keys.gen';
import type { Messages as More } from './more/keys.gen';
import en from './en.json?url';
import zh from './zh-CN.json?url';
import joinEn from './join/en.json?url';
import joinZh from './join/zh-CN.json?url';
import moreEn from './more/en.json?url';
import moreZh from './more/zh-CN.json?url';

export type { Lang } from '../../i18n';
type All = Kit & Own & Join & More;
export type MessageKey = keyof All;
export type PlainKey = PlainKeyOf<All>;
export type Translate = TranslateOf<All>;
export const FILES: Files = { en, 'zh-CN': zh };
export const JOIN: Files = { en: joinEn, 'zh-CN': joinZh };
export const MORE: Files = { en: moreEn, 'zh-CN': moreZh };

export const useI18n = useAny as () => I18nOf<All>;
export function useT(): Translate {
  return useI18n().t;
}
