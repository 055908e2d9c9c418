/**
 * For every kernel a way to make a call of any size: rows, columns and the number of a variant give operands and arguments. Variants are
 * broadcasts, transposes, strides, constants, data with and without special values, and outputs in the place of inputs. A kernel
 * that is missing here does not compile.
 */
import type { BinaryKernel, KernelName, Kernels, UnaryKernel } from '../../src/kernels/contract.ts';
import type { Operands } from './operands.ts';
import { WINDOW_RADICES, windowCase } from './window-case.ts';

export interface KernelCase<P extends readonly number[]> {
  /** 1: only rows * columns matters; 2: a matrix. */
  readonly rank: 1 | 2;
  readonly variants: number;
  readonly build: (o: Operands, rows: number, columns: number, variant: number) => P;
}

type Digits = (radix: number) => number;

/** A case whose variant is read digit by digit, each of its own radix; the number of variants is the product of the radices. */
function kernelCase<K extends KernelName>(
  rank: 1 | 2,
  radices: readonly number[],
  build: (o: Operands, rows: number, columns: number, next: () => number) => Parameters<Kernels[K]>,
): KernelCase<Parameters<Kernels[K]>> {
  return {
    rank,
    variants: radices.reduce((product, radix) => product * radix, 1),
    build(o, rows, columns, variant) {
      let rest = variant;
      let place = 0;
      const digit: Digits = (radix) => {
        const value = rest % radix;
        rest = Math.floor(rest / radix);
        return value;
      };
      return build(o, rows, columns, () => digit(radices[place++]!));
    },
  };
}

/** Random numbers for 0, with special values for 1. */
function data(o: Operands, size: number, mixed: number): number {
  return mixed === 1 ? o.mixed(size) : o.random(size);
}

const unary: KernelCase<Parameters<UnaryKernel>> = kernelCase<'neg'>(
  1,
  [2, 2],
  (o, rows, columns, next): Parameters<UnaryKernel> => {
    const count = rows * columns;
    const x = data(o, count, next());
    return [next() === 1 ? x : o.reserve(count), x, count];
  },
);

/** out apart, in the place of dy, in the place of x. */
function gradient(o: Operands, count: number, next: () => number): [dx: number, dy: number, x: number] {
  const mixed = next();
  const [dy, x] = [data(o, count, mixed), data(o, count, mixed)];
  const place = next();
  return [place === 0 ? o.reserve(count) : place === 1 ? dy : x, dy, x];
}

const backward: KernelCase<[number, number, number, number]> = kernelCase<'tanhBackward'>(
  1,
  [2, 3],
  (o, rows, columns, next) => [...gradient(o, rows * columns, next), rows * columns],
);

/** Dense, in a wider matrix, one row, one column, one column of a wider matrix, one number. */
const OPERAND_KINDS = 6;

function broadcast(
  o: Operands,
  rows: number,
  columns: number,
  kind: number,
  mixed: number,
): [address: number, rowStep: number, columnStep: 0 | 1] {
  if (kind === 0) return [data(o, rows * columns, mixed), columns, 1];
  if (kind === 1) return [data(o, rows * (columns + 3), mixed), columns + 3, 1];
  if (kind === 2) return [data(o, columns, mixed), 0, 1];
  if (kind === 3) return [data(o, rows, mixed), 1, 0];
  if (kind === 4) return [data(o, rows * 7, mixed), 7, 0];
  return [data(o, 1, mixed), 0, 0];
}

const binary: KernelCase<Parameters<BinaryKernel>> = kernelCase<'add'>(
  2,
  [OPERAND_KINDS, OPERAND_KINDS, 2, 2],
  (o, rows, columns, next): Parameters<BinaryKernel> => {
    const [aKind, bKind, mixed, inPlace] = [next(), next(), next(), next()];
    const [a, aRowStep, aColumnStep] = broadcast(o, rows, columns, aKind, mixed);
    const [b, bRowStep, bColumnStep] = broadcast(o, rows, columns, bKind, mixed);
    const place = inPlace === 0 ? undefined : aKind === 0 ? a : bKind === 0 ? b : undefined;
    const out = place ?? o.reserve(rows * columns);
    return [out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep];
  },
);

