/**
 * Argument checks for all public functions. Each takes the names of the function and of the argument. On failure it
 * throws an ArgumentError that says both names, what came and what was expected.
 */
import { ArgumentError } from './errors.ts';
import { printable } from './text.ts';

/** A short text that describes any value, for error messages. It never throws and is quick for every value. */
export function describe(value: unknown): string {
  try {
    return picture(value);
  } catch {
    // The value is a revoked proxy, or one of its accessors throws.
    return 'an object that cannot be read';
  }
}

function picture(value: unknown): string {
  if (typeof value === 'string') return `"${printable(value)}"`;
  // Converting a bigint with many digits takes long.
  if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? `${value}n` : 'a large bigint';
  if (typeof value === 'function') return `function ${printable(String(value.name)) || '(anonymous)'}`;
  if (value === null || typeof value !== 'object') return printable(String(value));
  if (Array.isArray(value)) {
    const head = value.slice(0, 8).map((item) => (Array.isArray(item) ? '[...]' : picture(item)));
    return `[${head.join(', ')}${value.length > 8 ? `, ... ${value.length} in all` : ''}]`;
  }
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== 'Object'
    ? `a ${printable(name)}`
    : `{ ${Object.keys(value)
        .slice(0, 6)
        .map((key) => printable(key))
        .join(', ')} }`;
}

/** Throws an ArgumentError: "`where`: `argument` must be `expected`; got `value`. `remedy`". */
export function invalid(where: string, argument: string, expected: string, value: unknown, remedy = ''): never {
  throw new ArgumentError(
    `${where}: ${argument} must be ${expected}; got ${describe(value)}${remedy === '' ? '' : `. ${remedy}`}`,
  );
}

/** Range of allowed numbers. An end that is omitted is open. */
export interface Range {
  /** Lowest number allowed. */
  readonly from?: number | undefined;
  /** All numbers must be larger than this one. */
  readonly above?: number | undefined;
  /** Highest number allowed. */
  readonly to?: number | undefined;
  /** All numbers must be smaller than this one. */
  readonly below?: number | undefined;
}

/** Returns the value. Throws unless it is a finite number in the range. */
export function checkNumber(where: string, argument: string, value: unknown, range: Range = {}): number {
  return Number.isFinite(value) && isWithin(value as number, range)
    ? (value as number)
    : invalid(where, argument, `a finite number${formatRange(range)}`, value);
}

/** Returns the value. Throws unless it is a whole number from `from` to `to`, both included. */
export function checkInteger(where: string, argument: string, value: unknown, from?: number, to?: number): number {
  const range = { from, to };
  return Number.isSafeInteger(value) && isWithin(value as number, range)
    ? (value as number)
    : invalid(where, argument, `a whole number${formatRange(range)}`, value);
}

function isWithin(x: number, { from = -Infinity, above = -Infinity, to = Infinity, below = Infinity }: Range): boolean {
  return x >= from && x > above && x <= to && x < below;
}

/** The range in words, such as " from 0 to below 1". Starts with a space, or is empty for an open range. */
function formatRange({ from, above, to, below }: Range): string {
  const high = to !== undefined ? ` to ${to}` : below !== undefined ? ` to below ${below}` : '';
  if (from !== undefined) return high === '' ? ` of at least ${from}` : ` from ${from}${high}`;
  if (above !== undefined) return ` above ${above}${high}`;
  return to !== undefined ? ` of at most ${to}` : below !== undefined ? ` below ${below}` : '';
}

export function checkBoolean(where: string, argument: string, value: unknown): boolean {
  if (typeof value !== 'boolean') invalid(where, argument, 'true or false', value);
  return value;
}

export function checkFunction(where: string, argument: string, value: unknown): void {
  if (typeof value !== 'function') invalid(where, argument, 'a function', value);
}

