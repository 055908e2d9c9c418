/**
 * Argument checks shared by every public function. Each takes the function's name and the argument's name, and throws an
 * ArgumentError that says both, what came and what was expected.
 */
import { ArgumentError } from './errors.ts';
import { printable } from './text.ts';

/** A short text for any value, for an error message. It never throws and never takes long, whatever it is given. */
export function describe(value: unknown): string {
  try {
    return picture(value);
  } catch {
    // A revoked proxy, or an accessor that throws.
    return 'an object that cannot be read';
  }
}

function picture(value: unknown): string {
  if (typeof value === 'string') return `"${printable(value)}"`;
  // Many digits take long to compute.
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

/** Fails with "`where`: `argument` must be `expected`; got `value`". */
export function invalid(where: string, argument: string, expected: string, value: unknown, remedy = ''): never {
  throw new ArgumentError(
    `${where}: ${argument} must be ${expected}; got ${describe(value)}${remedy === '' ? '' : `. ${remedy}`}`,
  );
}

/** Where a number must lie. An end that is left out is open. */
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

/** A finite number in the range. */
export function checkNumber(where: string, argument: string, value: unknown, range: Range = {}): number {
  return Number.isFinite(value) && isWithin(value as number, range)
    ? (value as number)
    : invalid(where, argument, `a finite number${formatRange(range)}`, value);
}

/** A whole number from `from` to `to`. */
export function checkInteger(where: string, argument: string, value: unknown, from?: number, to?: number): number {
  const range = { from, to };
  return Number.isSafeInteger(value) && isWithin(value as number, range)
    ? (value as number)
    : invalid(where, argument, `a whole number${formatRange(range)}`, value);
}

function isWithin(x: number, { from = -Infinity, above = -Infinity, to = Infinity, below = Infinity }: Range): boolean {
  return x >= from && x > above && x <= to && x < below;
}

/** " from 0 to below 1", and so on; starts with a space unless it is empty. */
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

/** One of a list of names; a near miss is answered by "did you mean". */
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
 * A plain object with no keys but the known ones; `undefined` counts as an empty one. Everything else is refused, above all the objects of
 * classes (a Map, a Date, a typed array, a model): their keys are not options, and there may be millions of them.
 */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (!isPlainObject(options)) invalid(where, 'options', 'a plain object', options);
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const hint = didYouMean(key, known);
    throw new ArgumentError(
      `${where}: unknown option ${describe(key)}. ${hint === '' ? '' : `${hint} `}${known.length === 0 ? 'It takes none.' : `Known options: ${known.join(', ')}.`}`,
    );
  }
}

/** Whether a value is an object made by { ... }, also one of another window or context, or by Object.create(null). */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || isArray(value)) return false;
  const prototype: unknown = safely(() => Object.getPrototypeOf(value), value);
  return prototype === null || (prototype !== value && Object.getPrototypeOf(prototype) === null);
}

/** Array.isArray, which throws a TypeError for a revoked proxy. */
export function isArray(value: unknown): value is readonly unknown[] {
  return safely(() => Array.isArray(value), false);
}

/**
 * Whether a value is a list whose items all pass the test. Holes are items that are undefined, and the first item that fails ends the
 * search: every() would pass over the holes, of which a list may have 2^32.
 */
export function isListOf<T>(value: unknown, test: (item: unknown) => item is T): value is readonly T[] {
  if (!isArray(value)) return false;
  for (let i = 0; i < value.length; i++) if (!test(value[i])) return false;
  return true;
}

/** instanceof, which throws a TypeError for a revoked proxy. */
export function isInstance<T>(value: unknown, Kind: abstract new (...args: never[]) => T): value is T {
  return safely(() => value instanceof Kind, false);
}

/** Whether a value is an object with these methods. What its accessors throw counts as no. */
export function hasMethods<K extends string>(
  value: unknown,
  names: readonly K[],
): value is Readonly<Record<K, (...args: never[]) => unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const object: Partial<Record<K, unknown>> = value;
  return safely(() => names.every((name) => typeof object[name] === 'function'), false);
}

/**
 * The named fields of an object that a caller hands over, each read once. What its accessors throw is reported as an object that cannot be
 * read.
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

/** The candidate with the smallest edit distance to `word`, if it is close enough to be a likely slip. */
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
  // With as many edits as letters the words have nothing in common.
  return bestDistance < Math.max(word.length, best.length) ? best : undefined;
}

/** Levenshtein's distance, one row at a time; words beyond 64 characters are not worth a guess. */
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
