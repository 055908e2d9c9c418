/**
 * What TensorFlow.js's tests expect of their test framework: describeWithFlags, it, beforeAll, expect. Tests are
 * collected while the files load and run one after the other.
 *
 * A test passes, fails, or does not apply: it needs something that ganvas does not have. A failing test that made int32
 * or bool tensors, or asked for a type, does not apply either, since ganvas has float32 alone.
 */
import { isDeepStrictEqual } from 'node:util';
import { GanvasError, Tensor } from '../../src/index.ts';
import { marks, NotApplicable } from './adapter.ts';

export interface Outcome {
  readonly file: string;
  readonly title: string;
  readonly result: 'passed' | 'failed' | 'not applicable';
  readonly reason: string;
}

interface Test {
  readonly file: string;
  readonly title: string;
  readonly before: readonly (() => unknown)[];
  readonly body: (done: () => void) => unknown;
}

const tests: Test[] = [];
let titles: string[] = [];
let before: (() => unknown)[] = [];
let file = '';

/** Called by the bundle before each file. */
export function startFile(name: string): void {
  file = name;
}

export function describe(title: string, body: () => void): void {
  const outer = { titles, before };
  titles = [...titles, title];
  before = [...before];
  body();
  ({ titles, before } = outer);
}

export function describeWithFlags(title: string, _environments: object, body: () => void): void {
  describe(title, body);
}

export function it(title: string, body: Test['body']): void {
  tests.push({ file, title: [...titles, title].join(' '), before, body });
}

export function beforeEach(body: () => unknown): void {
  before.push(body);
}

export const beforeAll: (body: () => unknown) => void = beforeEach;
/** What the tests clean up afterwards is memory of TensorFlow.js. */
export function afterEach(): void {}
export const afterAll: () => void = afterEach;
/** Some tests lengthen its time-out. */
export const jasmine: { DEFAULT_TIMEOUT_INTERVAL: number } = { DEFAULT_TIMEOUT_INTERVAL: 0 };
/** Where a test may run. */
export const ALL_ENVS: object = {};
export const BROWSER_ENVS: object = {};
export const SYNC_BACKEND_ENVS: object = {};

/** A comparison that failed. */
class Mismatch extends Error {}

type Check = (...expected: unknown[]) => void;

/** The matchers that the tests use. Another one is NotApplicable, not a test that passes. */
export function expect(actual?: unknown): object {
  return matchers(actual, false);
}

function matchers(actual: unknown, negated: boolean): object {
  const check = (holds: boolean, what: string): void => {
    if (holds === negated) throw new Mismatch(`expected ${show(actual)} ${negated ? 'not ' : ''}${what}`);
  };
  const number = Number(actual);
  const known: Record<string, Check> = {
    nothing: () => {},
    toBe: (expected) => check(Object.is(actual, expected), `to be ${show(expected)}`),
    toEqual: (expected) => check(isDeepStrictEqual(actual, expected), `to equal ${show(expected)}`),
    toBeNull: () => check(actual === null, 'to be null'),
    toBeUndefined: () => check(actual === undefined, 'to be undefined'),
    toBeDefined: () => check(actual !== undefined, 'to be defined'),
    toBeTruthy: () => check(Boolean(actual), 'to be truthy'),
    toBeFalsy: () => check(!actual, 'to be falsy'),
    toBeTrue: () => check(actual === true, 'to be true'),
    toBeNaN: () => check(Number.isNaN(actual), 'to be NaN'),
    toBeLessThan: (expected) => check(number < Number(expected), `to be below ${expected}`),
    toBeLessThanOrEqual: (expected) => check(number <= Number(expected), `to be at most ${expected}`),
    toBeGreaterThan: (expected) => check(number > Number(expected), `to be above ${expected}`),
    toBeGreaterThanOrEqual: (expected) => check(number >= Number(expected), `to be at least ${expected}`),
    toBeCloseTo: (expected, digits = 2) =>
      check(Math.abs(number - Number(expected)) < 10 ** -Number(digits) / 2, `to be close to ${expected}`),
    // The messages are TensorFlow.js's; that there is one is what counts.
    toThrow: () => check(isRefused(actual as () => unknown), 'to throw'),
    toThrowError: () => check(isRefused(actual as () => unknown), 'to throw'),
  };
  return new Proxy(known, {
    get: (_, name: string) => {
      if (name === 'not') return matchers(actual, !negated);
      const matcher = known[name];
      if (matcher === undefined) throw new NotApplicable(`matcher ${name}`);
      return matcher;
    },
  });
}

/** Whether the call is refused by a typed error. Any other error is the test's to report. */
function isRefused(call: () => unknown): boolean {
  try {
    call();
    return false;
  } catch (error) {
    if (error instanceof GanvasError) return true;
    throw error;
  }
}

function show(value: unknown): string {
  if (value instanceof Tensor) return `a tensor [${value.shape}]`;
  return typeof value === 'object' ? JSON.stringify(value)?.slice(0, 100) : String(value);
}

/** Reasons of tests that use TensorFlow.js itself, other types, or matchers for promises. */
const OTHERS =
  /int32|bool|complex|No backend|backendName|expectAsync|test_util|ganvas has no|values must be a number, nested .*got "/;

export async function runTests(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const test of tests) {
    marks.otherTypes = false;
    const outcome = { file: test.file, title: test.title };
    try {
      for (const prepare of test.before) await prepare();
      await (test.body.length === 0 ? test.body(() => {}) : new Promise<void>((done) => test.body(done)));
      outcomes.push({ ...outcome, result: 'passed', reason: '' });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const missing = error instanceof NotApplicable || marks.otherTypes || OTHERS.test(reason);
      outcomes.push({ ...outcome, result: missing ? 'not applicable' : 'failed', reason });
    }
  }
  return outcomes;
}
