/**
 * Wrong calls that follow from the schemas: every option of every function with each of the values that its check
 * refuses, a misspelt option, and everything but a plain object in the place of the options. The schemas are those
 * that the valid calls read. None of these calls leaves a tensor behind. The ranges of numbers are stated a second
 * time in option-ranges.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as options from '../../src/core/options.ts';
import { ArgumentError, configure, GanvasError, tensor } from '../../src/index.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { collectAll, collectUntil } from '../support/collect-garbage.ts';
import { endsOf, RANGES, rangeOf } from './option-ranges.ts';
import { VALID_CALLS } from './valid-calls.ts';

type Schema = Readonly<Record<string, options.Option<unknown, unknown, 'required' | 'optional'>>>;

/** The schemas that were read since the list was emptied, each with the options that it read. */
const read = vi.hoisted((): { readonly given: unknown; readonly schema: unknown }[] => []);

vi.mock('../../src/core/options.ts', async (importOriginal) => {
  const original = await importOriginal<typeof options>();
  const readOptions: typeof original.readOptions = (where, given, schema) => {
    read.push({ given, schema });
    return original.readOptions(where, given, schema);
  };
  return { ...original, readOptions };
});

const folder = mkdtempSync(join(tmpdir(), 'ganvas-options-'));
const before = process.cwd();
process.chdir(folder);
afterAll(async () => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
  await configure({ threads: 1 });
});

let blocks = 0;
beforeAll(async () => {
  read.length = 0;
  await collectAll();
  blocks = heap().usage().blocks;
});

const PRIMITIVES: readonly unknown[] = [
  ...[null, true, NaN, Infinity, -Infinity, -1, -0.5, 0, 0.5, 1, 1.5, 65, 257, 1e6, 2 ** 31, 2 ** 53, 1e300, '', '1'],
  ...['text', 'Tanh', 1n, Symbol('option')],
];

/** What is tried for each option; its check decides which of them are wrong. */
const CANDIDATES: readonly (() => unknown)[] = [
  ...PRIMITIVES.map((value) => () => value),
  () => [],
  () => [1, 2],
  () => [-1],
  () => ({}),
  () => new Map(),
  () => () => 1,
  () => new Float32Array(2),
  () => tensor([1]),
];

const BAGS: readonly (readonly [() => unknown, string])[] = [
  [() => null, 'null'],
  [() => 5, '5'],
  [() => 'options', '"options"'],
  [() => new Map(), 'a Map'],
  [() => new Set(), 'a Set'],
  [() => new Date(), 'a Date'],
  [() => Promise.resolve({}), 'a Promise'],
  [() => new Uint8Array(2 ** 20), 'a Uint8Array'],
  [() => new (class Settings {})(), 'a Settings'],
];

async function errorOf(call: (...args: never[]) => unknown, args: readonly unknown[]): Promise<unknown> {
  try {
    await call(...(args as never[]));
    return undefined;
  } catch (error) {
    return error;
  }
}

interface WithOptions {
  readonly name: string;
  /** The place of the options among the arguments. */
  readonly place: number;
  readonly schema: Schema;
}

/** The functions that read options which were handed to them as an argument. */
async function functionsWithOptions(): Promise<WithOptions[]> {
  const found: WithOptions[] = [];
  for (const [name, make] of VALID_CALLS) {
    const { call, args } = make();
    read.length = 0;
    await errorOf(call, args);
    for (const [place, argument] of args.entries()) {
      const schema = read.find(({ given }) => given === argument)?.schema as Schema | undefined;
      if (schema !== undefined) found.push({ name, place, schema });
    }
  }
  return found;
}

const FUNCTIONS = await functionsWithOptions();

/** The same call with other options. */
function changed({ name, place }: WithOptions, change: (given: object) => unknown): Promise<unknown> {
  const { call, args } = VALID_CALLS.get(name)!();
  args[place] = change(args[place] as object);
  return errorOf(call, args);
}

it('finds the functions that take options', () => {
  const names = FUNCTIONS.map(({ name }) => name);
  for (const name of ['adam', 'trainGan', 'layers.dense', 'matmul', 'imageGrid', 'node.loadMnist', 'configure']) {
    expect(names).toContain(name);
  }
  expect(names.length).toBeGreaterThan(50);
});

