/**
 * THE CONTRACT: every kernel's signature, formula and shapes. Two sets stand behind it, the portable one (TypeScript) and the SIMD
 * one (WebAssembly), and both give the same bits, since every kernel fixes the order of its float32 operations:
 *
 * - elementwise kernels evaluate their formula from left to right as bracketed here, each operation rounded to float32;
 * - sums are taken in chains of at most 256 terms, chains in blocks of 256, blocks one after the other (summation.ts);
 * - column sums go down the rows;
 * - full sums have four lanes: lane l adds elements l, l + 4, l + 8, ... and the sum is (lane0 + lane1) + (lane2 + lane3);
 * - a count that divides is rounded to float32 first;
 * - gemm sums k upwards from 0 within a block of k, then adds block to block (blocking.ts).
 *
 * An Address counts floats from the start of the heap. Outputs come first. Kernels never allocate, and never check: their callers
 * do. Matrices are row-major; a `stride` is the distance between the starts of two rows, in floats. Outputs may not overlap
 * inputs, but where a formula is elementwise an output may be the very same address as an input.
 */

/** Position in the heap, in floats (4 bytes) from its start. */
export type Address = number;

/** Elementwise with broadcasting over a matrix: out is dense, a step of 0 repeats an operand along that direction. */
export type BinaryKernel = (
  out: Address,
  a: Address,
  b: Address,
  rows: number,
  columns: number,
  aRowStep: number,
  aColumnStep: 0 | 1,
  bRowStep: number,
  bColumnStep: 0 | 1,
) => void;

export type UnaryKernel = (out: Address, x: Address, count: number) => void;

/**
 * Windows that slide over pictures, channels last. The bigger side, [height, width, channels], is the input of a convolution or of a
 * pooling and the output of a transposed convolution; the other has outHeight x outWidth pixels, one a window. Window (oy, ox) begins at
 * pixel (oy strideHeight - padTop, ox strideWidth - padLeft); pads are at least 0, strides at least 1. A line is one row of pixels of
 * one image: line = image height + y on the bigger side, image outHeight + oy on the other.
 */
export type WindowGeometry = [
  height: number,
  width: number,
  channels: number,
  kernelHeight: number,
  kernelWidth: number,
  strideHeight: number,
  strideWidth: number,
  padTop: number,
  padLeft: number,
  outHeight: number,
  outWidth: number,
];

/** What tensors cannot do without. */
export interface CoreKernels {
  /** out = a + b */
  add: BinaryKernel;
  /** out = a - b */
  sub: BinaryKernel;
  /** out = a b */
  mul: BinaryKernel;
  /** out = a / b */
  div: BinaryKernel;

  neg: UnaryKernel;
  square: UnaryKernel;
  sqrt: UnaryKernel;
  exp: UnaryKernel;
  log: UnaryKernel;
  abs: UnaryKernel;
  tanh: UnaryKernel;
  sigmoid: UnaryKernel;
  /** out = max(x, 0); NaN stays NaN, -0 becomes 0 */
  relu: UnaryKernel;
  /** out = x > 0 ? x : slope x */
  leakyRelu(out: Address, x: Address, slope: number, count: number): void;

  /** out = min(max(x, low), high); NaN stays NaN */
  clip(out: Address, x: Address, low: number, high: number, count: number): void;

  /** dx = sign(x) dy, with sign(0) = 0 */
  absBackward(dx: Address, dy: Address, x: Address, count: number): void;
  /** dx = dy (1 - y y) */
  tanhBackward(dx: Address, dy: Address, y: Address, count: number): void;
  /** dx = dy (y (1 - y)) */
  sigmoidBackward(dx: Address, dy: Address, y: Address, count: number): void;
  /** dx = x > 0 ? dy : 0 */
  reluBackward(dx: Address, dy: Address, x: Address, count: number): void;
  /** dx = x > 0 ? dy : slope dy */
  leakyReluBackward(dx: Address, dy: Address, x: Address, slope: number, count: number): void;

  /** dx = low <= x <= high ? dy : 0 */
  clipBackward(dx: Address, dy: Address, x: Address, low: number, high: number, count: number): void;

  /** out[i] = value */
  fill(out: Address, value: number, count: number): void;
  /** out[r outStride + c] = x[r xRowStep + c xColumnStep]: slices, transposes, broadcasts, concatenations */
  copy(
    out: Address,
    x: Address,
    rows: number,
    columns: number,
    outStride: number,
    xRowStep: number,
    xColumnStep: number,
  ): void;

