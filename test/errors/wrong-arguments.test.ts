/**
 * Every public function called wrongly, at least five times: a typed error that names the function, the argument, what
 * came and what was expected. The operands keep their values, and no block of the tensor memory is left behind. Wrong
 * options are in wrong-options.test.ts.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPlainObject } from '../../src/core/check.ts';
import { GanvasError } from '../../src/core/errors.ts';
import * as ganvas from '../../src/index.ts';
import { heap } from '../../src/kernels/runtime.ts';
import * as node from '../../src/node/index.ts';
import { collectAll, collectUntil } from '../support/collect-garbage.ts';
import { VALID_CALLS } from './valid-calls.ts';
import { changedOperands, type WrongCall } from './wrong-call.ts';
import { CONVOLUTION_CALLS } from './wrong-convolution-calls.ts';
import { CORE_CALLS, LAYER_CALLS } from './wrong-core-calls.ts';
import { DESCENT_CALLS } from './wrong-descent-calls.ts';
import { FILE_CALLS } from './wrong-file-calls.ts';
import { GAN_CALLS } from './wrong-gan-calls.ts';
import { METHOD_CALLS } from './wrong-method-calls.ts';
import { METRIC_CALLS } from './wrong-metric-calls.ts';
import { NODE_CALLS } from './wrong-node-calls.ts';
import { OP_CALLS } from './wrong-op-calls.ts';
import { OPTIMIZER_CALLS } from './wrong-optimizer-calls.ts';
import { TRAINING_CALLS } from './wrong-training-calls.ts';

/** They take no arguments, so no call of them is wrong. */
const TAKE_NOTHING = ['runtimeInfo', 'memoryCheckpoints', 'enableWideSimd'] as const;
/** Their constructors are no part of the interface, or take a message only; METHOD_CALLS has their methods. */
const CLASSES = [
  ...['Tensor', 'Variable'],
  ...['GanvasError', 'ArgumentError', 'DivergenceError', 'FormatError', 'GradientError', 'RuntimeError', 'ShapeError'],
];

/** Functions with options, which wrong-options.test.ts calls wrongly too, by the number of their arguments. */
const TAKE_OPTIONS = new Map(
  [...VALID_CALLS].flatMap(([name, make]) => {
    const { args } = make();
    return args.some(isPlainObject) ? [[name.replace(/^node\./, ''), args.length] as const] : [];
  }),
);

interface Entry {
  readonly name: string;
  readonly fn: unknown;
  readonly calls: readonly WrongCall[];
}

function entriesOf(module: object, calls: Readonly<Record<string, readonly WrongCall[]>>, prefix = ''): Entry[] {
  const functions = new Map<string, unknown>(Object.entries(module));
  return Object.entries(calls).map(([name, list]) => ({ name: prefix + name, fn: functions.get(name), calls: list }));
}

const ENTRIES: readonly Entry[] = [
  ...entriesOf(ganvas, {
    ...OP_CALLS,
    ...CONVOLUTION_CALLS,
    ...CORE_CALLS,
    ...OPTIMIZER_CALLS,
    ...FILE_CALLS,
    ...GAN_CALLS,
    ...TRAINING_CALLS,
    ...DESCENT_CALLS,
    ...METRIC_CALLS,
  }),
  ...entriesOf(ganvas.layers, LAYER_CALLS, 'layers.'),
  ...entriesOf(node, NODE_CALLS),
  ...METHOD_CALLS.map(({ name, target, calls }) => ({ name, fn: target, calls })),
];
const TOTAL = ENTRIES.reduce((total, { calls }) => total + calls.length, 0);

describe('the table', () => {
  it('has at least five wrong calls of each function of ganvas and ganvas/node, and of no others', () => {
    const expected = [
      ...Object.keys(ganvas).filter((name) => !['layers', 'schedules'].includes(name) && !CLASSES.includes(name)),
      ...Object.keys(ganvas.layers).map((name) => `layers.${name}`),
      ...Object.keys(ganvas.schedules).map((name) => `schedules.${name}`),
      ...Object.keys(node),
    ].filter((name) => !TAKE_NOTHING.some((one) => one === name));
    const methods = new Set(METHOD_CALLS.map(({ name }) => name));
    const functions = ENTRIES.filter(({ name }) => !methods.has(name));
    const names = functions.map(({ name }) => name);
    const optionsOnly = [...TAKE_OPTIONS].flatMap(([name, count]) =>
      count === 1 && /^[a-z]/.test(name) ? [name] : [],
    );
    expect([...new Set([...names, ...optionsOnly])].sort()).toEqual(expected.sort());
    for (const { name, calls } of ENTRIES) {
      expect(calls.length, name).toBeGreaterThanOrEqual(TAKE_OPTIONS.has(name) ? 1 : 5);
    }
  });

  it(`has ${TOTAL} wrong calls of ${ENTRIES.length} functions and methods`, () => {
    expect(TOTAL).toBeGreaterThanOrEqual(300);
  });

  it.each(TAKE_NOTHING)('%s takes no arguments', (name) => {
    expect({ ...ganvas, ...node }[name]).toHaveLength(0);
  });
});

async function errorOf(fn: unknown, call: WrongCall[1]): Promise<unknown> {
  const nothing = Symbol('no error');
  try {
    if (typeof call === 'function') await call();
    else if (typeof fn === 'function') await Reflect.apply(fn, undefined, call);
    else return new TypeError('the table names no function');
    return nothing;
  } catch (error) {
    return error;
  }
}

/** What follows the function's name in a message, or all of it if the entry has the name of another function. */
function afterName(name: string, message: string, expected: RegExp): string {
  const front = `${/^layers\./.test(name) ? name : name.split('.').at(-1)}: `;
  return message.startsWith(front) && !expected.test(message) ? message.slice(front.length) : message;
}

describe.each(ENTRIES)('$name', ({ name, fn, calls }) => {
  it(`refuses ${calls.length} wrong calls, changes no operand and leaves nothing behind`, async () => {
    for (const [index, [kind, call, message]] of calls.entries()) {
      const label = `${name}, wrong call ${index} (${message.source})`;
      const before = heap().usage().blocks;
      const error = await errorOf(fn, call);
      expect(error, label).toBeInstanceOf(GanvasError);
      expect(error, label).toBeInstanceOf(kind);
      expect(afterName(name, (error as GanvasError).message, message), label).toMatch(message);
      expect(changedOperands(), label).toEqual([]);
      const { blocks } = heap().usage();
      // What was made on the way to the error and never handed out is the collector's.
      if (blocks !== before) expect(await collectUntil(() => heap().usage().blocks <= before), label).toBe(true);
    }
  });
});

beforeAll(collectAll);
afterAll(() => ganvas.configure({ threads: 1 }));
