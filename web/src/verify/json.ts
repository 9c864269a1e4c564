/* Strict JSON: no member twice, no numbers but whole ones within 2^53 - 1, nothing behind the value.
 * JSON.parse takes the last of two members of the same name; a document that two readers read in two
 * ways proves nothing. */

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

class Malformed extends Error {}

const DEPTH_MAX = 32;

class Reader {
  #at = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  whole(): Json {
    const value = this.#value(0);
    this.#space();
    if (this.#at !== this.#text.length) throw new Malformed('text after the value');
    return value;
  }

  #space(): void {
    while (/[ \t\r\n]/u.test(this.#text.charAt(this.#at))) this.#at += 1;
  }

  #take(what: string): boolean {
    if (!this.#text.startsWith(what, this.#at)) return false;
    this.#at += what.length;
    return true;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw new Malformed('neither value nor string');
    this.#at = pattern.lastIndex;
    return found[0];
  }

  #value(depth: number): Json {
    if (depth > DEPTH_MAX) throw new Malformed('too deep');
    this.#space();
    const c = this.#text.charAt(this.#at);
    if (c === '{') return this.#object(depth);
    if (c === '[') return this.#array(depth);
    if (c === '"') return this.#string();
    if (this.#take('null')) return null;
    if (this.#take('true')) return true;
    if (this.#take('false')) return false;
    const digits = this.#match(/-?(?:0|[1-9][0-9]*)/uy);
    const number = Number(digits);
    if (!Number.isSafeInteger(number) || /[.eE]/u.test(this.#text.charAt(this.#at))) {
      throw new Malformed('not a whole number');
    }
    return number;
  }

  #string(): string {
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    const raw = this.#match(/"(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/uy);
    const text = JSON.parse(raw) as string;
    if (text.includes('\u0000')) throw new Malformed('a NUL in a string');
    return text;
  }

  #array(depth: number): Json[] {
    const list: Json[] = [];
    this.#at += 1;
    this.#space();
    if (this.#take(']')) return list;
    for (;;) {
      list.push(this.#value(depth + 1));
      this.#space();
      if (this.#take(']')) return list;
      if (!this.#take(',')) throw new Malformed('a list without its end');
    }
  }

  #object(depth: number): JsonObject {
    const object = Object.create(null) as JsonObject;
    this.#at += 1;
    this.#space();
    if (this.#take('}')) return object;
    for (;;) {
      this.#space();
      const name = this.#string();
      if (name in object) throw new Malformed('a member twice');
      this.#space();
      if (!this.#take(':')) throw new Malformed('a member without a value');
      object[name] = this.#value(depth + 1);
      this.#space();
      if (this.#take('}')) return object;
      if (!this.#take(',')) throw new Malformed('an object without its end');
    }
  }
}

/** undefined when the text is not JSON in this sense. */
export function parseJson(text: string): Json | undefined {
  try {
    return new Reader(text).whole();
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