it('states no range of an option that does not exist', () => {
  const existing = FUNCTIONS.flatMap(({ name, schema }) =>
    Object.keys(schema).flatMap((one) => [one, `${name}.${one}`]),
  );
  expect(Object.keys(RANGES).filter((one) => !existing.includes(one))).toEqual([]);
});

describe.each(FUNCTIONS)('$name', (fn) => {
  const names = Object.keys(fn.schema);

  it(`refuses wrong values of ${names.join(', ')}`, async () => {
    // Methods are named without their class.
    const where = /^[A-Z]/.test(fn.name)
      ? undefined
      : fn.name === 'defineOptimizer'
        ? 'own'
        : fn.name.replace('node.', '');
    for (const name of names) {
      const { check, missing } = fn.schema[name]!;
      let refused = 0;
      for (const candidate of CANDIDATES) {
        const expected = await errorOf(() => check('where', name, candidate()), []);
        if (expected === undefined) continue;
        refused++;
        const error = await changed(fn, (given) => ({ ...given, [name]: candidate() }));
        const message = (expected as Error).message.slice('where: '.length);
        expect(error, `${name}: ${message}`).toBeInstanceOf(GanvasError);
        expect((error as Error).message).toContain(message);
        if (where !== undefined) expect((error as Error).message.startsWith(where), message).toBe(true);
      }
      const unseen = /^(real|training|generated|labels|axis)$/.test(name);
      if (!unseen) expect(refused, name).toBeGreaterThan(5);
      if (missing === 'required') {
        const error = await changed(fn, (given) => ({ ...given, [name]: undefined }));
        expect(error, `without ${name}`).toBeInstanceOf(GanvasError);
      }
    }
  });

  it('states and checks the ranges of its numbers and names', async () => {
    for (const name of names) {
      const { check } = fn.schema[name]!;
      const message = String(await errorOf(() => check('where', name, Symbol('no value')), []));
      const [, expected] = / must be ((?:a (?:finite|whole) number|one of).*); got Symbol/.exec(message) ?? [];
      // Some functions have an option of the same name that is neither a number nor one of some names, such as `loss`.
      if (expected === undefined) continue;
      expect(expected, name).toBe(rangeOf(fn.name, name));
      if (expected.startsWith('one of') || expected === 'a finite number') continue;
      const { inside, outside } = endsOf(expected);
      expect(inside.length + outside.length, name).toBeGreaterThan(1);
      for (const value of inside) expect(await errorOf(() => check('where', name, value), []), name).toBeUndefined();
      for (const value of outside) {
        expect(await errorOf(() => check('where', name, value), []), name).toBeInstanceOf(ArgumentError);
      }
    }
  });

  it('takes undefined for every option that may be left out', async () => {
    const left = names.filter((name) => fn.schema[name]!.missing === 'optional');
    // All at once could leave a call without a sense; what is refused then is no option that is undefined.
    for (const name of left) {
      const error = await changed(fn, (given) => ({ ...given, [name]: undefined }));
      if (error !== undefined) expect((error as Error).message).not.toMatch(/got undefined/);
    }
  });

  it('answers a misspelt option, and refuses all but a plain object', async () => {
    const longest = names.reduce((a, b) => (b.length > a.length ? b : a));
    const misspelt = await changed(fn, (given) => ({ ...given, [`${longest}x`]: 1 }));
    expect(misspelt).toBeInstanceOf(ArgumentError);
    expect((misspelt as Error).message).toContain(
      `unknown option "${longest}x". Did you mean ${longest}? Known options:`,
    );
    for (const [bag, picture] of BAGS) {
      const error = await changed(fn, bag);
      expect(error, picture).toBeInstanceOf(ArgumentError);
      expect((error as Error).message).toMatch(new RegExp(`must be .*; got ${picture}`));
    }
  });
});

it('leaves no tensor behind', async () => {
  read.length = 0;
  expect(await collectUntil(() => heap().usage().blocks <= blocks)).toBe(true);
});
