import type { Tensor } from '../../../src/autograd/tensor.ts';
import { add, div, mul, sub } from '../../../src/ops/arithmetic.ts';
import {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalOr,
  logicalXor,
  notEqual,
} from '../../../src/ops/comparison.ts';
import { maximum, minimum } from '../../../src/ops/extremes.ts';
import { type Nd, nd, ndAt, ndAwayFrom, ndBroadcast, ndBuild, ndRandom } from '../../support/nd.ts';
import type { OpCase, OpSample } from '../../support/op-check.ts';
import { BROADCAST_PAIRS, printShape } from './shapes.ts';

export function binaryCase(
  name: string,
  run: (a: Tensor, b: Tensor) => Tensor,
  of: (a: number, b: number) => number,
  prepare: (b: Nd) => Nd = (b) => b,
  prepareFirst: (a: Nd) => Nd = (a) => a,
  float32: OpCase['float32'] = 'exact',
): OpCase {
  const reference = ([a, b]: readonly Nd[]): Nd =>
    ndBuild(ndBroadcast(a!.shape, b!.shape), (index) => of(ndAt(a!, index), ndAt(b!, index)));
  const sample = (label: string, a: Nd, b: Nd): OpSample => ({
    label,
    inputs: [prepareFirst(a), prepare(b)],
    run: ([x, y]) => run(x!, y!),
    reference,
  });
  const samples = BROADCAST_PAIRS.map(([a, b], i) =>
    sample(`${printShape(a)} with ${printShape(b)}`, ndRandom(a, i, -3, 3), ndRandom(b, 100 + i, -3, 3)),
  );
  const signedZeros = nd([4], [0, -0, 0, -0]);
  samples.push(sample('signed zeros', signedZeros, nd([4], [1, -1, -0, 0])));
  samples.push(sample('large and small', nd([3], [1000, 2 ** -20, -300]), nd([3], [2 ** -3, 100, 250])));
  return { name, samples, float32 };
}

/** Halves, so that many operands are equal; the differences of tests move them by less. */
const halves = (x: Nd): Nd =>
  nd(
    x.shape,
    x.values.map((value) => Math.round(value) / 2),
  );
const apart = (x: Nd): Nd =>
  nd(
    x.shape,
    halves(x).values.map((value) => value + 0.25),
  );

export const arithmeticCases: readonly OpCase[] = [
  binaryCase('add', add, (a, b) => a + b),
  binaryCase('sub', sub, (a, b) => a - b),
  binaryCase('mul', mul, (a, b) => a * b),
  // Divisors stay away from 0, where central differences lose their digits.
  binaryCase(
    'div',
    div,
    (a, b) => a / b,
    (b) => ndAwayFrom([0], 0.5, b),
  ),
  // Operands are not equal, where there is a kink or a jump. conventions.test.ts has those.
  binaryCase('maximum', maximum, Math.max, apart),
  binaryCase('minimum', minimum, Math.min, apart),
  binaryCase('less', less, (a, b) => Number(a < b), apart),
  binaryCase('lessEqual', lessEqual, (a, b) => Number(a <= b), apart),
  binaryCase('greater', greater, (a, b) => Number(a > b), apart),
  binaryCase('greaterEqual', greaterEqual, (a, b) => Number(a >= b), apart),
  // Many operands are equal or 0. A central difference takes the same value on both sides of that.
  binaryCase('equal', equal, (a, b) => Number(a === b), halves, halves),
  binaryCase('notEqual', notEqual, (a, b) => Number(a !== b), halves, halves),
  binaryCase('logicalAnd', logicalAnd, (a, b) => Number(a !== 0 && b !== 0), halves, halves),
  binaryCase('logicalXor', logicalXor, (a, b) => Number((a !== 0) !== (b !== 0)), halves, halves),
  binaryCase('logicalOr', logicalOr, (a, b) => Number(a !== 0 || b !== 0), halves, halves),
];
