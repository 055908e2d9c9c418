/**
 * How each kernel's work is cut into chunks for threads: over elements, rows or columns, never over a sum, so that the bits do not
 * depend on the cut. A rule says how much work a call is, along what it may be cut, and what a part's arguments are.
 */
import type { KernelName } from '../contract.ts';

export type Arguments = readonly number[];

export interface SplitRule {
  /** Length of what is cut, and the multiple that cuts must fall on. */
  readonly length: (args: Arguments) => number;
  readonly grain: number;
  /** Elementary work of one unit of the length, in elements or multiply-adds. */
  readonly cost: (args: Arguments) => number;
  /** Writes into `out` the arguments of the part [begin, end). */
  readonly part: (out: number[], args: Arguments, begin: number, end: number) => void;
}

/** A cache line of floats: no two threads write to the same one. */
const LINE = 16;

/** Cut along a count (argument `at`); the addresses listed move with it. */
function elements(at: number, addresses: readonly number[], cost = 1): SplitRule {
  return {
    length: (args) => args[at]!,
    grain: LINE,
    cost: () => cost,
    part(out, args, begin, end) {
      copyArguments(out, args);
      for (const i of addresses) out[i] = args[i]! + begin;
      out[at] = end - begin;
    },
  };
}

/** Cut along rows (argument `at`); each listed address moves by its own step a row. */
function rows(
  at: number,
  columnsAt: number,
  steps: Readonly<Record<number, (args: Arguments) => number>>,
  cost = 1,
): SplitRule {
  const moves = Object.entries(steps).map(([address, step]) => ({ address: Number(address), step }));
  return {
    length: (args) => args[at]!,
    grain: 1,
    cost: (args) => cost * args[columnsAt]!,
    part(out, args, begin, end) {
      copyArguments(out, args);
      for (const { address, step } of moves) out[address] = args[address]! + begin * step(args);
      out[at] = end - begin;
    },
  };
}

/** A step of one, or of whatever an argument says. */
const one = (): number => 1;
const argument =
  (index: number) =>
  (args: Arguments): number =>
    args[index]!;

/** Cut along columns of matrices whose stride stays. */
function columns(at: number, rowsAt: number, addresses: readonly number[], cost = 1): SplitRule {
  return {
    length: (args) => args[at]!,
    grain: LINE,
    cost: (args) => cost * args[rowsAt]!,
    part(out, args, begin, end) {
      copyArguments(out, args);
      for (const i of addresses) out[i] = args[i]! + begin;
      out[at] = end - begin;
    },
  };
}

/** Elementwise with broadcasting: along the rows, or along the columns of a single row. */
const binary: SplitRule = {
  length: (args) => (args[3]! > 1 ? args[3]! : args[4]!),
  grain: LINE,
  cost: (args) => (args[3]! > 1 ? args[4]! : 1),
  part(out, args, begin, end) {
    copyArguments(out, args);
    const manyRows = args[3]! > 1;
    out[0] = args[0]! + begin * (manyRows ? args[4]! : 1);
    out[1] = args[1]! + begin * args[manyRows ? 5 : 6]!;
    out[2] = args[2]! + begin * args[manyRows ? 7 : 8]!;
    out[manyRows ? 3 : 4] = end - begin;
  },
};

/** Random draws: four floats a block of the stream, so the counter moves by a quarter. */
function draws(cost: number): SplitRule {
  const rule = elements(8, [0], cost);
  return {
    ...rule,
    part(out, args, begin, end) {
      rule.part(out, args, begin, end);
      const low = (args[3]! >>> 0) + begin / 4;
      out[3] = low | 0;
      out[4] = (args[4]! + (low > 0xffffffff ? 1 : 0)) | 0;
    },
  };
}

/**
 * GEMM: along the columns of C if it has more of them than rows, so that the smaller operand is the one packed by every thread.
 * A row of C or a column is n k or m k multiply-adds.
 */
const gemm: SplitRule = {
  length: (args) => Math.max(args[3]!, args[4]!),
  grain: LINE,
  cost: (args) => (Math.min(args[3]!, args[4]!) * args[5]!) / GEMM_RATE,
  part(out, args, begin, end) {
    copyArguments(out, args);
    if (args[4]! >= args[3]!) {
      out[0] = args[0]! + begin;
      out[2] = args[2]! + begin * (args[10] === 1 ? args[8]! : 1);
      out[4] = end - begin;
    } else {
      out[0] = args[0]! + begin * args[6]!;
      out[1] = args[1]! + begin * (args[9] === 1 ? 1 : args[7]!);
      out[3] = end - begin;
    }
  },
};

/** Multiply-adds that take about as long as one element of an elementwise kernel. */
const GEMM_RATE = 8;

