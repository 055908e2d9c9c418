/**
 * Values that no function expects: what JavaScript callers can pass by accident or on purpose. Each call makes new
 * ones.
 */
import { createRandom, layers, sequential, stopGradient, tensor, variable, zeros } from '../../src/index.ts';

/** What accessors and callbacks of hostile values throw. A function may pass it on as it is. */
export class UserError extends Error {
  override name = 'UserError';
}

function refuse(): never {
  throw new UserError('thrown by a hostile value');
}

class Instance {
  readonly learningRate = 1;
}

function transferred<T extends Uint8Array | Float32Array | Int32Array>(array: T): T {
  structuredClone(array.buffer, { transfer: [array.buffer as ArrayBuffer] });
  return array;
}

function disposed<T extends { dispose(): void }>(tensor: T): T {
  tensor.dispose();
  return tensor;
}

function cyclicList(): unknown[] {
  const list: unknown[] = [1];
  list.push(list);
  return list;
}

function cyclicObject(): object {
  const object: Record<string, unknown> = { a: 1 };
  object['self'] = object;
  return object;
}

function deepList(): unknown {
  let list: unknown = 1;
  for (let depth = 0; depth < 5000; depth++) list = [list];
  return list;
}

export function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** Every trap throws. */
function refusing(target: object): unknown {
  return new Proxy(target, new Proxy({}, { get: () => refuse }));
}

function rejected(): Promise<never> {
  const promise = Promise.reject(new UserError('rejected'));
  promise.catch(() => undefined);
  return promise;
}

const model = (): unknown => sequential([layers.dense({ units: 2, inputShape: [2] })]);

export const HOSTILE: readonly (() => unknown)[] = [
  ...[undefined, null, true, false, NaN, Infinity, -Infinity, 0, -0, 1, 2, 3, -1, 0.5, 1.5, 7, 300],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40, 2 ** 53 - 1, 2 ** 53, 1e300, 5e-324, -(2 ** 31)],
  ...['', 'text', '0', '__proto__', 'constructor', 'a\u0000b', '\ud800', '../x', '/proc/self/mem', 'file:///x'],
  ...['\u001b[31m'],
]
  .map((value) => () => value)
  .concat([
    () => 'x'.repeat(100_000),
    () => Symbol('hostile'),
    () => Symbol.iterator,
    () => 1n,
    () => 2n ** 100_000n,
    // Containers.
    () => [],
    () => ({}),
    () => [[]],
    () => [1],
    () => [1, 2, 3],
    () => [-1],
    () => [0],
    () => [2 ** 32 - 1, 0],
    () => [65536, 65536],
    () => Object.assign(new Array(3), { 0: 1, 2: 3 }),
    () => ['1', null],
    () => [Symbol('item')],
    () => [1n],
    () => new Array(2 ** 32 - 1),
    () => new Array(20_000).fill(1),
    cyclicList,
    cyclicObject,
    deepList,
    () => Object.create(null),
    () => ({ length: 2 ** 27 }),
    () => ({ length: 2 ** 53 }),
    () => ({ length: -1 }),
    () => ({ toString: refuse, valueOf: refuse }),
    () => ({ [Symbol.toPrimitive]: refuse }),
    () => ({ __proto__: null, constructor: 5 }),
    () => Object.fromEntries([['then', refuse]]),
    () => Object.freeze({ a: Object.freeze([1]) }),
    () => Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, i])),
    // Functions.
    () => () => undefined,
    () => () => 5,
    () => refuse,
    () => async () => refuse(),
    () => async () => 1,
    () => function* generator() {},
    () => Instance,
    () => Math.max,
    // Objects of classes.
    () => new Instance(),
    () => new Map([['a', 1]]),
    () => new Set([1]),
    () => new Date(0),
    () => new Date(NaN),
    () => /x/g,
    () => new Error('hostile'),
    () => new WeakMap(),
    () => Promise.resolve(1),
    rejected,
    () => new URL('http://localhost:9/'),
    () => AbortSignal.abort(new UserError('aborted')),
    () => [1, 2][Symbol.iterator](),
    () => Object(1),
    () => Object('text'),
    () => Object(Symbol('boxed')),
    // Proxies and accessors.
    () => revoked({}),
    () => revoked([]),
    () => revoked(() => 1),
    () => refusing({}),
    () => refusing([1]),
    () => refusing(() => 1),
    () => new Proxy([1, 2, 3], {}),
    () => Object.defineProperty({}, 'shape', { get: refuse, enumerable: true }),
    () => Object.defineProperties([1, 2], { 1: { get: refuse, enumerable: true } }),
    () => new Proxy({}, { get: (_, name) => (name === 'length' ? 3 : undefined) }),
    // Bytes.
    () => new Uint8Array(16),
    () => new Uint8Array(0),
    () => new Float32Array([1, NaN, 3]),
    () => new Float64Array([1e300, 1]),
    () => new Int32Array([-1, 2 ** 31 - 1]),
    () => new BigInt64Array(2),
    () => new Uint8Array(new SharedArrayBuffer(8)),
    () => new DataView(new ArrayBuffer(8)),
    () => new ArrayBuffer(8),
    () => transferred(new Uint8Array(8)),
    () => transferred(new Float32Array(8)),
    () => transferred(new Int32Array(8)),
    () => Buffer.from('bytes'),
    // Things of this library in the wrong place.
    () => tensor([1, 2]),
    () => tensor(3),
    () => tensor([NaN, Infinity]),
    () => zeros([0]),
    () => zeros([2, 0, 3]),
    () => zeros([2, 3, 4, 1]),
    () => zeros(new Array(64).fill(1)),
    () => disposed(tensor([1, 2])),
    () => variable(tensor([1, 2])),
    () => disposed(variable(tensor([1, 2]))),
    () => stopGradient(tensor([[1]])),
    () => Object.create(tensor([1, 2])),
    () => createRandom(3),
    () => layers.dense({ units: 2 }),
    model,
  ]);
