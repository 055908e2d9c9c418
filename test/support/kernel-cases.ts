/**
 * For every kernel a way to make a call of any size: rows, columns and the number of a variant give operands and
 * arguments. Variants are broadcasts, transposes, strides, constants, data with and without special values, and outputs
 * in the place of inputs. Elementwise kernels get theirs from their parameters; the others are listed.
 */
import type { AnyKernel } from '../../src/kernels/kernel.ts';
import type { KernelName, Kernels } from './kernel-sets.ts';
import type { Operands } from './operands.ts';
import { WINDOW_RADICES, windowCase } from './window-case.ts';

interface KernelCase<P extends readonly number[] = readonly number[]> {
  /** 1: only rows * columns matters; 2: a matrix. */
  readonly rank: 1 | 2;
  readonly variants: number;
  readonly build: (o: Operands, rows: number, columns: number, variant: number) => P;
}

type Digits = (radix: number) => number;

/**
 * A case whose variant is read digit by digit, each with its own radix. The number of variants is the product of the
 * radices.
 */
function kernelCase<P extends readonly number[]>(
  rank: 1 | 2,
  radices: readonly number[],
  build: (o: Operands, rows: number, columns: number, next: () => number) => P,
): KernelCase<P> {
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

const SLOPES = [0.3, 0, 1, -0.7];

/**
 * A kernel whose parameters are addresses, float constants and a count: all operands have `count` elements. The first
 * address is the output: separate, or the same as one of the others.
 */
function elementwise({ name, parameters }: AnyKernel): KernelCase {
  const kinds = Object.values(parameters);
  if (Object.keys(parameters).at(-1) !== 'count' || kinds.indexOf('i32') !== kinds.length - 1) {
    throw new Error(`${name} is not elementwise: it needs a case of its own in test/support/kernel-cases.ts`);
  }
  const inputs = kinds.filter((kind) => kind === 'address').length - 1;
  const constants = kinds.filter((kind) => kind === 'f32').length;
  const radices = [2, inputs + 1, ...Array<number>(constants).fill(SLOPES.length)];
  return kernelCase(1, radices, (o, rows, columns, next) => {
    const count = rows * columns;
    const mixed = next();
    const place = next();
    const operands = Array.from({ length: inputs }, () => data(o, count, mixed));
    // A kernel of a single operand may read it.
    const out = inputs === 0 ? data(o, count, mixed) : place === 0 ? o.reserve(count) : operands[place - 1]!;
    return [out, ...operands, ...Array.from({ length: constants }, () => SLOPES[next()]!), count];
  });
}

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

const binary = kernelCase<Parameters<Kernels['add']>>(
  2,
  [OPERAND_KINDS, OPERAND_KINDS, 2, 2],
  (o, rows, columns, next) => {
    const [aKind, bKind, mixed, inPlace] = [next(), next(), next(), next()];
    const [a, aRowStep, aColumnStep] = broadcast(o, rows, columns, aKind, mixed);
    const [b, bRowStep, bColumnStep] = broadcast(o, rows, columns, bKind, mixed);
    const place = inPlace === 0 ? undefined : aKind === 0 ? a : bKind === 0 ? b : undefined;
    const out = place ?? o.reserve(rows * columns);
    return [out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep];
  },
);

const DEPTHS = [0, 1, 2, 3, 5, 8, 17];
/**
 * Low and high word of the block counter: zero, shortly before the carry into the high word, shortly before the carry
 * out of it.
 */
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

const CASES: { readonly [K in KernelName]?: KernelCase<Parameters<Kernels[K]>> } = {
  // Dense, a transpose, one row, one number, every second column, one column; each into a dense and into a wider
  // matrix.
  copy: kernelCase<Parameters<Kernels['copy']>>(2, [6, 2, 2], (o, rows, columns, next) => {
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
  sumRows: kernelCase<Parameters<Kernels['sumRows']>>(2, [2, 2], (o, rows, columns, next) => {
    const stride = columns + 5 * next();
    return [o.reserve(rows), data(o, rows * stride, next()), rows, columns, stride];
  }),
  sumColumns: kernelCase<Parameters<Kernels['sumColumns']>>(2, [2, 2], (o, rows, columns, next) => {
    const stride = columns + 5 * next();
    return [o.reserve(columns), data(o, rows * stride, next()), rows, columns, stride];
  }),
  gemm: kernelCase<Parameters<Kernels['gemm']>>(2, [2, 2, 2, 2, 2, DEPTHS.length], (o, m, n, next) => {
    const flags = [next(), next(), next()] as [0 | 1, 0 | 1, 0 | 1];
    const [wider, mixed, depth] = [next(), next(), next()];
    return gemmCase(o, m, n, DEPTHS[depth]!, flags, 3 * wider, mixed);
  }),
  im2col: kernelCase<Parameters<Kernels['im2col']>>(2, WINDOW_RADICES, (o, rows, columns, next) => {
    const { geometry, sizes, mixed, part } = windowCase(rows, columns, next);
    const { firstLine, lines, size } = part('columns');
    return [o.reserve(size), data(o, sizes.picture, mixed), firstLine, lines, ...geometry];
  }),
  col2im: kernelCase<Parameters<Kernels['col2im']>>(2, WINDOW_RADICES, (o, rows, columns, next) => {
    const { geometry, sizes, mixed, part } = windowCase(rows, columns, next);
    const { firstLine, lines, size } = part('picture');
    return [o.reserve(size), data(o, sizes.columns, mixed), firstLine, lines, ...geometry];
  }),
  maxPooling2d: kernelCase<Parameters<Kernels['maxPooling2d']>>(2, WINDOW_RADICES, (o, rows, columns, next) => {
    const { geometry, sizes, mixed, part } = windowCase(rows, columns, next);
    const { firstLine, lines, size } = part('windows');
    return [o.reserve(size), data(o, sizes.picture, mixed), firstLine, lines, ...geometry];
  }),
  maxPooling2dBackward: kernelCase<Parameters<Kernels['maxPooling2dBackward']>>(
    2,
    WINDOW_RADICES,
    (o, rows, columns, next) => {
      const { geometry, images, sizes, mixed } = windowCase(rows, columns, next);
      const [dy, x] = [data(o, sizes.windows, mixed), data(o, sizes.picture, mixed)];
      return [o.reserve(sizes.picture), dy, x, images, ...geometry];
    },
  ),
  maxPooling2dPick: kernelCase<Parameters<Kernels['maxPooling2dPick']>>(2, WINDOW_RADICES, (o, rows, columns, next) => {
    const { geometry, images, sizes, mixed } = windowCase(rows, columns, next);
    const [from, x] = [data(o, sizes.picture, mixed), data(o, sizes.picture, mixed)];
    return [o.reserve(sizes.windows), from, x, images, ...geometry];
  }),
  moments: kernelCase<Parameters<Kernels['moments']>>(2, [2, 2], (o, rows, columns, next) => {
    const stride = columns + 5 * next();
    return [o.reserve(columns), o.reserve(columns), data(o, rows * stride, next()), rows, columns, stride];
  }),
  batchNormalize: kernelCase<Parameters<Kernels['batchNormalize']>>(
    2,
    [2, 2, SLOPES.length],
    (o, rows, columns, next) => {
      const mixed = next();
      const x = data(o, rows * columns, mixed);
      const y = next() === 1 ? x : o.reserve(rows * columns);
      return [y, x, ...features(o, columns, mixed), SLOPES[next()]!, rows, columns];
    },
  ),
  batchNormalizeSums: kernelCase<Parameters<Kernels['batchNormalizeSums']>>(
    2,
    [2, 2, SLOPES.length],
    (o, rows, columns, next) => {
      const mixed = next();
      const stride = columns + 5 * next();
      const [dgamma, dbeta] = [o.reserve(columns), o.reserve(columns)];
      const [dy, x] = [data(o, rows * stride, mixed), data(o, rows * stride, mixed)];
      return [dgamma, dbeta, dy, x, ...features(o, columns, mixed), SLOPES[next()]!, rows, columns, stride];
    },
  ),
  batchNormalizeBackward: kernelCase<Parameters<Kernels['batchNormalizeBackward']>>(
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
  sigmoidCrossEntropy: kernelCase<Parameters<Kernels['sigmoidCrossEntropy']>>(1, [2, 2], (o, rows, columns, next) => {
    const count = rows * columns;
    const logits = data(o, count, next());
    const labelStep = next() as 0 | 1;
    return [o.reserve(1), logits, o.unit(labelStep === 1 ? count : 1), labelStep, count];
  }),
  sigmoidCrossEntropyBackward: kernelCase<Parameters<Kernels['sigmoidCrossEntropyBackward']>>(
    1,
    [2, 2, 2],
    (o, rows, columns, next) => {
      const count = rows * columns;
      const logits = data(o, count, next());
      const labelStep = next() as 0 | 1;
      const labels = o.unit(labelStep === 1 ? count : 1);
      return [next() === 1 ? logits : o.reserve(count), o.random(1), logits, labels, labelStep, count + 3, count];
    },
  ),
  softmaxCrossEntropy: kernelCase<Parameters<Kernels['softmaxCrossEntropy']>>(2, [2], (o, rows, columns, next) => {
    const classes = Math.max(columns, 1);
    const logits = data(o, rows * classes, next());
    return [o.reserve(rows), logits, classNumbers(o, rows, classes), rows, classes];
  }),
  softmaxCrossEntropyBackward: kernelCase<Parameters<Kernels['softmaxCrossEntropyBackward']>>(
    2,
    [2, 2],
    (o, rows, columns, next) => {
      const classes = Math.max(columns, 1);
      const logits = data(o, rows * classes, next());
      const dy = data(o, rows, next());
      return [o.reserve(rows * classes), dy, logits, classNumbers(o, rows, classes), rows, classes];
    },
  ),
  adam: kernelCase<Parameters<Kernels['adam']>>(1, [2, 2], (o, rows, columns, next) => {
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
  gatherBytes: kernelCase<Parameters<Kernels['gatherBytes']>>(2, [2], (o, rows, columns, next) => {
    const images = 5;
    const indices = Array.from({ length: rows }, (_, row) => (row * 3 + columns) % images);
    const [centre, halfRange] = next() === 1 ? [127.5, 127.5] : [33, 0.7];
    const [bytes, index] = [o.randomBytes(images * columns), o.putInts(indices)];
    return [o.reserve(rows * columns), bytes, index, centre!, halfRange!, rows, columns];
  }),
  // Rows of a few entries or none, and one row of more than a chain; images of `outRows` rows, begun in the middle.
  sumChosenRows: kernelCase<Parameters<Kernels['sumChosenRows']>>(2, [2, 2], (o, rows, columns, next) => {
    const [mixed, long] = [next(), next()];
    const [outRows, xRows, firstRow] = [3, 4, rows % 3];
    const counts = [0, 2, long === 1 ? 300 : 1];
    const starts = [0, 0, 2];
    const entries = 2 + counts[2]!;
    const indices = Array.from({ length: entries }, (_, entry) => (entry * 5 + columns) % xRows);
    const images = Math.floor((firstRow + rows) / outRows) + 1;
    const x = data(o, images * xRows * columns, mixed);
    const table = [o.putInts(starts), o.putInts(counts), o.putInts(indices), data(o, entries, mixed)] as const;
    return [o.reserve(rows * columns), x, ...table, firstRow, rows, outRows, xRows, columns];
  }),
  // Layer normalisation (one row), groups of some rows, and more terms than a chain has.
  normalizeGroups: kernelCase<Parameters<Kernels['normalizeGroups']>>(2, [2, 3], (o, rows, columns, next) => {
    const [mixed, kind] = [next(), next()];
    const { shape, size, count } = groupCase(rows, columns, kind);
    const [groups, , width] = shape;
    const [x, gamma, beta] = [data(o, size, mixed), data(o, groups * width, mixed), data(o, groups * width, mixed)];
    return [o.reserve(size), o.reserve(count), o.reserve(count), x, gamma, beta, 1e-3, 1, count - 1, ...shape];
  }),
  normalizeGroupsBackward: kernelCase<Parameters<Kernels['normalizeGroupsBackward']>>(
    2,
    [2, 3],
    (o, rows, columns, next) => {
      const [mixed, kind] = [next(), next()];
      const { shape, size, count } = groupCase(rows, columns, kind);
      const gamma = data(o, shape[0] * shape[2], mixed);
      const [dy, x] = [data(o, size, mixed), data(o, size, mixed)];
      const [mean, inverse] = [data(o, count, mixed), data(o, count, mixed)];
      return [o.reserve(size), o.reserve(size), dy, x, mean, inverse, gamma, 1, count - 1, ...shape];
    },
  ),
  randomUniform: kernelCase<Parameters<Kernels['randomUniform']>>(1, [COUNTERS.length, 2], (o, rows, columns, next) => {
    const [low, high] = COUNTERS[next()]!;
    const [least, most] = next() === 1 ? [-0.1, 0.7] : [0, 1];
    return [o.reserve(rows * columns), 42, -7, low, high, 3, least!, most!, rows * columns];
  }),
  randomNormal: kernelCase<Parameters<Kernels['randomNormal']>>(1, [COUNTERS.length, 2], (o, rows, columns, next) => {
    const [low, high] = COUNTERS[next()]!;
    const [mean, stddev] = next() === 1 ? [0.5, 0.02] : [0, 1];
    return [o.reserve(rows * columns), -99, 1 << 30, low, high, 0, mean!, stddev!, rows * columns];
  }),
};

/** Groups, rows and width, the size of all images, and the number of their groups. */
function groupCase(
  rows: number,
  columns: number,
  kind: number,
): { shape: [groups: number, rows: number, width: number]; size: number; count: number } {
  const shape: [number, number, number] = kind === 0 ? [1, 1, columns] : [3, kind === 1 ? 5 : 150, columns % 11];
  const images = kind === 0 ? rows + 1 : 2;
  return { shape, size: images * shape[0] * shape[1] * shape[2], count: images * shape[0] };
}

const cases: Readonly<Record<string, KernelCase>> = CASES;

export function caseOf(kernel: AnyKernel): KernelCase {
  return cases[kernel.name] ?? ('bColumnStep' in kernel.parameters ? binary : elementwise(kernel));
}

/**
 * One product. `wider` is the number of extra floats at the end of each row of all three matrices. C holds NaN if it
 * may not be read.
 */
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
