/**
 * Calls every function and method with hostile values in place of one or two parts of valid arguments. A call may
 * succeed, throw a GanvasError, or pass on what the hostile value itself threw; within a second, and without ending
 * the process or leaving a rejection behind. Every case follows from (seed, index) alone.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { configure, encodeIdx, encodeModels, encodePng, GanvasError, layers, sequential } from '../../src/index.ts';
import { type TestRandom, testRandom } from '../support/mutate.ts';
import { HOSTILE, UserError } from './hostile-values.ts';
import { VALID_CALLS } from './valid-calls.ts';

interface FuzzFailure {
  readonly index: number;
  readonly name: string;
  /** Which parts of the arguments were replaced, and by which of the hostile values. */
  readonly changes: string;
  readonly problem: string;
}

interface CallFuzzReport {
  readonly calls: number;
  readonly succeeded: number;
  readonly refused: number;
  readonly passedOn: number;
  readonly slowest: { readonly name: string; readonly milliseconds: number };
  readonly failures: readonly FuzzFailure[];
}

const MOST_MILLISECONDS = 1000;
const MEMORY_LIMIT = 2 ** 28;

/** Runs the cases from 0 to count - 1, or only one of them. Call it in a folder of its own: it writes files there. */
export async function fuzzCalls(count: number, seed: number, only?: number): Promise<CallFuzzReport> {
  prepareCalls();
  const names = [...VALID_CALLS.keys()];
  const outcomes = { succeeded: 0, refused: 0, passedOn: 0 };
  const failures: FuzzFailure[] = [];
  let slowest = { name: '', milliseconds: 0 };
  let current = '';
  const strays: string[] = [];
  const onStray = (reason: unknown): void => {
    if (!isPassedOn(reason)) strays.push(`${current}: unhandled rejection: ${String(reason)}`);
  };
  process.on('unhandledRejection', onStray);
  const restore = silence();
  try {
    for (let index = only ?? 0; index < (only === undefined ? count : only + 1); index++) {
      const random = testRandom(Math.imul(seed, 0x9e3779b1) + index);
      const name = names[index % names.length]!;
      if (name === 'configure' || index % 200 === 0)
        await configure({ threads: 1, kernels: 'auto', memoryLimit: MEMORY_LIMIT });
      const { call, args } = VALID_CALLS.get(name)!();
      const changes = change(args, random);
      current = `${name}(${changes})`;
      const start = performance.now();
      const problem = await outcomeOf(call, args, outcomes);
      const milliseconds = performance.now() - start;
      if (milliseconds > slowest.milliseconds) slowest = { name: current, milliseconds };
      if (problem !== undefined) failures.push({ index, name, changes, problem });
      else if (milliseconds > MOST_MILLISECONDS) {
        failures.push({ index, name, changes, problem: `took ${Math.round(milliseconds)} ms` });
      }
      if (name === 'configure') await configure({ threads: 1, kernels: 'auto', memoryLimit: MEMORY_LIMIT });
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    restore();
    process.off('unhandledRejection', onStray);
  }
  for (const problem of strays) failures.push({ index: -1, name: '', changes: '', problem });
  return { calls: only === undefined ? count : 1, ...outcomes, slowest, failures };
}

/** What went wrong, if anything. */
async function outcomeOf(
  call: (...args: never[]) => unknown,
  args: unknown[],
  outcomes: { succeeded: number; refused: number; passedOn: number },
): Promise<string | undefined> {
  try {
    await call(...(args as never[]));
    outcomes.succeeded++;
  } catch (error) {
    if (isPassedOn(error)) outcomes.passedOn++;
    else if (error instanceof GanvasError) {
      outcomes.refused++;
      if (error.message.length > 6000) return `a message of ${error.message.length} characters`;
    } else return error instanceof Error ? `${error.stack}` : `threw ${typeof error}`;
  }
  return undefined;
}

/**
 * Thrown by a hostile value, or by the engine because a hostile function cannot be called: a class, a proxy that was
 * revoked.
 */
function isPassedOn(error: unknown): boolean {
  if (error instanceof UserError) return true;
  return error instanceof TypeError && /^Class constructor Instance|'apply' on a proxy/.test(error.message);
}

/** Replaces one or two parts of the arguments by hostile values; says which. */
function change(args: unknown[], random: TestRandom): string {
  const changes: string[] = [];
  for (let times = 1 + random.below(2); times > 0; times--) {
    const places = placesIn(args);
    // One argument more than the function takes, too.
    const [holder, key, path] = random.pick([...places, [args, args.length, `${args.length}`] as const]);
    const which = random.below(HOSTILE.length);
    Reflect.set(holder, key, HOSTILE[which]!());
    changes.push(`${path} = #${which} ${String(HOSTILE[which]).slice(0, 60)}`);
  }
  return changes.join(', ');
}

type Place = readonly [holder: object, key: string | number, path: string];

/** Every argument, and everything in plain lists and objects inside, three levels deep. */
function placesIn(args: unknown[]): Place[] {
  const places: Place[] = [];
  const visit = (holder: object, key: string | number, path: string, depth: number): void => {
    places.push([holder, key, path]);
    const value: unknown = Object.getOwnPropertyDescriptor(holder, key)?.value;
    if (depth === 3 || typeof value !== 'object' || value === null) return;
    let prototype: unknown;
    try {
      prototype = Object.getPrototypeOf(value);
    } catch {
      return;
    }
    if (Array.isArray(value)) {
      for (let i = 0; i < Math.min(value.length, 6); i++) visit(value, i, `${path}[${i}]`, depth + 1);
    } else if (prototype === Object.prototype && !Object.isFrozen(value)) {
      const names = Object.keys(value).slice(0, 30);
      for (const name of names) visit(value, name, `${path}.${name}`, depth + 1);
      places.push([value, 'unknownOption', `${path}.unknownOption`]);
    }
  };
  args.forEach((_, i) => {
    visit(args, i, `${i}`, 0);
  });
  return places;
}

/** Writes the files that the valid calls of ganvas/node read. */
export function prepareCalls(): void {
  mkdirSync('pictures', { recursive: true });
  writeFileSync('pictures/one.png', encodePng(new Uint8Array(16), 4, 4));
  writeFileSync('model.safetensors', encodeModels({ model: sequential([layers.leakyReLU({ inputShape: [2] })]) }));
  mkdirSync('mnist', { recursive: true });
  for (const [name, shape] of [
    ['train-images-idx3-ubyte', [3, 28, 28]],
    ['train-labels-idx1-ubyte', [3]],
  ] as const) {
    const size = shape.reduce<number>((product, side) => product * side, 1);
    writeFileSync(`mnist/${name}`, encodeIdx({ type: 'uint8', shape, data: new Uint8Array(size) }));
  }
}

/** No output, no network. */
function silence(): () => void {
  const { log, warn } = console;
  const { fetch } = globalThis;
  console.log = console.warn = () => undefined;
  globalThis.fetch = () => Promise.reject(new TypeError('there is no network in this test'));
  return () => {
    Object.assign(console, { log, warn });
    globalThis.fetch = fetch;
  };
}
