import type { Tensor } from '../../../src/autograd/tensor.ts';
import { add, div, mul, sub } from '../../../src/ops/arithmetic.ts';
import { type Nd, nd, ndAt, ndAwayFrom, ndBroadcast, ndBuild, ndRandom } from '../../support/nd.ts';
import type { OpCase, OpSample } from '../../support/op-check.ts';
import { BROADCAST_PAIRS, printShape } from './shapes.ts';

function binaryCase(
  name: string,
  run: (a: Tensor, b: Tensor) => Tensor,
  of: (a: number, b: number) => number,
  prepare: (b: Nd) => Nd = (b) => b,
): OpCase {
  const reference = ([a, b]: readonly Nd[]): Nd =>
    ndBuild(ndBroadcast(a!.shape, b!.shape), (index) => of(ndAt(a!, index), ndAt(b!, index)));
  const sample = (label: string, a: Nd, b: Nd): OpSample => ({
    label,
    inputs: [a, b],
    run: ([x, y]) => run(x!, y!),
    reference,
  });
  const samples = BROADCAST_PAIRS.map(([a, b], i) =>
    sample(`${printShape(a)} with ${printShape(b)}`, ndRandom(a, i, -3, 3), prepare(ndRandom(b, 100 + i, -3, 3))),
  );
  const signedZeros = nd([4], [0, -0, 0, -0]);
  samples.push(sample('signed zeros', signedZeros, prepare(nd([4], [1, -1, -0, 0]))));
  samples.push(sample('large and small', nd([3], [1000, 2 ** -20, -300]), prepare(nd([3], [2 ** -3, 100, 250]))));
  return { name, samples, float32: 'exact' };
}

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
];
