/* Countries as people call them. */
import type { Lang } from '../../i18n';

/** "China" for "CN"; null when the place is not known. "local" is a private network. */
export function placeName(place: string, lang: Lang): string | null {
  if (place === 'local') return lang === 'en' ? 'Local network' : '本地网络';
  if (!/^[A-Z]{2}$/.test(place)) return null;
  return new Intl.DisplayNames(lang, { type: 'region', fallback: 'code' }).of(place) ?? place;
}
