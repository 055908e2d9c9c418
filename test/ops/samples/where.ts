import { where } from '../../../src/ops/where.ts';
import { type Nd, nd, ndAt, ndBroadcast, ndBuild, ndRandom } from '../../support/nd.ts';
import type { OpCase, OpSample } from '../../support/op-check.ts';
import { BROADCAST_PAIRS, printShape } from './shapes.ts';

const whereSample = (condition: Nd, a: Nd, b: Nd): OpSample => ({
  label: [condition, a, b].map(({ shape }) => printShape(shape)).join(', '),
  inputs: [condition, a, b],
  run: ([c, x, z]) => where(c!, x!, z!),
  reference: ([c, x, z]) =>
    ndBuild(ndBroadcast(c!.shape, ndBroadcast(x!.shape, z!.shape)), (index) =>
      ndAt(ndAt(c!, index) === 0 ? z! : x!, index),
    ),
});

/** Half of them false. No other number is so near to 0 that the differences of the tests would pass it. */
function conditions(shape: readonly number[], salt: number): Nd {
  const x = ndRandom(shape, salt, -1, 1);
  return nd(
    shape,
    x.values.map((value) => Math.max(0, Math.round(4 * value))),
  );
}

export const whereCases: readonly OpCase[] = [
  {
    name: 'where',
    samples: BROADCAST_PAIRS.flatMap(([p, q], i) => {
      const [a, b] = [ndRandom(p, i, -3, 3), ndRandom(q, 100 + i, -3, 3)];
      const both = ndBroadcast(p, q);
      return [whereSample(conditions(both, 200 + i), a, b), whereSample(conditions(p, 200 + i), b, b)];
    }),
    float32: 'exact',
  },
];
