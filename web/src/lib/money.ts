/* Amounts: integers of minor units in, text out, by string operations only. No floating point and no
 * division touch an amount; |minor| <= 2^53-1, so a JavaScript integer holds it exactly. */

export const CURRENCY_EXPONENT = {
  CNY: 2,
  HKD: 2,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  SGD: 2,
  GBP: 2,
  USD: 2,
  EUR: 2,
} as const;
export type Currency = keyof typeof CURRENCY_EXPONENT;
export const CURRENCIES = Object.keys(CURRENCY_EXPONENT) as Currency[];
export const MINOR_MAX = Number.MAX_SAFE_INTEGER;
const MINOR_MAX_TEXT = String(Number.MAX_SAFE_INTEGER);
export const MINUS = '\u2212';

export function isCurrency(code: string): code is Currency {
  return code in CURRENCY_EXPONENT;
}

function exponentOf(currency: string): number {
  if (!isCurrency(currency)) throw new Error(`unknown currency ${currency}`);
  return CURRENCY_EXPONENT[currency];
}

export interface FormatOptions {
  /** '+' before amounts above zero, for movements. */
  plus?: boolean;
  /** Group thousands with commas (both languages do); off for files and inputs. */
  group?: boolean;
}

/** "1,234.50" for 123450 CNY; a real minus sign when grouped, "-" when for machines. */
export function formatMinor(minor: number, currency: string, options: FormatOptions = {}): string {
  if (!Number.isSafeInteger(minor)) throw new Error('an amount must be a safe integer');
  const { plus = false, group = true } = options;
  const exponent = exponentOf(currency);
  const negative = minor < 0;
  const digits = String(negative ? -minor : minor).padStart(exponent + 1, '0');
  const cut = digits.length - exponent;
  const whole = digits.slice(0, cut);
  const grouped = group ? whole.replace(/\B(?=(\d{3})+$)/g, ',') : whole;
  const fraction = exponent > 0 ? `.${digits.slice(cut)}` : '';
  let sign = '';
  if (negative) sign = group ? MINUS : '-';
  else if (plus && minor > 0) sign = '+';
  return sign + grouped + fraction;
}

export type ParsedAmount = { ok: true; minor: number } | { ok: false; reason: AmountFault };
export type AmountFault = 'empty' | 'not_a_number' | 'too_many_decimals' | 'too_large';

/** What a person typed: digits, commas or spaces between thousands, at most the currency's
 * decimals, no sign. Full-width digits and stops (from a Chinese keyboard) count as their plain
 * forms. */
export function parseAmount(text: string, currency: string): ParsedAmount {
  const exponent = exponentOf(currency);
  const plain = text
    .normalize('NFKC')
    .replaceAll('。', '.')
    .replace(/[\s,]/g, '');
  if (plain === '') return { ok: false, reason: 'empty' };
  const match = /^(\d*)(?:\.(\d*))?$/.exec(plain);
  const whole = match?.[1] ?? '';
  const fraction = match?.[2] ?? '';
  if (match === null || whole + fraction === '') return { ok: false, reason: 'not_a_number' };
  if (fraction.length > exponent) return { ok: false, reason: 'too_many_decimals' };
  const digits = (whole + fraction.padEnd(exponent, '0')).replace(/^0+(?=\d)/, '');
  const tooLong = digits.length > MINOR_MAX_TEXT.length;
  if (tooLong || (digits.length === MINOR_MAX_TEXT.length && digits > MINOR_MAX_TEXT)) {
    return { ok: false, reason: 'too_large' };
  }
  return { ok: true, minor: Number(digits) };
}
