/* What people type about themselves, checked before it is sent: the server judges again. */

/** Digits and a plus; full-width digits and separators are forgiven. */
export function plainPhone(text: string): string {
  return text.normalize('NFKC').replace(/[\s\-()（）.]/g, '');
}
/** "138 0013 8000" while it is typed; other countries' numbers as they are. */
export function groupPhone(text: string): string {
  const plain = plainPhone(text);
  if (!/^1\d{0,10}$/.test(plain)) return text;
  return [plain.slice(0, 3), plain.slice(3, 7), plain.slice(7)].filter(Boolean).join(' ');
}
/** E.164: a mainland number gets +86; null if it cannot be a phone number. */
export function toE164(text: string): string | null {
  const plain = plainPhone(text);
  if (/^1\d{10}$/.test(plain)) return `+86${plain}`;
  if (/^(\+|00)86/.test(plain)) return /^(\+|00)861\d{10}$/.test(plain) ? plain.replace(/^00/, '+') : null;
  return /^\+[1-9]\d{6,14}$/.test(plain) ? plain : null;
}
/** Enough of a check to catch a slip; whether it exists, a code will show. */
export function looksLikeEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/.test(text.trim());
}

const ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS = '10X98765432';
export type IdNumberFault = 'empty' | 'length' | 'characters' | 'birth' | 'check';

/** GB 11643-1999: 17 digits and a check character, a birth date inside. */
export function idNumberFault(text: string): IdNumberFault | null {
  const id = plainIdNumber(text);
  if (id === '') return 'empty';
  if (id.length !== 18) return 'length';
  if (!/^\d{17}[\dX]$/.test(id)) return 'characters';
  const [year, month, day] = [Number(id.slice(6, 10)), Number(id.slice(10, 12)), Number(id.slice(12, 14))];
  const date = new Date(Date.UTC(year, month - 1, day));
  if (year < 1850 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || date.getTime() > Date.now()) return 'birth';
  const sum = ID_WEIGHTS.reduce((total, weight, at) => total + weight * Number(id[at]), 0);
  return ID_CHECKS[sum % 11] === id[17] ? null : 'check';
}
export function plainIdNumber(text: string): string {
  return text.normalize('NFKC').replace(/\s/g, '').toUpperCase();
}

export type CardFault = 'empty' | 'characters' | 'length' | 'check';
export function plainCard(text: string): string {
  return text.normalize('NFKC').replace(/[\s-]/g, '');
}
/** "6222 0212 3456 7890 123": as it is printed on the card. */
export function groupCard(text: string): string {
  return plainCard(text).replace(/(\d{4})(?=\d)/g, '$1 ');
}
/** Luhn (ISO/IEC 7812-1), 12 to 19 digits. */
export function cardFault(text: string): CardFault | null {
  const card = plainCard(text);
  if (card === '') return 'empty';
  if (!/^\d+$/.test(card)) return 'characters';
  if (card.length < 12 || card.length > 19) return 'length';
  let sum = 0;
  for (let at = 0; at < card.length; at++) {
    const digit = Number(card[card.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0 ? null : 'check';
}

/** 123456, 111111, 654321 and the like: the first that a thief tries. */
export function isPoorPin(pin: string): boolean {
  if (/^(\d)\1+$/.test(pin)) return true;
  if ('01234567890'.includes(pin) || '09876543210'.includes(pin)) return true;
  return /^(\d{2})\1{2}$/.test(pin) || /^(\d{3})\1$/.test(pin);
}