/** The geometry of the kernels on windows: their arguments from the fifth on, by name. */
const HEIGHT = 4;
const WIDTH = 5;
const CHANNELS = 6;
const KERNEL_HEIGHT = 7;
const KERNEL_WIDTH = 8;
const OUT_HEIGHT = 13;
const OUT_WIDTH = 14;

/** The product of some arguments. */
const times =
  (...indices: readonly number[]) =>
  (args: Arguments): number =>
    indices.reduce((product, index) => product * args[index]!, 1);

/** Elements that the windows of one line or one image hold. */
const windowsOfLine = times(OUT_WIDTH, KERNEL_HEIGHT, KERNEL_WIDTH, CHANNELS);
const windowsOfImage = times(OUT_HEIGHT, OUT_WIDTH, KERNEL_HEIGHT, KERNEL_WIDTH, CHANNELS);
const image = times(HEIGHT, WIDTH, CHANNELS);

/** Cut along lines: the first line moves, and the output with it by `step` a line. */
function lines(step: (args: Arguments) => number, cost: (args: Arguments) => number): SplitRule {
  return {
    length: (args) => args[3]!,
    grain: 1,
    cost,
    part(out, args, begin, end) {
      copyArguments(out, args);
      out[0] = args[0]! + begin * step(args);
      out[2] = args[2]! + begin;
      out[3] = end - begin;
    },
  };
}

/** The gradient of max pooling reads every window twice; overlapping ones add to the same pixels, so that only images are apart. */
const maxPooling2dBackward: SplitRule = {
  length: (args) => args[3]!,
  grain: 1,
  cost: (args) => image(args) + 2 * windowsOfImage(args),
  part(out, args, begin, end) {
    copyArguments(out, args);
    out[0] = args[0]! + begin * image(args);
    out[1] = args[1]! + begin * times(OUT_HEIGHT, OUT_WIDTH, CHANNELS)(args);
    out[2] = args[2]! + begin * image(args);
    out[3] = end - begin;
  },
};

/** Kernels that are not listed stay on one thread: their sum has one order, or they never take long. */
export const SPLIT_RULES: { readonly [K in KernelName]?: SplitRule } = {
  add: binary,
  sub: binary,
  mul: binary,
  div: binary,
  neg: elements(2, [0, 1]),
  square: elements(2, [0, 1]),
  sqrt: elements(2, [0, 1]),
  exp: elements(2, [0, 1], 4),
  log: elements(2, [0, 1], 4),
  abs: elements(2, [0, 1]),
  tanh: elements(2, [0, 1], 6),
  sigmoid: elements(2, [0, 1], 6),
  relu: elements(2, [0, 1]),
  leakyRelu: elements(3, [0, 1]),
  clip: elements(4, [0, 1]),
  absBackward: elements(3, [0, 1, 2]),
  tanhBackward: elements(3, [0, 1, 2]),
  sigmoidBackward: elements(3, [0, 1, 2]),
  reluBackward: elements(3, [0, 1, 2]),
  leakyReluBackward: elements(4, [0, 1, 2]),
  clipBackward: elements(5, [0, 1, 2]),
  fill: elements(2, [0]),
  copy: rows(2, 3, { 0: argument(4), 1: argument(5) }),
  sumRows: rows(2, 3, { 0: one, 1: argument(4) }),
  sumColumns: columns(3, 2, [0, 1]),
  countNonFinite: elements(1, [0]),
  gemm,
  im2col: lines(windowsOfLine, windowsOfLine),
  // Each element of the windows is added once, whichever line it belongs to.
  col2im: lines(times(WIDTH, CHANNELS), (args) => windowsOfImage(args) / args[HEIGHT]!),
  maxPooling2d: lines(times(OUT_WIDTH, CHANNELS), windowsOfLine),
  maxPooling2dBackward,
  moments: columns(4, 3, [0, 1, 2], 2),
  batchNormalize: rows(7, 8, { 0: argument(8), 1: argument(8) }, 2),
  batchNormalizeSums: columns(10, 9, [0, 1, 2, 3, 4, 5, 6, 7], 3),
  batchNormalizeBackward: rows(11, 12, { 0: argument(12), 1: argument(12), 2: argument(12) }, 3),
  softmaxCrossEntropy: rows(3, 4, { 0: one, 1: argument(4), 2: one }, 6),
  softmaxCrossEntropyBackward: rows(4, 5, { 0: argument(5), 1: one, 2: argument(5), 3: one }, 10),
  adam: elements(10, [0, 1, 2, 3], 4),
  gatherBytes: rows(5, 6, { 0: argument(6), 2: one }),
  randomUniform: draws(8),
  randomNormal: draws(16),
  dropout: elements(5, [0, 1, 2]),
};

function copyArguments(out: number[], args: Arguments): void {
  for (let i = 0; i < args.length; i++) out[i] = args[i]!;
}
