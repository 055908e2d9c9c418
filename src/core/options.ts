/**
 * Options by schema. One object says which values each option takes and what its default is. The checks, the defaults,
 * the "did you mean" and the types come from it. The tests derive wrong calls from it.
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

/** Returns the value in the form that the function works with. Throws a GanvasError if it is not valid. */
type Check<Read> = (where: string, argument: string, value: unknown) => Read;

/**
 * One option. `Given` is the type that the user passes, `Read` the type that the check returns, and `Missing` says
 * whether the option may be omitted. An option that is undefined counts as omitted.
 */
export class Option<Given, Read = Given, Missing extends 'required' | 'optional' = 'required'> {
  readonly check: Check<Read>;
  /** Whether the option may be omitted. */
  readonly missing: Missing;
  /** The default, if there is one. */
  readonly fallback: Given | undefined;
  /**
   * @internal For the compiler only. It makes `Given` invariant, so that the schema and the interface must agree
   * exactly.
   */
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

  /** The same option, optional and without a default: undefined if it is omitted. */
  optional(): Option<Given, Read | undefined, 'optional'> {
    return new Option<Given, Read | undefined, 'optional'>(this.check, 'optional');
  }
}

/** A required option with its own check. */
export function option<Given, Read = Given>(check: Check<Read>): Option<Given, Read> {
  return new Option<Given, Read>(check, 'required');
}

/** A finite number in a range. */
export function number(range: Range = {}): Option<number> {
  return option((where, argument, value) => checkNumber(where, argument, value, range));
}

/** A whole number from `from` to `to`, both included. */
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

/** One of the given names. */
export function choice<T extends string>(names: readonly T[]): Option<T> {
  return option((where, argument, value) => checkChoice(where, argument, value, names));
}

/** A function. Its type comes from the interface of the options. */
export function callback<F extends (...args: never[]) => unknown>(): Option<F> {
  return option((where, argument, value) => {
    checkFunction(where, argument, value);
    return value as F;
  });
}

export function shape(): Option<Shape> {
  return option(checkShape);
}

/** The schema of an interface of options: one entry for each option, required if the interface requires it. */
export type SchemaOf<O> = {
  readonly [K in keyof O]-?: { readonly [P in K]: undefined } extends Pick<O, K>
    ? Option<Exclude<O[K], undefined>, unknown, 'optional'>
    : Option<O[K], unknown, 'required'>;
};

/** The values that readOptions() returns for a schema. */
export type Values<S> = {
  readonly [K in keyof S]: S[K] extends Option<infer _Given, infer Read, infer _Missing> ? Read : never;
};

/**
 * Checks all options and fills in the defaults. Each option is read once. The compiler compares the schema with the
 * type of the options: a missing or superfluous entry, another type, or a default for a required option does not
 * compile.
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