  /** out[r] = sum over c of x[r, c], in four lanes */
  sumRows(out: Address, x: Address, rows: number, columns: number, stride: number): void;
  /** out[c] = sum over r of x[r, c], down the rows */
  sumColumns(out: Address, x: Address, rows: number, columns: number, stride: number): void;
  /** How many of x[0..count) are NaN or infinite. */
  countNonFinite(x: Address, count: number): number;

  /**
   * C = op(A) op(B), or C += op(A) op(B) with `accumulate`: C is [m, n], op(A) is [m, k], op(B) is [k, n]; op transposes where its
   * flag says so, so A is stored as [k, m] then. With k = 0, C becomes 0 (or stays, with `accumulate`). C may hold NaN
   * before: without `accumulate` it is never read.
   */
  gemm(
    c: Address,
    a: Address,
    b: Address,
    m: number,
    n: number,
    k: number,
    cStride: number,
    aStride: number,
    bStride: number,
    transposeA: 0 | 1,
    transposeB: 0 | 1,
    accumulate: 0 | 1,
  ): void;

  /** out[r, c] = (bytes[indices[r], c] - centre) / halfRange; `bytes` are uint8 packed four to a float, indices are int32 */
  gatherBytes(
    out: Address,
    bytes: Address,
    indices: Address,
    centre: number,
    halfRange: number,
    rows: number,
    columns: number,
  ): void;

  /**
   * out[i] = low + (high - low) u[i], u = (word >>> 8) 2^-24 in [0, 1), word i of the Philox stream that begins at block
   * (counterLow, counterHigh) of `stream` under key (key0, key1); four words a block.
   */
  randomUniform(
    out: Address,
    key0: number,
    key1: number,
    counterLow: number,
    counterHigh: number,
    stream: number,
    low: number,
    high: number,
    count: number,
  ): void;
  /** out[i] = mean + stddev quantile(p[i]), p = ((word >>> 9) + 1/2) 2^-23 */
  randomNormal(
    out: Address,
    key0: number,
    key1: number,
    counterLow: number,
    counterHigh: number,
    stream: number,
    mean: number,
    stddev: number,
    count: number,
  ): void;
  /** out = u >= rate ? x scale : 0 (dropout, and with dy for x its gradient) */
  dropout(out: Address, x: Address, u: Address, rate: number, scale: number, count: number): void;
}

/** Batch normalisation. */
export interface NormalizationKernels {
  /** mean[c] = (sum over r of x[r, c]) / rows; variance[c] = (sum over r of (x[r, c] - mean[c])^2) / rows */
  moments(mean: Address, variance: Address, x: Address, rows: number, columns: number, stride: number): void;
  /** out = 1 / sqrt(variance + epsilon) */
  inverseStddev(out: Address, variance: Address, epsilon: number, count: number): void;
  /** moving = oldShare moving + newShare batch */
  movingAverage(moving: Address, batch: Address, oldShare: number, newShare: number, count: number): void;
  /**
   * Batch normalisation and the LeakyReLU that follows it, in one pass (slope 1: none follows):
   * v = ((x - mean) inverse) gamma + beta; y = v > 0 ? v : slope v
   */
  batchNormalize(
    y: Address,
    x: Address,
    mean: Address,
    inverse: Address,
    gamma: Address,
    beta: Address,
    slope: number,
    rows: number,
    columns: number,
  ): void;
  /**
   * With xhat = (x - mean) inverse, v as above, dv = v > 0 ? dy : slope dy:
   * dgamma[c] = sum over r of dv xhat; dbeta[c] = sum over r of dv
   */
  batchNormalizeSums(
    dgamma: Address,
    dbeta: Address,
    dy: Address,
    x: Address,
    mean: Address,
    inverse: Address,
    gamma: Address,
    beta: Address,
    slope: number,
    rows: number,
    columns: number,
    stride: number,
  ): void;
  /**
   * dx = (gamma inverse) ((dv - dbeta share) - xhat (dgamma share)), with share = 1 / rows when mean and inverse came from this very
   * batch and 0 when they are constants (inference).
   */
  batchNormalizeBackward(
    dx: Address,
    dy: Address,
    x: Address,
    mean: Address,
    inverse: Address,
    gamma: Address,
    beta: Address,
    dgamma: Address,
    dbeta: Address,
    slope: number,
    share: number,
    rows: number,
    columns: number,
  ): void;
}

