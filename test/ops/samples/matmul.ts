import { matmul } from '../../../src/ops/matmul.ts';
import { type Nd, ndAt, ndBuild, ndRandom } from '../../support/nd.ts';
import { type OpCase, type OpSample, UNIT } from '../../support/op-check.ts';

/** [m, n, k]: empty, 1, remainders of the blocks, primes. */
const SIZES: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [0, 3, 2],
  [3, 0, 2],
  [3, 2, 0],
  [1, 5, 3],
  [5, 1, 3],
  [4, 4, 4],
  [3, 5, 7],
  [5, 3, 2],
  [2, 9, 5],
  [9, 2, 3],
];
/** More than a block of rows (64), of columns (512) and of depth (512), one at a time to keep the Jacobian small. */
const LARGE_SIZES: readonly (readonly [number, number, number])[] = [
  [65, 2, 1],
  [1, 515, 1],
  [1, 1, 513],
  [1, 2, 1025],
];

/** Leading axes of a, of b and of the product. */
type Stacks = readonly [a: readonly number[], b: readonly number[], both: readonly number[]];
const STACKS: readonly Stacks[] = [
  [[3], [3], [3]],
  [[2], [], [2]],
  [[], [2], [2]],
  [[2, 1], [3], [2, 3]],
  [
    [1, 2],
    [2, 1],
    [2, 2],
  ],
  [[0], [1], [0]],
  [[0, 2], [], [0, 2]],
];

function matmulSample(
  m: number,
  n: number,
  k: number,
  transposeA: boolean,
  transposeB: boolean,
  salt: number,
  [stackA, stackB, stack]: Stacks = [[], [], []],
): OpSample {
  const products = ([a, b]: readonly Nd[], of: (product: number) => number): Nd =>
    ndBuild([...stack, m, n], (at) => {
      const [i, j] = at.slice(-2) as [number, number];
      const lead = (sizes: readonly number[]): number[] =>
        sizes.map((size, axis) => (size === 1 ? 0 : at[axis + stack.length - sizes.length]!));
      const [ofA, ofB] = [lead(stackA), lead(stackB)];
      let total = 0;
      for (let p = 0; p < k; p++) {
        const x = ndAt(a!, [...ofA, ...(transposeA ? [p, i] : [i, p])]);
        total += of(x * ndAt(b!, [...ofB, ...(transposeB ? [j, p] : [p, j])]));
      }
      return total;
    });
  return {
    label: `[${stackA}] x [${stackB}] of ${m} x ${n} x ${k}${transposeA ? ', A transposed' : ''}${transposeB ? ', B transposed' : ''}`,
    inputs: [
      ndRandom([...stackA, ...(transposeA ? [k, m] : [m, k])], salt, -1.5, 1.5),
      ndRandom([...stackB, ...(transposeB ? [n, k] : [k, n])], salt + 1000, -1.5, 1.5),
    ],
    run: ([a, b]) => matmul(a!, b!, { transposeA, transposeB }),
    reference: (inputs) => products(inputs, (product) => product),
    // gamma_k times the sum of absolute products (Higham, section 3.1).
    bound: (inputs) => {
      const gamma = ((k + 2) * UNIT) / (1 - (k + 2) * UNIT);
      return products(inputs, (product) => gamma * Math.abs(product));
    },
  };
}

const FLAGS = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

export const matmulCases: readonly OpCase[] = [
  {
    name: 'matmul',
    samples: [
      ...SIZES.flatMap(([m, n, k], i) => FLAGS.map(([a, b], j) => matmulSample(m, n, k, a, b, 10 * i + j))),
      ...LARGE_SIZES.map(([m, n, k], i) => matmulSample(m, n, k, FLAGS[i]![0], FLAGS[i]![1], 500 + i)),
      ...STACKS.flatMap((stacks, i) => FLAGS.map(([a, b], j) => matmulSample(2, 3, 2, a, b, 600 + 10 * i + j, stacks))),
    ],
    float32: 'bound',
  },
];