/** Returns the value if it is one of `choices`. The error for a misspelt name suggests the nearest one. */
export function checkChoice<T extends string>(
  where: string,
  argument: string,
  value: unknown,
  choices: readonly T[],
): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const list = choices.map((choice) => `'${choice}'`).join(', ');
  return invalid(where, argument, `one of ${list}`, value, typeof value === 'string' ? didYouMean(value, choices) : '');
}

/**
 * Throws unless `options` is undefined or a plain object with known keys only. Instances of classes (a Map, a Date, a
 * typed array, a model) are refused: their keys are not options, and there may be millions of them.
 */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (!isPlainObject(options)) invalid(where, 'options', 'a plain object', options);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const hint = didYouMean(key, known);
    const list = known.length === 0 ? 'It takes none.' : `Known options: ${known.join(', ')}.`;
    throw new ArgumentError(`${where}: unknown option ${describe(key)}. ${hint === '' ? '' : `${hint} `}${list}`);
  }
}

/** Whether a value is a plain object, made by { ... } or Object.create(null), in this or another window or context. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isArray(value)) return false;
  const prototype: unknown = safely(() => Object.getPrototypeOf(value), value);
  return prototype === null || (prototype !== value && Object.getPrototypeOf(prototype) === null);
}

/** Like Array.isArray(), but false for a revoked proxy instead of a TypeError. */
export function isArray(value: unknown): value is readonly unknown[] {
  return safely(() => Array.isArray(value), false);
}

/**
 * Whether a value is a list whose items all pass the test. Holes are tested as undefined, and the search ends at the
 * first item that fails. every() would skip the holes, and a list may have 2^32 of them.
 */
export function isListOf<T>(value: unknown, test: (item: unknown) => item is T): value is readonly T[] {
  if (!isArray(value)) return false;
  for (let i = 0; i < value.length; i++) if (!test(value[i])) return false;
  return true;
}

/** Like instanceof, but false for a revoked proxy instead of a TypeError. */
export function isInstance<T>(value: unknown, Kind: abstract new (...args: never[]) => T): value is T {
  return safely(() => value instanceof Kind, false);
}

/** Whether a value is an object with these methods. False if an accessor throws. */
export function hasMethods<K extends string>(
  value: unknown,
  names: readonly K[],
): value is Readonly<Record<K, (...args: never[]) => unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const object: Partial<Record<K, unknown>> = value;
  return safely(() => names.every((name) => typeof object[name] === 'function'), false);
}

/**
 * Reads the named fields of a user's object, each once. Throws an ArgumentError if `value` is no object or one of its
 * accessors throws.
 */
export function fieldsOf<K extends string>(
  where: string,
  argument: string,
  value: unknown,
  names: readonly K[],
  expected = 'an object',
  remedy?: string,
): Readonly<Record<K, unknown>> {
  if (typeof value !== 'object' || value === null) return invalid(where, argument, expected, value, remedy);
  const object: Partial<Record<K, unknown>> = value;
  const fields = safely(() => names.map((name) => [name, object[name]]), undefined);
  if (fields === undefined) return invalid(where, argument, `${expected} whose properties can be read`, value);
  return Object.fromEntries(fields);
}

function safely<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** "Did you mean x?" for the nearest candidate within a third of its length in edits, else ''. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const nearest = nearestWord(word, candidates);
  return nearest === undefined ? '' : `Did you mean ${nearest}?`;
}

/** The candidate with the smallest edit distance to `word`, if it is near enough to be a typing error. */
export function nearestWord(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  if (best === undefined || bestDistance > Math.max(2, Math.floor(best.length / 3))) return undefined;
  // If every letter must be edited, the words have nothing in common.
  return bestDistance < Math.max(word.length, best.length) ? best : undefined;
}

/**
 * Levenshtein distance, computed row by row. Infinity if a word has more than 64 characters: a suggestion is not worth
 * the time.
 */
function editDistance(a: string, b: string): number {
  if (a.length > 64 || b.length > 64) return Infinity;
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