/** Losses of logits, and Adam. */
export interface TrainingKernels {
  /**
   * Binary cross-entropy from logits, averaged: out[0] = (four-lane sum of (max(z, 0) - z y) + log(1 + exp(-|z|))) / count.
   * labelStep 0 uses labels[0] for all.
   */
  sigmoidCrossEntropy(out: Address, logits: Address, labels: Address, labelStep: 0 | 1, count: number): void;
  /** dz = (sigmoid(z) - y) (dy[0] / total); `total` is the count of the whole mean, of which `count` elements are done here */
  sigmoidCrossEntropyBackward(
    dz: Address,
    dy: Address,
    logits: Address,
    labels: Address,
    labelStep: 0 | 1,
    total: number,
    count: number,
  ): void;

  /**
   * One step of Adam on one variable:
   * m = beta1 m + rest1 g; v = beta2 v + rest2 (g g); w = w - (rate m) / (sqrt(v) + epsilon), with rest = 1 - beta.
   * Returns how many elements have a w or a v that is NaN or infinite afterwards; an m that is makes its v or w so too.
   */
  adam(
    w: Address,
    m: Address,
    v: Address,
    g: Address,
    rate: number,
    beta1: number,
    rest1: number,
    beta2: number,
    rest2: number,
    epsilon: number,
    count: number,
  ): number;
}

/** The loss of classifiers. */
export interface ClassificationKernels {
  /**
   * Cross-entropy of each row's softmax from logits, with m = max over c of z[r, c] and S = (four-lane sum over c of exp(z[r, c] - m)):
   * losses[r] = log(S) - (z[r, label] - m). `labels` are class numbers from 0 to classes - 1, as floats.
   */
  softmaxCrossEntropy(losses: Address, logits: Address, labels: Address, rows: number, classes: number): void;
  /** dz[r, c] = (exp(z[r, c] - m) / S - (c = label ? 1 : 0)) dy[r], with m and S as above */
  softmaxCrossEntropyBackward(
    dz: Address,
    dy: Address,
    logits: Address,
    labels: Address,
    rows: number,
    classes: number,
  ): void;
}

/** Convolutions and max pooling. */
export interface WindowKernels {
  /**
   * The patches of a convolution as rows of a matrix, 0 where they hang over the edge: with k = (ky kernelWidth + kx) channels + c,
   * columns[l outWidth + ox, k] = x[image, oy strideHeight + ky - padTop, ox strideWidth + kx - padLeft, c].
   * Row l is line firstLine + l of the windows. `columns` is the address of the first of these lines, `x` that of image 0.
   */
  im2col(columns: Address, x: Address, firstLine: number, lines: number, ...geometry: WindowGeometry): void;
  /**
   * The adjoint of im2col, gathered: x[y, w, c] = the sum, from 0, over ky and within it over kx upwards, of columns[(oy, ox), k] where
   * oy strideHeight + ky - padTop = y and ox strideWidth + kx - padLeft = w, k as above.
   * `x` is the address of line firstLine of the bigger side, `columns` that of image 0's first window.
   */
  col2im(x: Address, columns: Address, firstLine: number, lines: number, ...geometry: WindowGeometry): void;
  /**
   * out[oy, ox, c] = the maximum of x over the window; what hangs over the edge never wins, and a window that lies outside altogether
   * gives -Infinity. One NaN makes NaN, and max(-0, +0) = +0. `out` is the address of line firstLine of the windows, `x` that of image 0.
   */
  maxPooling2d(out: Address, x: Address, firstLine: number, lines: number, ...geometry: WindowGeometry): void;
  /**
   * dx = 0; then, for one window after the other, dy is added where the maximum was: at the first element, ky and within it kx upwards,
   * that equals it (-0 equals +0), or at the first NaN if there is one.
   */
  maxPooling2dBackward(dx: Address, dy: Address, x: Address, images: number, ...geometry: WindowGeometry): void;
}

export interface Kernels
  extends CoreKernels,
    NormalizationKernels,
    TrainingKernels,
    ClassificationKernels,
    WindowKernels {}

export type KernelName = keyof Kernels;

/** Any kernel, called with its arguments in order; one without a result gives undefined where a number stands here. */
export type KernelCall = (...args: number[]) => number;

/** All kernels under one type of call: what a set made from data is built of. It is assignable to Kernels. */
export type KernelCalls = Record<KernelName, KernelCall>;

/** The kernels of a program: the core, and those of the families that it uses. */
export type LoadedKernels = CoreKernels & Partial<Kernels>;
/** The same under one type of call. */
export type LoadedCalls = Record<keyof CoreKernels, KernelCall> & Partial<KernelCalls>;
