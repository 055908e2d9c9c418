import { createRandom } from '../../../src/autograd/random.ts';
import { dropout } from '../../../src/ops/dropout.ts';
import { nd, ndRandom } from '../../support/nd.ts';
import type { OpCase } from '../../support/op-check.ts';
import { printShape, SHAPES } from './shapes.ts';

/** Each call restarts the random stream, so all evaluations of a sample drop the same elements. Scales are exact. */
export const dropoutCases: readonly OpCase[] = [
  {
    name: 'dropout',
    samples: SHAPES.map((shape, i) => {
      const rate = [0.5, 0.75, 0][i % 3]!;
      return {
        label: `${printShape(shape)}, rate ${rate}`,
        inputs: [ndRandom(shape, i, -2, 2)],
        run: ([x]) => dropout(x!, rate, createRandom(i)),
        reference: ([x]) => {
          const u = createRandom(i).uniform(shape).data;
          return nd(
            shape,
            Array.from(x!.values, (value, j) => (u[j]! >= rate ? value / (1 - rate) : 0)),
          );
        },
      };
    }),
    float32: 'exact',
  },
];
