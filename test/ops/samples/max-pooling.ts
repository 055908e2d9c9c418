import { maxPooling2d } from '../../../src/ops/max-pooling.ts';
import { type Nd, nd, ndAt, ndBuild, ndRandom } from '../../support/nd.ts';
import type { OpCase, OpSample } from '../../support/op-check.ts';
import { type Padding, placeWindows } from './windows.ts';

type Images = readonly [number, number, number, number];
type Two = readonly [number, number];

/** The defaults; even, odd and oblong windows, adjacent, overlapping and with gaps; several channel counts; empty. */
export const POOLINGS: readonly (readonly [x: Images, pool: Two, strides: Two, padding: Padding])[] = [
  [[1, 2, 2, 1], [2, 2], [2, 2], 'valid'],
  [[1, 1, 1, 1], [1, 1], [1, 1], 'valid'],
  [[1, 4, 4, 1], [2, 2], [2, 2], 'valid'],
  [[2, 5, 4, 2], [2, 2], [2, 2], 'valid'],
  [[2, 5, 3, 2], [2, 2], [2, 2], 'same'],
  [[1, 5, 5, 1], [3, 3], [2, 2], 'valid'],
  [[1, 6, 5, 1], [3, 3], [2, 2], 'same'],
  [[1, 5, 5, 1], [3, 3], [1, 1], 'same'],
  [[1, 4, 5, 1], [2, 3], [1, 2], 'valid'],
  [[1, 5, 4, 2], [4, 2], [3, 1], 'same'],
  [[1, 7, 7, 1], [2, 2], [3, 3], 'valid'],
  [[1, 7, 8, 1], [2, 1], [3, 3], 'same'],
  [[1, 2, 3, 1], [5, 4], [1, 1], 'same'],
  [[1, 2, 2, 2], [3, 6], [3, 3], 'same'],
  [[1, 6, 1, 1], [1, 1], [5, 2], 'valid'],
  ...Array.from({ length: 10 }, (_, i): readonly [Images, Two, Two, Padding] => {
    return [[1, 3, 3, i + 2], [2, 2], i % 2 === 0 ? [2, 2] : [1, 1], i % 3 === 0 ? 'same' : 'valid'];
  }),
  [[0, 4, 4, 2], [2, 2], [2, 2], 'valid'],
  [[1, 0, 4, 1], [2, 2], [2, 2], 'same'],
  [[1, 4, 4, 0], [2, 2], [2, 2], 'valid'],
];

/** Distinct values, 1/16 apart, so that a difference quotient never changes which one is the largest. */
function distinct(x: Nd): Nd {
  const order = Array.from(x.values.keys()).sort((a, b) => x.values[a]! - x.values[b]!);
  const ranks = new Float64Array(order.length);
  order.forEach((place, rank) => {
    ranks[place] = (rank - order.length / 2) / 16;
  });
  return nd(x.shape, ranks);
}

function sample([x, pool, strides, padding]: (typeof POOLINGS)[number], salt: number): OpSample {
  const [rows, columns] = ([0, 1] as const).map((axis) =>
    placeWindows(x[axis + 1]!, pool[axis], strides[axis], padding),
  );
  return {
    label: `[${x}] by ${pool[0]} x ${pool[1]}, ${padding}, strides ${strides}`,
    inputs: [distinct(ndRandom(x, salt))],
    // The first sample leaves the options out.
    run: ([input]) => (salt === 0 ? maxPooling2d(input!) : maxPooling2d(input!, { poolSize: pool, strides, padding })),
    reference: ([input]) =>
      ndBuild([x[0], rows!.count, columns!.count, x[3]], ([n, oy, ox, c]) => {
        let largest = -Infinity;
        for (let ky = 0; ky < pool[0]; ky++) {
          for (let kx = 0; kx < pool[1]; kx++) {
            const y = oy! * strides[0] + ky - rows!.before;
            const w = ox! * strides[1] + kx - columns!.before;
            const inside = y >= 0 && y < x[1] && w >= 0 && w < x[2];
            if (inside) largest = Math.max(largest, ndAt(input!, [n!, y, w, c!]));
          }
        }
        return largest;
      }),
  };
}

export const maxPoolingCases: readonly OpCase[] = [
  { name: 'maxPooling2d', samples: POOLINGS.map(sample), float32: 'exact' },
];
