import { describe, expect, it } from 'vitest';
import { CURRENCIES, CURRENCY_EXPONENT, formatMinor, parseAmount } from '../src/lib/money';

describe('formatMinor', () => {
  it.each([
    [0, 'CNY', '0.00'],
    [1, 'CNY', '0.01'],
    [123450, 'CNY', '1,234.50'],
    [-123450, 'CNY', '\u22121,234.50'],
    [1234, 'JPY', '1,234'],
    [1, 'KWD', '0.001'],
    [9007199254740991, 'CNY', '90,071,992,547,409.91'],
    [9007199254740991, 'JPY', '9,007,199,254,740,991'],
    [-9007199254740991, 'KWD', '\u22129,007,199,254,740.991'],
    [100, 'CNY', '1.00'],
    [100000, 'CNY', '1,000.00'],
  ])('%d %s is %s', (minor, currency, text) => {
    expect(formatMinor(minor, currency)).toBe(text);
  });
  it('writes + only for movements above zero', () => {
    expect(formatMinor(5, 'CNY', { plus: true })).toBe('+0.05');
    expect(formatMinor(0, 'CNY', { plus: true })).toBe('0.00');
  });
  it('writes plain text for machines', () => {
    expect(formatMinor(-123450, 'CNY', { group: false })).toBe('-1234.50');
  });
  it('refuses what is not an exact integer', () => {
    expect(() => formatMinor(0.5, 'CNY')).toThrow();
    expect(() => formatMinor(2 ** 53, 'CNY')).toThrow();
    expect(() => formatMinor(1, 'ZZZ')).toThrow();
  });
});

describe('parseAmount', () => {
  it.each([
    ['12.34', 'CNY', 1234],
    ['12.3', 'CNY', 1230],
    ['12', 'CNY', 1200],
    ['.5', 'CNY', 50],
    ['5.', 'CNY', 500],
    ['1,234.50', 'CNY', 123450],
    ['１２。３４', 'CNY', 1234],
    ['0', 'JPY', 0],
    ['007', 'JPY', 7],
    ['1.234', 'KWD', 1234],
    ['90071992547409.91', 'CNY', 9007199254740991],
  ])('%s %s is %d', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toEqual({ ok: true, minor });
  });
  it.each([
    ['', 'CNY', 'empty'],
    ['  ', 'CNY', 'empty'],
    ['.', 'CNY', 'not_a_number'],
    ['-5', 'CNY', 'not_a_number'],
    ['1e3', 'CNY', 'not_a_number'],
    ['1.2.3', 'CNY', 'not_a_number'],
    ['1.234', 'CNY', 'too_many_decimals'],
    ['1.5', 'JPY', 'too_many_decimals'],
    ['90071992547409.92', 'CNY', 'too_large'],
    ['99999999999999999999', 'JPY', 'too_large'],
  ])('%s %s is %s', (text, currency, reason) => {
    expect(parseAmount(text, currency)).toEqual({ ok: false, reason });
  });
  it('reads back what formatMinor writes, at every magnitude', () => {
    for (const currency of CURRENCIES) {
      for (let digits = 1; digits <= 15; digits++) {
        const minor = Number('9'.repeat(digits));
        expect(parseAmount(formatMinor(minor, currency), currency)).toEqual({ ok: true, minor });
      }
      expect(CURRENCY_EXPONENT[currency]).toBeGreaterThanOrEqual(0);
    }
  });
});
