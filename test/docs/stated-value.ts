/**
 * The values that comments of examples state, as in `mean(x); // 2.5`. A number is exact in float32, up to two of its
 * last places; with `...` after it, its digits are the first ones of the value. `shape [2, 3]` states the shape of a
 * tensor. After a value may come prose: `// [0, 2]: the even ones`.
 */

/** A number of which only the first digits are stated. */
class Beginning {
  readonly digits: string;
  constructor(digits: string) {
    this.digits = digits;
  }
}

export interface Stated {
  readonly of: 'value' | 'shape';
  readonly value: unknown;
}

/** Whether a comment begins as a value does. */
export function statesValue(comment: string): boolean {
  return /^(shape \[|[[{'"\d]|-\d|-?Infinity\b|(true|false|NaN|null|undefined)\b)/.test(comment);
}

/** @throws Error if the comment begins as a value does, but is none. */
export function parseStated(comment: string): Stated {
  const shape = comment.startsWith('shape ');
  const reader = new Reader(shape ? comment.slice('shape '.length) : comment);
  const value = reader.value();
  if (!/^($|[,;:.] |[:.]$| \()/.test(reader.rest())) throw new Error(`cannot read the value '${comment}'`);
  return { of: shape ? 'shape' : 'value', value };
}

class Reader {
  #text: string;
  constructor(text: string) {
    this.#text = text;
  }

  rest(): string {
    return this.#text;
  }

  value(): unknown {
    const word = this.#take(/^(true|false|NaN|null|undefined|-?Infinity)\b/);
    if (word !== undefined) return WORDS.get(word);
    const quoted = this.#take(/^'[^']*'|^"[^"]*"/);
    if (quoted !== undefined) return quoted.slice(1, -1);
    if (this.#take(/^\[\s*/) !== undefined) return this.#list(() => this.value(), /^\s*\]/);
    if (this.#take(/^\{\s*/) !== undefined) return Object.fromEntries(this.#list(() => this.#entry(), /^\s*\}/));
    const digits = this.#take(/^-?[\d,_]*\d(\.\d+)?(e[+-]?\d+)?/);
    if (digits === undefined) throw new Error(`cannot read a value at '${this.#text}'`);
    return this.#take(/^\.\.\./) === undefined ? Number(digits.replace(/[,_]/g, '')) : new Beginning(digits);
  }

  #entry(): [string, unknown] {
    const key = this.#take(/^\w+:\s*/);
    if (key === undefined) throw new Error(`expected a key at '${this.#text}'`);
    return [key.split(':')[0]!, this.value()];
  }

  #list<T>(item: () => T, end: RegExp): T[] {
    const items: T[] = [];
    while (this.#take(end) === undefined) {
      if (items.length > 0 && this.#take(/^,\s*/) === undefined) throw new Error(`expected , at '${this.#text}'`);
      items.push(item());
    }
    return items;
  }

  #take(pattern: RegExp): string | undefined {
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#text = this.#text.slice(found.length);
    return found;
  }
}

const WORDS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['null', null],
  ['undefined', undefined],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** Where `got` differs from what is stated, in words; '' if nowhere. */
export function difference(got: unknown, stated: unknown, path = 'it'): string {
  if (stated instanceof Beginning) {
    return typeof got === 'number' && begins(got, stated.digits) ? '' : `${path} is ${got}, not ${stated.digits}...`;
  }
  if (typeof stated === 'number' && typeof got === 'number') {
    const tolerance = 2 ** -22 * Math.abs(stated);
    const near = Number.isFinite(stated) && Math.abs(got - stated) <= tolerance;
    const same = near || got === stated || Object.is(got, stated);
    return same ? '' : `${path} is ${got}, not ${stated}`;
  }
  if (Array.isArray(stated)) {
    if (!Array.isArray(got) || got.length !== stated.length) return `${path} is ${show(got)}, not ${show(stated)}`;
    return first(stated.map((item, i) => difference(got[i], item, `${path}[${i}]`)));
  }
  if (typeof stated === 'object' && stated !== null) {
    if (typeof got !== 'object' || got === null) return `${path} is ${show(got)}, not an object`;
    const names = (value: object): string => Object.keys(value).sort().join();
    if (names(got) !== names(stated)) return `${path} has the keys ${names(got)}, not ${names(stated)}`;
    const fields = got as Readonly<Record<string, unknown>>;
    return first(Object.entries(stated).map(([key, item]) => difference(fields[key], item, `${path}.${key}`)));
  }
  return Object.is(got, stated) ? '' : `${path} is ${show(got)}, not ${show(stated)}`;
}

function first(differences: readonly string[]): string {
  return differences.find((text) => text !== '') ?? '';
}

/** Whether the digits are the first ones of the number. */
function begins(got: number, digits: string): boolean {
  const [mantissa, exponent = '0'] = digits.split('e');
  const places = (mantissa!.split('.')[1] ?? '').length - Number(exponent);
  const from = Math.abs(Number(digits));
  return Math.sign(got) === Math.sign(Number(digits)) && Math.abs(got) >= from && Math.abs(got) < from + 10 ** -places;
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
