/** For each kernel the calls it is tested with. A kernel without cases does not compile. */
import type { BinaryKernel, KernelName, Kernels, UnaryKernel } from '../../src/kernels/contract.ts';
import type { KernelImage } from '../support/kernel-image.ts';
import { WINDOW_CASES } from './window-cases.ts';

/** Lays operands into the image and returns the arguments of one call. */
export type CaseBuilder<K extends KernelName> = (image: KernelImage) => Parameters<Kernels[K]>;

export type KernelCases = { readonly [K in KernelName]: readonly CaseBuilder<K>[] };

/** 0, 1, every lane tail, and beyond any unrolled loop. */
const COUNTS = [...Array.from({ length: 19 }, (_, i) => i), 31, 64, 67, 257];
const MATRICES: readonly (readonly [number, number])[] = [
  ...Array.from({ length: 18 }, (_, columns) => [3, columns] as const),
  [0, 5],
  [1, 1],
  [1, 33],
  [2, 64],
  [4, 8],
  [17, 1],
  [17, 19],
  [70, 13],
];

const unary: readonly ((image: KernelImage) => Parameters<UnaryKernel>)[] = COUNTS.flatMap((count) => [
  (image: KernelImage): Parameters<UnaryKernel> => [image.reserve(count), image.random(count, -9, 9), count],
  (image: KernelImage): Parameters<UnaryKernel> => [image.reserve(count), image.special(count, -90, 90), count],
  (image: KernelImage): Parameters<UnaryKernel> => {
    const inPlace = image.special(count, -1, 1);
    return [inPlace, inPlace, count];
  },
]);

const backward: readonly ((image: KernelImage) => [number, number, number, number])[] = COUNTS.flatMap((count) => [
  (image: KernelImage): [number, number, number, number] => [
    image.reserve(count),
    image.random(count),
    image.random(count),
    count,
  ],
  (image: KernelImage): [number, number, number, number] => {
    const inPlace = image.special(count);
    return [inPlace, inPlace, image.special(count), count];
  },
]);

/** Steps 0 and 1 in each direction for each operand, dense rows and rows with a gap. */
const binary: readonly ((image: KernelImage) => Parameters<BinaryKernel>)[] = MATRICES.flatMap(([rows, columns]) =>
  ([0, 1, 2, 3, 4, 5] as const).map((kind) => (image: KernelImage): Parameters<BinaryKernel> => {
    const size = rows * columns;
    const out = image.reserve(size);
    switch (kind) {
      case 0: // dense with dense
        return [out, image.random(size), image.random(size), rows, columns, columns, 1, columns, 1];
      case 1: // row vector with dense, rows 3 apart
        return [out, image.special(columns), image.special(rows * (columns + 3)), rows, columns, 0, 1, columns + 3, 1];
      case 2: // dense with column vector
        return [out, image.random(size), image.special(rows), rows, columns, columns, 1, 1, 0];
      case 3: // scalar with dense
        return [out, image.random(1), image.special(size), rows, columns, 0, 0, columns, 1];
      case 4: // column vector with row vector
        return [out, image.special(rows), image.special(columns), rows, columns, 1, 0, 0, 1];
      case 5: {
        // in place on a, b a scalar
        const a = image.special(size);
        return [a, a, image.random(1), rows, columns, columns, 1, 0, 0];
      }
    }
  }),
);

const SLOPES = [0, 0.3, 0.25, 1, 2];
const LIMITS = [
  [-0.5, 0.75],
  [0, 1],
  [-1, 0],
  [0.1, 0.1],
  [1e-7, 1 - 1e-7],
] as const;

/** mean, variance etc. of a normalisation as the last operands of its kernels. */
function features(image: KernelImage, columns: number): [mean: number, inverse: number, gamma: number, beta: number] {
  return [image.random(columns), image.random(columns, 0.1, 3), image.random(columns), image.random(columns)];
}

/** Rows and classes of a classification: at least one class. */
const CLASSES = MATRICES.filter(([, classes]) => classes > 0);