const SLOPES = [0.3, 0, 1, -0.7];
const LIMITS = [
  [-0.5, 0.75],
  [0, 1],
  [-1, -0],
  [0.1, 0.1],
  [-Infinity, Infinity],
] as const;
const DEPTHS = [0, 1, 2, 3, 5, 8, 17];
/** Low and high word of the block counter: zero, shortly before the carry into the high word, shortly before the carry out of it. */
const COUNTERS = [
  [0, 0],
  [-3, 0],
  [-2, 41],
  [-1, -1],
  [0x7fffffff, 5],
] as const;

/** A class from 0 to classes - 1 for each row. */
function classNumbers(o: Operands, rows: number, classes: number): number {
  return o.put(Array.from({ length: rows }, (_, row) => (5 * row + 3) % classes));
}

/** mean, inverse, gamma, beta of a normalisation. */
function features(o: Operands, columns: number, mixed: number): [number, number, number, number] {
  const value = (): number => data(o, columns, mixed);
  return [value(), mixed === 1 ? o.mixed(columns) : o.unit(columns), value(), value()];
}

export const KERNEL_CASES: { readonly [K in KernelName]: KernelCase<Parameters<Kernels[K]>> } = {
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
  leakyRelu: kernelCase<'leakyRelu'>(1, [2, 2, SLOPES.length], (o, rows, columns, next) => {
    const [out, x, count] = unary.build(o, rows, columns, next() + 2 * next());
    return [out, x, SLOPES[next()]!, count];
  }),
  clip: kernelCase<'clip'>(1, [2, 2, LIMITS.length], (o, rows, columns, next) => {
    const [out, x, count] = unary.build(o, rows, columns, next() + 2 * next());
    return [out, x, ...LIMITS[next()]!, count];
  }),
  absBackward: backward,
  tanhBackward: backward,
  sigmoidBackward: backward,
  reluBackward: backward,
  leakyReluBackward: kernelCase<'leakyReluBackward'>(1, [2, 3, SLOPES.length], (o, rows, columns, next) => [
    ...gradient(o, rows * columns, next),
    SLOPES[next()]!,
    rows * columns,
  ]),
  clipBackward: kernelCase<'clipBackward'>(1, [2, 3, LIMITS.length], (o, rows, columns, next) => [
    ...gradient(o, rows * columns, next),
    ...LIMITS[next()]!,
    rows * columns,
  ]),
  fill: kernelCase<'fill'>(1, [6], (o, rows, columns, next) => [
    o.reserve(rows * columns),
    [0, -0, 0.1, Number.NaN, -Infinity, 1e-40][next()]!,
    rows * columns,
  ]),
  // Dense, a transpose, one row, one number, every second column, one column; each into a dense and into a wider matrix.
  copy: kernelCase<'copy'>(2, [6, 2, 2], (o, rows, columns, next) => {
    const [kind, wider, mixed] = [next(), 5 * next(), next()];
    const out = o.reserve(rows * (columns + wider));
    const sizes = [
      [rows * (columns + wider), columns + wider, 1],
      [rows * columns, 1, rows],
      [columns, 0, 1],
      [1, 0, 0],
      [rows * (2 * columns + 1), 2 * columns + 1, 2],
      [rows * 3, 3, 0],
    ] as const;
    const [size, xRowStep, xColumnStep] = sizes[kind]!;
    return [out, data(o, size, mixed), rows, columns, columns + wider, xRowStep, xColumnStep];
  }),
  sumRows: kernelCase<'sumRows'>(2, [2, 2], (o, rows, columns, next) => {
    const stride = columns + 5 * next();
    return [o.reserve(rows), data(o, rows * stride, next()), rows, columns, stride];
  }),
  sumColumns: kernelCase<'sumColumns'>(2, [2, 2], (o, rows, columns, next) => {
    const stride = columns + 5 * next();
    return [o.reserve(columns), data(o, rows * stride, next()), rows, columns, stride];
  }),
  countNonFinite: kernelCase<'countNonFinite'>(1, [2], (o, rows, columns, next) => [
    data(o, rows * columns, next()),
    rows * columns,
  ]),
  gemm: kernelCase<'gemm'>(2, [2, 2, 2, 2, 2, DEPTHS.length], (o, m, n, next) => {
    const flags = [next(), next(), next()] as [0 | 1, 0 | 1, 0 | 1];
    const [wider, mixed, depth] = [next(), next(), next()];
    return gemmCase(o, m, n, DEPTHS[depth]!, flags, 3 * wider, mixed);
  }),
  im2col: kernelCase<'im2col'>(2, WINDOW_RADICES, (o, rows, columns, next) => {
    const { geometry, sizes, mixed, part } = windowCase(rows, columns, next);
    const { firstLine, lines, size } = part('columns');
    return [o.reserve(size), data(o, sizes.picture, mixed), firstLine, lines, ...geometry];
  }),
  col2im: kernelCase<'col2im'>(2, WINDOW_RADICES, (o, rows, columns, next) => {
    const { geometry, sizes, mixed, part } = windowCase(rows, columns, next);
    const { firstLine, lines, size } = part('picture');
    return [o.reserve(size), data(o, sizes.columns, mixed), firstLine, lines, ...geometry];
  }),
  maxPooling2d: kernelCase<'maxPooling2d'>(2, WINDOW_RADICES, (o, rows, columns, next) => {
    const { geometry, sizes, mixed, part } = windowCase(rows, columns, next);
    const { firstLine, lines, size } = part('windows');
    return [o.reserve(size), data(o, sizes.picture, mixed), firstLine, lines, ...geometry];
  }),
  maxPooling2dBackward: kernelCase<'maxPooling2dBackward'>(2, WINDOW_RADICES, (o, rows, columns, next) => {
    const { geometry, images, sizes, mixed } = windowCase(rows, columns, next);
    const [dy, x] = [data(o, sizes.windows, mixed), data(o, sizes.picture, mixed)];
    return [o.reserve(sizes.picture), dy, x, images, ...geometry];
  }),
  moments: kernelCase<'moments'>(2, [2, 2], (o, rows, columns, next) => {
    const stride = columns + 5 * next();
    return [o.reserve(columns), o.reserve(columns), data(o, rows * stride, next()), rows, columns, stride];
  }),
  inverseStddev: kernelCase<'inverseStddev'>(1, [2, 2, 2], (o, rows, columns, next) => {
    const count = rows * columns;
    const variance = next() === 1 ? o.mixed(count) : o.unit(count);
    return [next() === 1 ? variance : o.reserve(count), variance, [1e-3, 0][next()]!, count];
  }),
  movingAverage: kernelCase<'movingAverage'>(1, [2, 2], (o, rows, columns, next) => {
    const count = rows * columns;
    const mixed = next();
    const moving = data(o, count, mixed);
    return [moving, next() === 1 ? moving : data(o, count, mixed), 0.99, 1 - 0.99, count];
  }),
  batchNormalize: kernelCase<'batchNormalize'>(2, [2, 2, SLOPES.length], (o, rows, columns, next) => {
    const mixed = next();
    const x = data(o, rows * columns, mixed);
    const y = next() === 1 ? x : o.reserve(rows * columns);
    return [y, x, ...features(o, columns, mixed), SLOPES[next()]!, rows, columns];
  }),
  batchNormalizeSums: kernelCase<'batchNormalizeSums'>(2, [2, 2, SLOPES.length], (o, rows, columns, next) => {
    const mixed = next();
    const stride = columns + 5 * next();
    const [dgamma, dbeta] = [o.reserve(columns), o.reserve(columns)];
    const [dy, x] = [data(o, rows * stride, mixed), data(o, rows * stride, mixed)];
    return [dgamma, dbeta, dy, x, ...features(o, columns, mixed), SLOPES[next()]!, rows, columns, stride];
  }),
  batchNormalizeBackward: kernelCase<'batchNormalizeBackward'>(
    2,
    [2, 3, SLOPES.length, 2],
    (o, rows, columns, next) => {
      const [mixed, place, slope, training] = [next(), next(), next(), next()];
      const [dy, x] = [data(o, rows * columns, mixed), data(o, rows * columns, mixed)];
      const [dgamma, dbeta] = [data(o, columns, mixed), data(o, columns, mixed)];
      const dx = place === 0 ? o.reserve(rows * columns) : place === 1 ? dy : x;
      const share = training === 1 ? 1 / Math.max(rows, 1) : 0;
      return [dx, dy, x, ...features(o, columns, mixed), dgamma, dbeta, SLOPES[slope]!, share, rows, columns];
    },
  ),
  sigmoidCrossEntropy: kernelCase<'sigmoidCrossEntropy'>(1, [2, 2], (o, rows, columns, next) => {
    const count = rows * columns;
    const logits = data(o, count, next());
    const labelStep = next() as 0 | 1;
    return [o.reserve(1), logits, o.unit(labelStep === 1 ? count : 1), labelStep, count];
  }),
  sigmoidCrossEntropyBackward: kernelCase<'sigmoidCrossEntropyBackward'>(1, [2, 2, 2], (o, rows, columns, next) => {
    const count = rows * columns;
    const logits = data(o, count, next());
    const labelStep = next() as 0 | 1;
    const labels = o.unit(labelStep === 1 ? count : 1);
    return [next() === 1 ? logits : o.reserve(count), o.random(1), logits, labels, labelStep, count + 3, count];
  }),
  softmaxCrossEntropy: kernelCase<'softmaxCrossEntropy'>(2, [2], (o, rows, columns, next) => {
    const classes = Math.max(columns, 1);
    const logits = data(o, rows * classes, next());
    return [o.reserve(rows), logits, classNumbers(o, rows, classes), rows, classes];
  }),
  softmaxCrossEntropyBackward: kernelCase<'softmaxCrossEntropyBackward'>(2, [2, 2], (o, rows, columns, next) => {
    const classes = Math.max(columns, 1);
    const logits = data(o, rows * classes, next());
    const dy = data(o, rows, next());
    return [o.reserve(rows * classes), dy, logits, classNumbers(o, rows, classes), rows, classes];
  }),
  adam: kernelCase<'adam'>(1, [2, 2], (o, rows, columns, next) => {
    const count = rows * columns;
    const mixed = next();
    const epsilon = [1e-7, 0][next()]!;
    const [w, m, v, g] = [
      data(o, count, mixed),
      data(o, count, mixed),
      mixed === 1 ? o.mixed(count) : o.unit(count),
      data(o, count, mixed),
    ];
    return [w, m, v, g, 1e-3, 0.9, 1 - 0.9, 0.999, 1 - 0.999, epsilon, count];
  }),
  gatherBytes: kernelCase<'gatherBytes'>(2, [2], (o, rows, columns, next) => {
    const images = 5;
    const indices = Array.from({ length: rows }, (_, row) => (row * 3 + columns) % images);
    const [centre, halfRange] = next() === 1 ? [127.5, 127.5] : [33, 0.7];
    const [bytes, index] = [o.randomBytes(images * columns), o.putInts(indices)];
    return [o.reserve(rows * columns), bytes, index, centre!, halfRange!, rows, columns];
  }),
  randomUniform: kernelCase<'randomUniform'>(1, [COUNTERS.length, 2], (o, rows, columns, next) => {
    const [low, high] = COUNTERS[next()]!;
    const [least, most] = next() === 1 ? [-0.1, 0.7] : [0, 1];
    return [o.reserve(rows * columns), 42, -7, low, high, 3, least!, most!, rows * columns];
  }),
  randomNormal: kernelCase<'randomNormal'>(1, [COUNTERS.length, 2], (o, rows, columns, next) => {
    const [low, high] = COUNTERS[next()]!;
    const [mean, stddev] = next() === 1 ? [0.5, 0.02] : [0, 1];
    return [o.reserve(rows * columns), -99, 1 << 30, low, high, 0, mean!, stddev!, rows * columns];
  }),
  dropout: kernelCase<'dropout'>(1, [2, 3], (o, rows, columns, next) => {
    const count = rows * columns;
    const [x, u] = [data(o, count, next()), o.unit(count)];
    const place = next();
    return [place === 0 ? o.reserve(count) : place === 1 ? x : u, x, u, 0.3, 1 / 0.7, count];
  }),
};

/** One product. `wider`: floats by which the rows of all three matrices are longer than needed. C holds NaN where it may not be read. */
export function gemmCase(
  o: Operands,
  m: number,
  n: number,
  k: number,
  [transposeA, transposeB, accumulate]: readonly [0 | 1, 0 | 1, 0 | 1],
  wider: number,
  mixed: number,
): Parameters<Kernels['gemm']> {
  const [cStride, aStride] = [n + wider, (transposeA ? m : k) + wider];
  const bStride = (transposeB ? k : n) + (wider === 0 ? 0 : wider + 1);
  const c = accumulate === 1 ? data(o, m * cStride, mixed) : o.put(new Float32Array(m * cStride).fill(Number.NaN));
  const a = data(o, (transposeA ? k : m) * aStride, mixed);
  const b = data(o, (transposeB ? n : k) * bStride, mixed);
  return [c, a, b, m, n, k, cStride, aStride, bStride, transposeA, transposeB, accumulate];
}
