/**
 * A strict reader of JSON tokens (RFC 8259) for the header of a safetensors file, which consists of strings, whole
 * numbers and punctuation. JSON.parse() is not used because it hides duplicate keys, rounds large numbers and accepts
 * any nesting. The reader does not recurse and reads each byte once.
 */
import { FormatError } from '../core/errors.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const SPACE = 0x20;

/** The escapes of one character: \" \\ \/ \b \f \n \r \t. */
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(
    ([letter, meaning]) => [letter.charCodeAt(0), meaning.charCodeAt(0)],
  ),
);

export class HeaderReader {
  readonly #bytes: Uint8Array;
  readonly #base: number;
  readonly #where: string;
  // A byte order mark in a string is part of the string. Bytes that are not UTF-8 throw.
  readonly #decoder: TextDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #at = 0;

  /**
   * @param bytes - the header only. Decoding strings overwrites it, so pass a copy.
   * @param base - where the header begins in the file, for the offsets in errors.
   * @param where - the name of the function in errors.
   */
  constructor(bytes: Uint8Array, base: number, where: string) {
    this.#bytes = bytes;
    this.#base = base;
    this.#where = where;
  }

  /** Where the next token begins, as an offset in the file. */
  get offset(): number {
    this.#skipSpace();
    return this.#base + this.#at;
  }

  fail(problem: string, offset: number = this.#base + this.#at): never {
    throw new FormatError(`${this.#where}: not a safetensors file: ${problem}`, offset);
  }

  /** Reads `token`, one character, if it comes next, and returns whether it did. */
  accept(token: string): boolean {
    this.#skipSpace();
    if (this.#bytes[this.#at] !== token.charCodeAt(0)) return false;
    this.#at++;
    return true;
  }

  /** Reads `token`, one character, which must come next. */
  expect(token: string, what: string): void {
    if (!this.accept(token)) this.fail(`expected '${token}' ${what}, got ${this.#next()}`);
  }

  /** Reads a whole number of at most 2^53 - 1 in digits: no sign, fraction, exponent or leading zero. */
  integer(what: string): number {
    this.#skipSpace();
    const start = this.#at;
    let value = 0;
    for (let digit: number; (digit = (this.#bytes[this.#at] ?? 0) - ZERO) >= 0 && digit <= 9; this.#at++) {
      value = 10 * value + digit;
      if (value > Number.MAX_SAFE_INTEGER) this.fail(`${what} is above 2^53 - 1`, this.#base + start);
    }
    if (this.#at === start) this.fail(`expected ${what}, a whole number of at least 0, got ${this.#next()}`);
    if (this.#bytes[start] === ZERO && this.#at > start + 1) {
      this.fail(`${what} has a leading zero`, this.#base + start);
    }
    return value;
  }

  /** Reads a string and resolves its escapes. */
  string(what: string): string {
    this.#skipSpace();
    const bytes = this.#bytes;
    const start = this.#at;
    if (bytes[start] !== QUOTE) this.fail(`expected ${what}, a string in double quotes, got ${this.#next()}`);
    this.#at++;
    // Escapes are resolved in place, since no escape is shorter than its UTF-8. So a string needs no memory beyond its
    // own bytes, however many escapes it has. An escape never completes an incomplete UTF-8 sequence before it.
    let end = this.#at;
    for (;;) {
      const byte = bytes[this.#at];
      if (byte === undefined) this.fail(`${what} has no closing quote`, this.#base + start);
      if (byte < SPACE) this.fail(`${what} holds an unescaped control character`);
      this.#at++;
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) end = writeUtf8(bytes, end, this.#escape(what));
      else bytes[end++] = byte;
    }
    try {
      return this.#decoder.decode(bytes.subarray(start + 1, end));
    } catch {
      return this.fail(`${what} is not UTF-8`, this.#base + start);
    }
  }

  /**
   * Checks that only padding follows. The format pads with spaces; any JSON white space is accepted, as in the
   * reference.
   */
  finish(): void {
    this.#skipSpace();
    if (this.#at < this.#bytes.length) this.fail(`expected only white space after the header, got ${this.#next()}`);
  }

  /** Reads the rest of an escape, after its backslash, and returns its code point. */
  #escape(what: string): number {
    const start = this.#at - 1;
    const letter = this.#bytes[this.#at++];
    if (letter === 0x75) {
      const unit = this.#hex4(what);
      if (unit < 0xd800 || unit > 0xdfff) return unit;
      // A code point above U+FFFF takes two escapes, a high and then a low surrogate. One alone is not a character.
      if (unit < 0xdc00 && this.#bytes[this.#at] === BACKSLASH && this.#bytes[this.#at + 1] === 0x75) {
        this.#at += 2;
        const low = this.#hex4(what);
        if (low >= 0xdc00 && low <= 0xdfff) return 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
      }
      this.fail(`${what} holds half a surrogate pair`, this.#base + start);
    }
    const meaning = letter === undefined ? undefined : SHORT_ESCAPES.get(letter);
    return meaning ?? this.fail(`${what} holds an unknown escape`, this.#base + start);
  }

  #hex4(what: string): number {
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.#bytes[this.#at] ?? 0;
      const letter = byte | 0x20;
      const digit = byte >= ZERO && byte <= 0x39 ? byte - ZERO : letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
      if (digit < 0) this.fail(`${what} holds an escape without four hexadecimal digits`);
      value = 16 * value + digit;
      this.#at++;
    }
    return value;
  }

  #skipSpace(): void {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== SPACE && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return;
      this.#at++;
    }
  }

  /** The next byte, described for an error message. */
  #next(): string {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return 'the end of the header';
    return byte > SPACE && byte < 0x7f
      ? `'${String.fromCharCode(byte)}'`
      : `byte 0x${byte.toString(16).padStart(2, '0')}`;
  }
}

/** Writes one code point as UTF-8 at index `at` and returns the index after it. */
function writeUtf8(bytes: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    bytes[at] = point;
    return at + 1;
  }
  const tail = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  bytes[at] = ((0xff00 >> (tail + 1)) & 0xff) | (point >> (6 * tail));
  for (let i = 1; i <= tail; i++) bytes[at + i] = 0x80 | ((point >> (6 * (tail - i))) & 0x3f);
  return at + tail + 1;
}
