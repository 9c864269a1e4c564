/* Instants: RFC 3339 UTC in (microseconds kept as text), the person's own zone out. */
import type { Lang } from '../i18n';

const cache = new Map<string, Intl.DateTimeFormat>();

function formatter(lang: Lang, name: string, options: Intl.DateTimeFormatOptions) {
  const key = `${lang} ${name}`;
  let format = cache.get(key);
  if (format === undefined) {
    format = new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, { hourCycle: 'h23', ...options });
    cache.set(key, format);
  }
  return format;
}

export function formatTime(iso: string, lang: Lang): string {
  return formatter(lang, 'time', {
    year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit',
  }).format(new Date(iso));
}
export function formatClock(iso: string, lang: Lang): string {
  return formatter(lang, 'clock', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(
    new Date(iso),
  );
}
export function formatDay(iso: string, lang: Lang): string {
  return formatter(lang, 'day', { year: 'numeric', month: 'short', day: 'numeric' }).format(new Date(iso));
}

/** "2026-11-22 04:41:12.123456 UTC": exactly what was stored. */
export function formatUtc(iso: string): string {
  return iso.replace('T', ' ').replace(/Z$/, ' UTC');
}

/** "5 seconds ago", "3 分钟前"; `now` and the result are plain milliseconds since 1970. */
export function formatAge(iso: string, now_ms: number, lang: Lang): string {
  const seconds = Math.round((Date.parse(iso) - now_ms) / 1000);
  const steps: [number, Intl.RelativeTimeFormatUnit][] = [
    [60, 'second'], [60, 'minute'], [24, 'hour'], [Infinity, 'day'],
  ];
  const format = new Intl.RelativeTimeFormat(lang, { numeric: 'auto' });
  let value = seconds;
  for (const [size, unit] of steps) {
    if (Math.abs(value) < size) return format.format(value, unit);
    value = Math.round(value / size);
  }
  return format.format(value, 'day');
}

/** A `datetime-local` value in the person's zone to RFC 3339 UTC; null if it is not a time. */
export function localInputToUtc(value: string): string | null {
  if (value === '') return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