function classNumbers(image: KernelImage, rows: number, classes: number): number {
  return image.put(Array.from({ length: rows }, (_, r) => (5 * r + 3) % classes));
}

const COUNTERS = [
  [0, 0],
  [7, 0],
  [-2, 0], // carries into the high word
  [-1, -1], // and out of it
  [0x7fffffff, 5],
] as const;

export const KERNEL_CASES: KernelCases = {
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  neg: unary,
  square: unary,
  sqrt: unary,
  exp: unary,
  log: unary,
  abs: unary,
  tanh: unary,
  sigmoid: unary,
  relu: unary,
  leakyRelu: COUNTS.flatMap((count) =>
    SLOPES.map((slope) => (image) => [image.reserve(count), image.special(count), slope, count]),
  ),
  clip: COUNTS.flatMap((count) =>
    LIMITS.map(([low, high]) => (image) => [image.reserve(count), image.special(count), low, high, count]),
  ),
  absBackward: backward,
  tanhBackward: backward,
  sigmoidBackward: backward,
  reluBackward: backward,
  leakyReluBackward: COUNTS.flatMap((count) =>
    SLOPES.map((slope) => (image) => [image.reserve(count), image.random(count), image.special(count), slope, count]),
  ),
  clipBackward: COUNTS.flatMap((count) =>
    LIMITS.map(([low, high]) => (image) => {
      const x = image.special(count);
      // Both limits themselves count as inside.
      if (count > 1) image.floats[x] = low;
      if (count > 2) image.floats[x + 1] = high;
      return [image.reserve(count), image.random(count), x, low, high, count];
    }),
  ),
  fill: COUNTS.flatMap((count) =>
    [0, -0, 0.1, NaN, Infinity].map((value) => (image) => [image.reserve(count), value, count]),
  ),
  copy: MATRICES.flatMap(([rows, columns]) => [
    (image) => [image.reserve(rows * columns), image.special(rows * columns), rows, columns, columns, columns, 1],
    // a transpose
    (image) => [image.reserve(rows * columns), image.special(rows * columns), rows, columns, columns, 1, rows],
    // into a wider matrix, the source one row or one number
    (image) => [image.reserve(rows * (columns + 4)), image.random(columns), rows, columns, columns + 4, 0, 1],
    (image) => [image.reserve(rows * (columns + 4)), image.random(1), rows, columns, columns + 4, 0, 0],
    // every second of a wider one
    (image) => [
      image.reserve(rows * columns),
      image.random(rows * 2 * columns),
      rows,
      columns,
      columns,
      2 * columns,
      2,
    ],
  ]),
  sumRows: MATRICES.flatMap(([rows, columns]) => [
    (image) => [image.reserve(rows), image.random(rows * columns), rows, columns, columns],
    (image) => [image.reserve(rows), image.random(rows * (columns + 5), -1e6, 1e6), rows, columns, columns + 5],
    (image) => [image.reserve(rows), image.special(rows * columns), rows, columns, columns],
  ]),
  sumColumns: MATRICES.flatMap(([rows, columns]) => [
    (image) => [image.reserve(columns), image.random(rows * columns), rows, columns, columns],
    (image) => [image.reserve(columns), image.random(rows * (columns + 5), -1e6, 1e6), rows, columns, columns + 5],
    (image) => [image.reserve(columns), image.special(rows * columns), rows, columns, columns],
  ]),
  countNonFinite: COUNTS.flatMap((count) => [
    (image) => [image.random(count), count],
    (image) => [image.special(count), count],
    (image) => [image.put(new Float32Array(count).fill(NaN)), count],
  ]),
  gemm: [
    [1, 1, 1],
    [4, 4, 4],
    [5, 7, 3],
    [3, 5, 0],
    [0, 5, 3],
    [5, 0, 3],
    [8, 16, 9],
    [13, 17, 19],
    [2, 3, 513],
    [9, 5, 40],
  ].flatMap(([m, n, k]) =>
    ([0, 1] as const).flatMap((transposeA) =>
      ([0, 1] as const).flatMap((transposeB) =>
        ([0, 1] as const).map((accumulate) => (image) => {
          const aStride = (transposeA ? m! : k!) + 2;
          const bStride = (transposeB ? k! : n!) + 1;
          const cStride = n! + 3;
          const c = accumulate ? image.random(m! * cStride) : image.put(new Float32Array(m! * cStride).fill(NaN));
          const a = image.random((transposeA ? k! : m!) * aStride);
          const b = image.random((transposeB ? n! : k!) * bStride);
          return [c, a, b, m!, n!, k!, cStride, aStride, bStride, transposeA, transposeB, accumulate];
        }),
      ),
    ),
  ),
  ...WINDOW_CASES,
  moments: MATRICES.flatMap(([rows, columns]) => [
    (image) => [image.reserve(columns), image.reserve(columns), image.random(rows * columns), rows, columns, columns],
    // A mean far from 0, where E[x^2] - E[x]^2 would lose all digits.
    (image) => [
      image.reserve(columns),
      image.reserve(columns),
      image.random(rows * (columns + 2), 1000, 1001),
      rows,
      columns,
      columns + 2,
    ],
    (image) => [image.reserve(columns), image.reserve(columns), image.special(rows * columns), rows, columns, columns],
  ]),
  inverseStddev: COUNTS.flatMap((count) => [
    (image) => [image.reserve(count), image.random(count, 0, 4), 1e-3, count],
    (image) => [image.reserve(count), image.special(count), 1e-3, count],
    (image) => [image.reserve(count), image.put(new Float32Array(count)), 0, count],
  ]),
  movingAverage: COUNTS.flatMap((count) => [
    (image) => [image.random(count), image.random(count), 0.99, 1 - 0.99, count],
    (image) => [image.special(count), image.special(count), 0.99, 1 - 0.99, count],
  ]),
  batchNormalize: MATRICES.flatMap(
    ([rows, columns]) =>
      [1, 0.3, 0].flatMap((slope) => [
        (image: KernelImage) => {
          const operands = features(image, columns);
          return [image.reserve(rows * columns), image.random(rows * columns), ...operands, slope, rows, columns];
        },
        (image: KernelImage) => {
          const operands = features(image, columns);
          return [image.reserve(rows * columns), image.special(rows * columns), ...operands, slope, rows, columns];
        },
      ]) as CaseBuilder<'batchNormalize'>[],
  ),
  batchNormalizeSums: MATRICES.flatMap(([rows, columns]) =>
    [1, 0.3].flatMap((slope): CaseBuilder<'batchNormalizeSums'>[] => [
      (image) => {
        const operands = features(image, columns);
        const [dy, x] = [image.random(rows * columns), image.random(rows * columns)];
        return [image.reserve(columns), image.reserve(columns), dy, x, ...operands, slope, rows, columns, columns];
      },
      // part of a wider matrix, special values among the gradients
      (image) => {
        const operands = features(image, columns);
        const stride = columns + 4;
        const [dy, x] = [image.special(rows * stride), image.random(rows * stride)];
        return [image.reserve(columns), image.reserve(columns), dy, x, ...operands, slope, rows, columns, stride];
      },
    ]),
  ),
  batchNormalizeBackward: MATRICES.flatMap(([rows, columns]) =>
    [1, 0.3].flatMap((slope) =>
      [0, 1 / Math.max(rows, 1)].map(
        (share): CaseBuilder<'batchNormalizeBackward'> =>
          (image) => {
            const operands = features(image, columns);
            const [dy, x] = [image.random(rows * columns), image.special(rows * columns)];
            const [dgamma, dbeta] = [image.random(columns), image.random(columns)];
            const dx = image.reserve(rows * columns);
            return [dx, dy, x, ...operands, dgamma, dbeta, slope, share, rows, columns];
          },
      ),
    ),
  ),
  sigmoidCrossEntropy: COUNTS.flatMap((count) => [
    (image) => [image.reserve(1), image.random(count, -30, 30), image.random(count, 0, 1), 1, count],
    (image) => [image.reserve(1), image.random(count, -1e4, 1e4), image.put([1]), 0, count],
    (image) => [image.reserve(1), image.special(count, -100, 100), image.put([0]), 0, count],
  ]),
  sigmoidCrossEntropyBackward: COUNTS.flatMap((count) => [
    (image) => [
      image.reserve(count),
      image.random(1),
      image.random(count, -30, 30),
      image.random(count, 0, 1),
      1,
      count + 3,
      count,
    ],
    (image) => [
      image.reserve(count),
      image.put([1]),
      image.special(count, -100, 100),
      image.put([1]),
      0,
      Math.max(count, 1),
      count,
    ],
  ]),
  softmaxCrossEntropy: CLASSES.flatMap(([rows, classes]) => [
    (image) => [
      image.reserve(rows),
      image.random(rows * classes, -9, 9),
      classNumbers(image, rows, classes),
      rows,
      classes,
    ],
    // Logits of which some exponentials vanish, and special ones.
    (image) => [
      image.reserve(rows),
      image.random(rows * classes, -1e3, 1e3),
      classNumbers(image, rows, classes),
      rows,
      classes,
    ],
    (image) => [image.reserve(rows), image.special(rows * classes), classNumbers(image, rows, classes), rows, classes],
  ]),
  softmaxCrossEntropyBackward: CLASSES.flatMap(([rows, classes]): CaseBuilder<'softmaxCrossEntropyBackward'>[] =>
    [9, 1e3].flatMap((range): CaseBuilder<'softmaxCrossEntropyBackward'>[] => [
      (image) => {
        const [dz, dy] = [image.reserve(rows * classes), image.random(rows)];
        const logits = image.random(rows * classes, -range, range);
        return [dz, dy, logits, classNumbers(image, rows, classes), rows, classes];
      },
      (image) => {
        const [dz, dy] = [image.reserve(rows * classes), image.special(rows)];
        const logits = image.special(rows * classes, -range, range);
        return [dz, dy, logits, classNumbers(image, rows, classes), rows, classes];
      },
    ]),
  ),
  adam: COUNTS.flatMap((count) =>
    [1e-3, 0].flatMap((rate): CaseBuilder<'adam'>[] => [
      (image) => [
        image.random(count),
        image.random(count, -0.1, 0.1),
        image.random(count, 0, 0.01),
        image.random(count),
        ...([rate, 0.9, 1 - 0.9, 0.999, 1 - 0.999, 1e-7, count] as const),
      ],
      (image) => [
        image.random(count),
        image.special(count),
        image.special(count),
        image.special(count),
        ...([rate, 0.5, 0.5, 0.999, 1 - 0.999, 0, count] as const),
      ],
    ]),
  ),
  gatherBytes: [
    [0, 7],
    [1, 1],
    [3, 5],
    [5, 16],
    [2, 784],
    [9, 13],
  ].map(
    ([rows, columns]): CaseBuilder<'gatherBytes'> =>
      (image) => {
        const source = Uint8Array.from({ length: 11 * columns! }, (_, i) => (i * 37 + (i >> 3)) & 255);
        const indices = Array.from({ length: rows! }, (_, r) => (r * 7 + 3) % 11);
        const bytes = image.putBytes(source);
        return [image.reserve(rows! * columns!), bytes, image.putInts(indices), 127.5, 127.5, rows!, columns!];
      },
  ),
  randomUniform: COUNTS.flatMap((count) =>
    COUNTERS.map(([low, high]) => (image) => [image.reserve(count), 42, -7, low, high, 3, -0.1, 0.7, count]),
  ),
  randomNormal: COUNTS.flatMap((count) =>
    COUNTERS.map(([low, high]) => (image) => [image.reserve(count), 42, -7, low, high, 0, 0.5, 0.02, count]),
  ),
  dropout: COUNTS.flatMap((count) => [
    (image) => [image.reserve(count), image.special(count), image.random(count, 0, 1), 0.3, 1 / 0.7, count],
    (image) => [
      image.reserve(count),
      image.random(count),
      image.put(new Float32Array(count).fill(0.25)),
      0.25,
      2,
      count,
    ],
  ]),
};
