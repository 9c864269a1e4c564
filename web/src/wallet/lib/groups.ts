/** "abcd efgh ijkl": a secret as people can type it. */
export function inFours(text: string): string {
  return text.replace(/(.{4})(?=.)/g, '$1 ');
}
