/**
 * Argument checks shared by every public function. Each takes the function's name and the argument's name, and throws an
 * ArgumentError that says both, what came and what was expected.
 */
import { ArgumentError } from './errors.ts';

/** A short, safe picture of any value for an error message. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? `"${value.slice(0, 57)}..."` : `"${value}"`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${value.name || '(anonymous)'}`;
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) {
    const head = value.slice(0, 8).map((item) => (Array.isArray(item) ? '[...]' : describe(item)));
    return `[${head.join(', ')}${value.length > 8 ? `, ... ${value.length} in all` : ''}]`;
  }
  const name: unknown = value.constructor?.name;
  return typeof name === 'string' && name !== 'Object'
    ? `a ${name}`
    : `{ ${Object.keys(value).slice(0, 6).join(', ')} }`;
}

/** Fails with "`where`: `argument` must be `expected`; got `value`". */
export function invalid(where: string, argument: string, expected: string, value: unknown, remedy = ''): never {
  throw new ArgumentError(
    `${where}: ${argument} must be ${expected}; got ${describe(value)}${remedy === '' ? '' : `. ${remedy}`}`,
  );
}

/** A finite number, within [min, max] where given. */
export function checkNumber(
  where: string,
  argument: string,
  value: unknown,
  min: number = -Infinity,
  max: number = Infinity,
): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) {
    const range =
      min === -Infinity && max === Infinity ? '' : max === Infinity ? ` of at least ${min}` : ` from ${min} to ${max}`;
    invalid(where, argument, `a finite number${range}`, value);
  }
  return value;
}

/** A whole number within [min, max]. */
export function checkInteger(
  where: string,
  argument: string,
  value: unknown,
  min: number = Number.MIN_SAFE_INTEGER,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
    const range =
      max === Number.MAX_SAFE_INTEGER
        ? min === Number.MIN_SAFE_INTEGER
          ? ''
          : ` of at least ${min}`
        : ` from ${min} to ${max}`;
    invalid(where, argument, `a whole number${range}`, value);
  }
  return value;
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

/** A plain options object with no keys but the known ones. `undefined` counts as an empty object. */
export function checkOptions(where: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    invalid(where, 'options', 'an object', options);
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const hint = didYouMean(key, known);
    throw new ArgumentError(
      `${where}: unknown option "${key}". ${hint === '' ? '' : `${hint} `}${known.length === 0 ? 'It takes none.' : `Known options: ${known.join(', ')}.`}`,
    );
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
