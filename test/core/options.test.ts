/** Options by schema: which values are read, which are refused, and that the compiler compares schema and interface. */
import { describe, expect, it } from 'vitest';
import { ArgumentError } from '../../src/core/errors.ts';
import {
  boolean,
  callback,
  choice,
  integer,
  number,
  type Option,
  option,
  readOptions,
  type SchemaOf,
  shape,
  string,
} from '../../src/core/options.ts';

interface TrainOptions {
  readonly units: number;
  readonly rate?: number | undefined;
  readonly threads?: number | undefined;
  readonly mode?: 'fast' | 'exact' | undefined;
  readonly onStep?: ((step: number) => void) | undefined;
}

const OPTIONS = {
  units: integer(1),
  rate: number({ from: 0, below: 1 }).or(0.5),
  threads: integer(1, 64).optional(),
  mode: choice(['fast', 'exact']).or('fast'),
  onStep: callback<(step: number) => void>().optional(),
};

function read(options?: unknown): object {
  return readOptions('train', options as TrainOptions, OPTIONS);
}

function message(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    if (error instanceof ArgumentError) return error.message;
  }
  throw new Error('nothing was thrown');
}

describe('readOptions', () => {
  it('fills in defaults, and takes undefined for a missing option', () => {
    const expected = { units: 2, rate: 0.5, threads: undefined, mode: 'fast', onStep: undefined };
    expect(read({ units: 2 })).toEqual(expected);
    expect(read({ units: 2, rate: undefined, threads: undefined, mode: undefined, onStep: undefined })).toEqual(
      expected,
    );
    const onStep = (): void => undefined;
    const given = { units: 3, rate: 0, threads: 4, mode: 'exact', onStep };
    expect(read(given)).toEqual(given);
  });

  it('has the types of the schema', () => {
    const { units, rate, threads, mode } = readOptions('train', { units: 2 } as TrainOptions, OPTIONS);
    const typed: readonly [number, number, number | undefined, 'fast' | 'exact'] = [units, rate, threads, mode];
    expect(typed).toEqual([2, 0.5, undefined, 'fast']);
  });

  it('takes objects without a prototype, and objects of another realm', () => {
    expect(read(Object.assign(Object.create(null), { units: 2 }))).toMatchObject({ units: 2 });
    const foreign = Object.create(Object.assign(Object.create(null), { toString: () => 'foreign' }));
    expect(read(Object.assign(foreign, { units: 2 }))).toMatchObject({ units: 2 });
  });

  it('reads each option once', () => {
    let reads = 0;
    const options = {
      get units() {
        return ++reads;
      },
    };
    expect(read(options)).toMatchObject({ units: 1 });
    expect(reads).toBe(1);
  });

  it('refuses 64 MB of bytes at once', () => {
    const bytes = new Uint8Array(2 ** 26);
    const start = performance.now();
    expect(message(() => read(bytes))).toContain('a Uint8Array');
    expect(performance.now() - start).toBeLessThan(100);
  });

  it('refuses a proxy that was revoked', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(message(() => read(proxy))).toBe('train: options must be a plain object; got an object that cannot be read');
  });

  it('names a missing option, a wrong one and a misspelt one', () => {
    expect(message(() => read())).toBe('train: units must be a whole number of at least 1; got undefined');
    expect(message(() => read({}))).toBe('train: units must be a whole number of at least 1; got undefined');
    expect(message(() => read({ units: 1, rate: 1 }))).toBe(
      'train: rate must be a finite number from 0 to below 1; got 1',
    );
    expect(message(() => read({ units: 1, mode: 'fats' }))).toBe(
      `train: mode must be one of 'fast', 'exact'; got "fats". Did you mean fast?`,
    );
    expect(message(() => read({ units: 1, onstep: () => 1 }))).toBe(
      'train: unknown option "onstep". Did you mean onStep? Known options: units, rate, threads, mode, onStep.',
    );
    expect(message(() => read({ units: 1, ['x'.repeat(1e6)]: 1 })).length).toBeLessThan(200);
  });

  it('checks every kind', () => {
    const check = <T>(kind: Option<T, unknown>, value: unknown): unknown => kind.check('f', 'x', value);
    expect(check(boolean(), false)).toBe(false);
    expect(check(string(), 'a')).toBe('a');
    expect(check(shape(), [2, 3])).toEqual([2, 3]);
    expect(
      check(
        option<string, number>((_where, _argument, value) => String(value).length),
        'abc',
      ),
    ).toBe(3);
    expect(message(() => check(boolean(), 0))).toBe('f: x must be true or false; got 0');
    expect(message(() => check(string(), 0))).toBe('f: x must be a string; got 0');
    expect(message(() => check(callback(), 0))).toBe('f: x must be a function; got 0');
    expect(message(() => check(shape(), 0))).toMatch(/^f: x must be a shape, .* got 0/);
  });
});

/** `true` where the schema fits the interface. */
type Fits<S, O> = S extends SchemaOf<O> ? (keyof S extends keyof O ? true : false) : false;

describe('a schema', () => {
  it('agrees with the interface of its options, or does not compile', () => {
    const fits: [
      Fits<typeof OPTIONS, TrainOptions>,
      Fits<{ x: Option<number> }, { x: number }>,
      Fits<{ x: Option<number, number, 'optional'> }, { x?: number | undefined }>,
    ] = [true, true, true];
    const differs: {
      missing: Fits<Omit<typeof OPTIONS, 'rate'>, TrainOptions>;
      superfluous: Fits<typeof OPTIONS & { more: Option<number> }, TrainOptions>;
      defaultOfRequired: Fits<{ x: Option<number, number, 'optional'> }, { x: number }>;
      optionalIsRequired: Fits<{ x: Option<number> }, { x?: number | undefined }>;
      undefinedIsRefused: Fits<{ x: Option<number, number, 'optional'> }, { x?: number }>;
      narrower: Fits<{ x: Option<'a'> }, { x: 'a' | 'b' }>;
      wider: Fits<{ x: Option<'a' | 'b'> }, { x: 'a' }>;
    } = {
      missing: false,
      superfluous: false,
      defaultOfRequired: false,
      optionalIsRequired: false,
      undefinedIsRefused: false,
      narrower: false,
      wider: false,
    };
    expect(fits).toEqual([true, true, true]);
    expect(new Set(Object.values(differs))).toEqual(new Set([false]));
  });
});
