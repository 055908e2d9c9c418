/**
 * Options by schema: one object says for each option which values it takes and what stands in for a missing one. From it come the check,
 * the defaults, the "did you mean" and the types, and the tests derive wrong calls from it.
 *
 * @example
 * const OPTIONS = { rate: number({ from: 0, below: 1 }), seed: integer(0).or(42), threads: integer(1).optional() };
 * const { rate, seed, threads } = readOptions('train', options, OPTIONS); // number, number, number | undefined
 */
import {
  checkBoolean,
  checkChoice,
  checkFunction,
  checkInteger,
  checkNumber,
  checkOptions,
  invalid,
  type Range,
} from './check.ts';
import { checkShape, type Shape } from './shape.ts';

/** Returns the value, in the form that the function works with, or throws a GanvasError. */
export type Check<Read> = (where: string, argument: string, value: unknown) => Read;

/**
 * One option. `Given` is what the user may write, `Read` what the check makes of it, and `Missing` says whether it may be left out.
 * An option that is undefined counts as left out.
 */
export class Option<Given, Read = Given, Missing extends 'required' | 'optional' = 'required'> {
  readonly check: Check<Read>;
  /** Whether it may be left out. */
  readonly missing: Missing;
  /** What stands in for it then, if anything. */
  readonly fallback: Given | undefined;
  /** @internal For the compiler only: makes `Given` invariant, so that schema and interface must agree exactly. */
  declare readonly given?: (value: Given) => Given;

  constructor(check: Check<Read>, missing: Missing, fallback?: Given) {
    this.check = check;
    this.missing = missing;
    this.fallback = fallback;
  }

  /** The same option with a default. */
  or(fallback: Given): Option<Given, Read, 'optional'> {
    return new Option(this.check, 'optional', fallback);
  }

  /** The same option, undefined unless it is given. */
  optional(): Option<Given, Read | undefined, 'optional'> {
    return new Option<Given, Read | undefined, 'optional'>(this.check, 'optional');
  }
}

/** An option of a kind of its own. */
export function option<Given, Read = Given>(check: Check<Read>): Option<Given, Read> {
  return new Option<Given, Read>(check, 'required');
}

/** A finite number in a range. */
export function number(range: Range = {}): Option<number> {
  return option((where, argument, value) => checkNumber(where, argument, value, range));
}

/** A whole number from `from` to `to`. */
export function integer(from?: number, to?: number): Option<number> {
  return option((where, argument, value) => checkInteger(where, argument, value, from, to));
}

export function boolean(): Option<boolean> {
  return option(checkBoolean);
}

export function string(): Option<string> {
  return option((where, argument, value) =>
    typeof value === 'string' ? value : invalid(where, argument, 'a string', value),
  );
}

/** One of some names. */
export function choice<T extends string>(names: readonly T[]): Option<T> {
  return option((where, argument, value) => checkChoice(where, argument, value, names));
}

/** A function, whose type the interface of the options tells. */
export function callback<F extends (...args: never[]) => unknown>(): Option<F> {
  return option((where, argument, value) => {
    checkFunction(where, argument, value);
    return value as F;
  });
}

export function shape(): Option<Shape> {
  return option(checkShape);
}

/** The schema of an interface of options: one entry for each, required where the interface requires it. */
export type SchemaOf<O> = {
  readonly [K in keyof O]-?: { readonly [P in K]: undefined } extends Pick<O, K>
    ? Option<Exclude<O[K], undefined>, unknown, 'optional'>
    : Option<O[K], unknown, 'required'>;
};

/** The options as a function works with them. */
export type Values<S> = {
  readonly [K in keyof S]: S[K] extends Option<infer _Given, infer Read, infer _Missing> ? Read : never;
};

/**
 * The values of all options, checked, with the defaults filled in. Each option is read once. The compiler compares the schema with the
 * type of the options: a missing or superfluous entry, another type, or a default where the interface has none does not compile.
 */
export function readOptions<O extends object, S extends SchemaOf<O>>(
  where: string,
  options: O | undefined,
  schema: S & Readonly<Record<Exclude<keyof S, keyof O>, never>>,
): Values<S> {
  const entries: [string, Option<unknown, unknown, 'required' | 'optional'>][] = Object.entries(schema);
  checkOptions(
    where,
    options,
    entries.map(([name]) => name),
  );
  const given: Readonly<Record<string, unknown>> = { ...options };
  const values: Record<string, unknown> = {};
  for (const [name, { check, missing, fallback }] of entries) {
    const value = given[name] === undefined ? fallback : given[name];
    values[name] = value === undefined && missing === 'optional' ? undefined : check(where, name, value);
  }
  return values as Values<S>;
}
