/**
 * The names and argument orders of TensorFlow.js on the operations of ganvas, for its tests: `tf.leakyRelu(x, 0.2)`,
 * `x.sum(0)`, `tf.grad(f)(x, dy)`. What ganvas does not have is a NotApplicable error, which the runner counts apart.
 * An operation here is one call of ganvas; only arguments are put in order. Tensors of ganvas are float32: int32 and
 * bool tensors become floats, and the test that made one is marked, since it may ask for an integer type.
 */
import * as ganvas from '../../src/index.ts';

/** A test needs something that ganvas does not have. */
export class NotApplicable extends Error {}

type Operation = (...args: never[]) => unknown;
type DataType = 'float32' | 'int32' | 'bool';

/** Whether the running test has made an int32 or bool tensor. */
export const marks: { otherTypes: boolean } = { otherTypes: false };

const FALLBACK = new Proxy(
  {},
  {
    get: (_, name, receiver: TfTensor) =>
      typeof name === 'symbol' || ['then', 'toJSON', 'nodeType', 'asymmetricMatch'].includes(name)
        ? undefined
        : (...args: unknown[]) => operation(name)(receiver, ...args),
  },
);

/** A tensor as TensorFlow.js shows it. A method that is none of these is the operation of that name. */
export class TfTensor {
  readonly inner: ganvas.Tensor;
  readonly dtype: DataType;

  constructor(inner: ganvas.Tensor, dtype: DataType = 'float32') {
    this.inner = inner;
    this.dtype = dtype;
  }

  get shape(): number[] {
    return [...this.inner.shape];
  }
  get rank(): number {
    return this.inner.shape.length;
  }
  get size(): number {
    return this.inner.size;
  }
  async data(): Promise<Float32Array> {
    return this.dataSync();
  }
  dataSync(): Float32Array {
    return this.inner.data.slice();
  }
  async array(): Promise<unknown> {
    return this.arraySync();
  }
  arraySync(): unknown {
    return this.inner.toArray();
  }
  clone(): TfTensor {
    return new TfTensor(ganvas.reshape(this.inner, this.inner.shape), this.dtype);
  }
  dispose(): void {}
}
Object.setPrototypeOf(TfTensor.prototype, FALLBACK);

/**
 * A ganvas tensor of whatever TensorFlow.js takes for one. What is no tensor goes on as it is, for ganvas to refuse.
 */
function convert(value: unknown): ganvas.Tensor {
  if (value instanceof TfTensor) return value.inner;
  if (typeof value === 'number') return ganvas.scalar(value);
  if (typeof value === 'boolean') return ganvas.scalar(Number(value));
  if (ArrayBuffer.isView(value)) return ganvas.tensor([...(value as Float32Array)]);
  if (Array.isArray(value)) return ganvas.tensor(numbers(value) as number[]);
  return value as ganvas.Tensor;
}

function numbers(values: unknown): unknown {
  if (values instanceof TfTensor) return values.arraySync();
  if (typeof values === 'boolean') return Number(values);
  if (ArrayBuffer.isView(values)) return [...(values as Float32Array)];
  return Array.isArray(values) ? values.map(numbers) : values;
}

function create(values: unknown, shape?: readonly number[], dtype: string = typeOf(values)): TfTensor {
  if (!['float32', 'int32', 'bool'].includes(dtype)) throw new NotApplicable(`dtype ${dtype}`);
  if (dtype !== 'float32') marks.otherTypes = true;
  const flat = shape === undefined ? numbers(values) : [numbers(values)].flat(Infinity);
  const inner = typeof flat === 'number' ? ganvas.scalar(flat) : ganvas.tensor(flat as number[], shape);
  const whole = dtype === 'int32' ? ganvas.tensor(inner.data.map(Math.trunc), inner.shape) : inner;
  return new TfTensor(whole, dtype as DataType);
}

function typeOf(values: unknown): string {
  const first = Array.isArray(values) ? [values].flat(Infinity)[0] : values;
  if (first instanceof TfTensor) return first.dtype;
  if (typeof first === 'string') return 'string';
  if (typeof first === 'boolean') return 'bool';
  return values instanceof Int32Array ? 'int32' : values instanceof Uint8Array ? 'bool' : 'float32';
}

/** The operation of ganvas of that name, or NotApplicable: an older version of it may lack some. */
function ofGanvas(name: string): Operation {
  const found = (ganvas as Record<string, unknown>)[name];
  if (typeof found !== 'function') throw new NotApplicable(`ganvas has no ${name}`);
  return found as Operation;
}

function call(name: string, ...args: unknown[]): TfTensor {
  return new TfTensor(ofGanvas(name)(...(args as never[])) as ganvas.Tensor);
}

const UNARY =
  'abs acos acosh asin asinh atan atanh ceil cos cosh elu erf exp expm1 floor log log1p logSigmoid neg reciprocal relu ' +
  'relu6 round rsqrt selu sigmoid sign sin sinh softplus sqrt square tan tanh';
const BINARY = 'add sub mul div maximum minimum pow';
const COMPARISONS = 'equal notEqual less lessEqual greater greaterEqual logicalAnd logicalOr logicalXor';
const REDUCTIONS = 'sum mean max min prod all any logSumExp';

const OPERATIONS: Record<string, Operation> = {};

/** An axis in TensorFlow.js may be null; it means the same as none. */
type Axis = number | number[] | null | undefined;

for (const name of UNARY.split(' ')) OPERATIONS[name] = (x: unknown) => call(name, convert(x));
for (const name of BINARY.split(' ')) OPERATIONS[name] = (a: unknown, b: unknown) => call(name, convert(a), convert(b));
for (const name of COMPARISONS.split(' ')) {
  OPERATIONS[name] = (a: unknown, b: unknown) => new TfTensor(call(name, convert(a), convert(b)).inner, 'bool');
}
for (const name of REDUCTIONS.split(' ')) {
  const dtype = name === 'all' || name === 'any' ? 'bool' : 'float32';
  OPERATIONS[name] = (x: unknown, axis: Axis, keepDims = false) =>
    new TfTensor(call(name, convert(x), axis ?? undefined, keepDims).inner, dtype);
}

function pair(value: unknown, what: string): number | [number, number] {
  const given = value as number | [number, number];
  if (typeof given !== 'number' && !Array.isArray(given)) throw new NotApplicable(what);
  return given;
}

/** Padding by explicit numbers, other dilations and channels in front are not in ganvas. */
function windows(strides: unknown, padding: unknown, others: readonly unknown[]): object {
  const plain = [undefined, null, 1, 'NHWC'];
  if (others.some((value) => !plain.includes(value as never) && String(value) !== '1,1')) {
    throw new NotApplicable('dilations, data formats, rounding modes');
  }
  if (padding !== 'valid' && padding !== 'same') {
    if (padding !== 0) throw new NotApplicable('explicit padding');
    return { strides: pair(strides, 'strides'), padding: 'valid' };
  }
  return { strides: pair(strides, 'strides'), padding };
}

/** Images [h, w, c] become a batch of one, and come back so. */
function ofImages(x: unknown, compute: (images: ganvas.Tensor) => ganvas.Tensor): TfTensor {
  const images = convert(x);
  if (!(images instanceof ganvas.Tensor) || images.shape.length !== 3) return new TfTensor(compute(images));
  const result = compute(ganvas.reshape(images, [1, ...images.shape]));
  return new TfTensor(ganvas.reshape(result, result.shape.slice(1)));
}

function pool(name: string): Operation {
  return (x: unknown, size: unknown, strides: unknown, padding: unknown, ...others: unknown[]) => {
    const options = { poolSize: pair(size, 'size'), ...windows(strides, padding, others) };
    return ofImages(x, (images) => call(name, images, options).inner);
  };
}

/** `size` may be one number, shorter than the rank, or -1 for the rest of an axis. */
function slice(x: unknown, begin: number | number[], size?: number | number[]): TfTensor {
  const inner = convert(x);
  if (!(inner instanceof ganvas.Tensor)) return call('slice', inner, [], []);
  const [begins, sizes] = [[begin].flat(), size === undefined ? [] : [size].flat()];
  const start = inner.shape.map((_, axis) => begins[axis] ?? 0);
  return call(
    'slice',
    inner,
    start,
    inner.shape.map((extent, axis) => ((sizes[axis] ?? -1) === -1 ? extent - start[axis]! : sizes[axis]!)),
  );
}

/** A loss of ganvas without reduction, then TensorFlow's: weights, and what they divide by. */
function loss(compute: (first: ganvas.Tensor, second: ganvas.Tensor, extra: number) => TfTensor): Operation {
  return (first: unknown, second: unknown, ...rest: unknown[]) => {
    const values = [...rest];
    const reduction = typeof values.at(-1) === 'string' ? (values.pop() as string) : 'nonzero';
    const extra = values.find((value) => typeof value === 'number') as number | undefined;
    const weights = values.find((value) => typeof value === 'object');
    const losses = compute(convert(first), convert(second), extra ?? Number.NaN).inner;
    const weighted = weights === undefined ? losses : ganvas.mul(losses, convert(weights));
    if (reduction === 'none') return new TfTensor(weighted);
    const total = ganvas.sum(weighted);
    if (reduction === 'sum') return new TfTensor(total);
    if (weights === undefined) return new TfTensor(ganvas.div(total, losses.size));
    const all = ganvas.mul(ganvas.ones(losses.shape), convert(weights));
    if (reduction === 'mean') return new TfTensor(ganvas.div(total, ganvas.sum(all)));
    return new TfTensor(ganvas.div(total, ganvas.sum(call('notEqual', all, 0).inner)));
  };
}

const without = { reduction: 'none' };

Object.assign(OPERATIONS, {
  tensor: create,
  scalar: (value: unknown, dtype?: string) => create(value, [], dtype),
  zeros: (shape: number[], dtype?: string) => create(ganvas.zeros(shape).data, shape, dtype ?? 'float32'),
  ones: (shape: number[], dtype?: string) => create(ganvas.ones(shape).data, shape, dtype ?? 'float32'),
  fill: (shape: number[], value: number, dtype?: string) =>
    create(Array(ganvas.zeros(shape).size).fill(value), shape, dtype),
  zerosLike: (x: unknown) => new TfTensor(ganvas.zeros(convert(x).shape)),
  onesLike: (x: unknown) => new TfTensor(ganvas.ones(convert(x).shape)),
  clone: (x: unknown) => new TfTensor(ganvas.reshape(convert(x), convert(x).shape)),
  range: (start: number, stop: number, stride = 1, dtype?: string) =>
    create(
      Array.from({ length: Math.max(Math.ceil((stop - start) / stride), 0) }, (_, i) => start + i * stride),
      undefined,
      dtype,
    ),
  randomNormal: (shape: number[], mean = 0, stddev = 1, _dtype?: string, seed = 1) =>
    new TfTensor(ganvas.createRandom(seed).normal(shape, mean, stddev)),
  randomUniform: (shape: number[], low = 0, high = 1, _dtype?: string, seed = 1) =>
    new TfTensor(ganvas.createRandom(Number(seed)).uniform(shape, low, high)),

  leakyRelu: (x: unknown, alpha = 0.2) => call('leakyRelu', convert(x), alpha),
  prelu: (x: unknown, alpha: unknown) => call('prelu', convert(x), convert(alpha)),
  step: (x: unknown, alpha = 0) => call('step', convert(x), alpha),
  clipByValue: (x: unknown, low: number, high: number) => call('clip', convert(x), low, high),
  logicalNot: (x: unknown) => new TfTensor(call('logicalNot', convert(x)).inner, 'bool'),
  where: (condition: unknown, a: unknown, b: unknown) => {
    // As a method, a.where(condition, b).
    const isMethod = condition instanceof TfTensor && condition.dtype !== 'bool';
    const [mask, yes] = isMethod ? [a, condition] : [condition, a];
    return call('where', convert(mask), convert(yes), convert(b));
  },
  argMax: (x: unknown, axis = 0) => new TfTensor(call('argMax', convert(x), axis).inner, 'int32'),
  argMin: (x: unknown, axis = 0) => new TfTensor(call('argMin', convert(x), axis).inner, 'int32'),
  norm: (x: unknown, order: unknown = 'euclidean', axis: Axis = undefined, keepDims = false) =>
    call('norm', convert(x), order, axis ?? undefined, keepDims),
  softmax: (x: unknown, axis = -1) => call('softmax', convert(x), axis),
  logSoftmax: (x: unknown, axis = -1) => call('logSoftmax', convert(x), axis),
  matMul: (a: unknown, b: unknown, transposeA = false, transposeB = false) =>
    call('matmul', convert(a), convert(b), { transposeA, transposeB }),
  gather: (x: unknown, indices: unknown, axis = 0, batchDims = 0) => {
    if (batchDims !== 0) throw new NotApplicable('batchDims');
    return call('gather', convert(x), convert(indices), axis);
  },
  oneHot: (indices: unknown, depth: number, onValue = 1, offValue = 0) =>
    call('oneHot', convert(indices), depth, { onValue, offValue }),

  reshape: (x: unknown, shape: number[]) => call('reshape', convert(x), shape),
  transpose: (x: unknown, permutation?: number[]) => call('transpose', convert(x), permutation),
  broadcastTo: (x: unknown, shape: number[]) => call('broadcastTo', convert(x), shape),
  concat: (tensors: unknown[], axis = 0) => call('concat', tensors.map(convert), axis),
  stack: (tensors: unknown[], axis = 0) => call('stack', tensors.map(convert), axis),
  split: (x: unknown, sizes: number | number[], axis = 0) =>
    (ofGanvas('split')(...([convert(x), sizes, axis] as never[])) as ganvas.Tensor[]).map((part) => new TfTensor(part)),
  unstack: (x: unknown, axis = 0) =>
    (ofGanvas('unstack')(...([convert(x), axis] as never[])) as ganvas.Tensor[]).map((part) => new TfTensor(part)),
  tile: (x: unknown, repetitions: number[]) => call('tile', convert(x), repetitions),
  pad: (x: unknown, paddings: number[][], value = 0) => call('pad', convert(x), paddings, { value }),
  pad1d: (x: unknown, padding: number[], value = 0) => call('pad', convert(x), [padding], { value }),
  mirrorPad: (x: unknown, paddings: number[][], mode: string) => call('pad', convert(x), paddings, { mode }),
  reverse: (x: unknown, axis?: number | number[]) => call('flip', convert(x), axis),
  reverse1d: (x: unknown) => call('flip', convert(x), 0),
  expandDims: (x: unknown, axis = 0) => call('expandDims', convert(x), axis),
  squeeze: (x: unknown, axis?: number[]) => call('squeeze', convert(x), axis),
  slice,
  slice1d: slice,

  conv2d: (x: unknown, kernel: unknown, strides: unknown, padding: unknown, ...others: unknown[]) => {
    const options = windows(strides, padding, others);
    return ofImages(x, (images) => call('conv2d', images, convert(kernel), options).inner);
  },
  conv2dTranspose: (x: unknown, kernel: unknown, shape: number[], strides: unknown, padding: unknown) => {
    const options = windows(strides, padding, []);
    const result = ofImages(x, (images) => call('conv2dTranspose', images, convert(kernel), options).inner);
    if (result.shape.join() !== shape.join()) throw new NotApplicable('another output shape');
    return result;
  },
  maxPool: pool('maxPooling2d'),
  avgPool: pool('averagePooling2d'),
  dropout: (x: unknown, rate: number, noiseShape?: unknown, seed: number | string = 1) => {
    if (noiseShape !== undefined && noiseShape !== null) throw new NotApplicable('noiseShape');
    return call('dropout', convert(x), rate, ganvas.createRandom(Number(seed) || 1));
  },
  batchNorm: (x: unknown, mean: unknown, variance: unknown, offset?: unknown, scale?: unknown, epsilon = 1e-3) => {
    const moments = { mean: convert(mean), variance: convert(variance) };
    const shape = moments.mean.shape ?? [];
    if (shape.length !== 1) throw new NotApplicable('statistics for each element');
    const gamma = scale === undefined || scale === null ? ganvas.ones(shape) : convert(scale);
    const beta = offset === undefined || offset === null ? ganvas.zeros(shape) : convert(offset);
    return call('batchNormInference', convert(x), moments, { gamma, beta, epsilon });
  },
  resizeBilinear: (x: unknown, size: number[], alignCorners = false, halfPixelCenters = false) =>
    ofImages(x, (images) => call('resizeBilinear', images, size, { alignCorners, halfPixelCenters }).inner),
  resizeNearestNeighbor: (x: unknown, size: number[], alignCorners = false, halfPixelCenters = false) =>
    ofImages(x, (images) => call('resizeNearestNeighbor', images, size, { alignCorners, halfPixelCenters }).inner),
  flipLeftRight: (x: unknown) => call('flip', convert(x), 2),

  absoluteDifference: loss((labels, predictions) => call('meanAbsoluteError', labels, predictions, without)),
  meanSquaredErrorLoss: loss((labels, predictions) => call('meanSquaredError', labels, predictions, without)),
  huberLoss: loss((labels, predictions, delta) =>
    call('huber', labels, predictions, { ...without, delta: Number.isNaN(delta) ? 1 : delta }),
  ),
  // Its labels are 0 and 1, those of ganvas -1 and 1.
  hingeLoss: loss((labels, predictions) => call('hinge', ganvas.sub(ganvas.mul(labels, 2), 1), predictions, without)),
  logLoss: loss((labels, predictions) => call('binaryCrossentropy', labels, predictions, without)),
  sigmoidCrossEntropy: loss((labels, logits, labelSmoothing) =>
    call('binaryCrossentropy', labels, logits, { ...without, fromLogits: true, ...smoothing(labelSmoothing) }),
  ),
  softmaxCrossEntropy: loss((labels, logits, labelSmoothing) =>
    call('categoricalCrossentropy', labels, logits, { ...without, fromLogits: true, ...smoothing(labelSmoothing) }),
  ),

  stopGradient: (x: unknown) => call('stopGradient', convert(x)),
  tidy: (first: unknown, second?: () => unknown) => (second ?? (first as () => unknown))(),
  grad: (f: (x: TfTensor) => TfTensor) => (x: unknown, dy?: unknown) => pull(f, [x], dy).gradients[0],
  grads: (f: (...x: TfTensor[]) => TfTensor) => (xs: unknown[], dy?: unknown) => pull(f, xs, dy).gradients,
  valueAndGrad: (f: (x: TfTensor) => TfTensor) => (x: unknown, dy?: unknown) => {
    const { value, gradients } = pull(f, [x], dy);
    return { value, grad: gradients[0] };
  },
  valueAndGrads: (f: (...x: TfTensor[]) => TfTensor) => (xs: unknown[], dy?: unknown) => {
    const { value, gradients } = pull(f, xs, dy);
    return { value, grads: gradients };
  },
} satisfies Record<string, Operation>);
for (const rank of [1, 2, 3, 4, 5, 6]) {
  OPERATIONS[`tensor${rank}d`] = (values: unknown, ...rest: unknown[]) => {
    const [shape, dtype] = rank === 1 ? [undefined, rest[0]] : rest;
    const made = create(values, (shape as number[] | null) ?? undefined, dtype as string | undefined);
    if (made.rank !== rank) throw new ganvas.ShapeError(`tensor${rank}d: got rank ${made.rank}`);
    return made;
  };
}
for (const rank of [1, 2, 3, 4]) OPERATIONS[`concat${rank}d`] = OPERATIONS['concat']!;
for (const rank of [2, 3, 4]) {
  OPERATIONS[`slice${rank}d`] = slice;
  OPERATIONS[`pad${rank}d`] = OPERATIONS['pad']!;
  OPERATIONS[`reverse${rank}d`] = (x: unknown, axis?: number | number[]) => {
    if (convert(x).shape.length !== rank) throw new ganvas.ShapeError(`reverse${rank}d: not of rank ${rank}`);
    return call('flip', convert(x), axis);
  };
  OPERATIONS[`batchNorm${rank}d`] = OPERATIONS['batchNorm']!;
}

function smoothing(labelSmoothing: number): object {
  return Number.isNaN(labelSmoothing) ? {} : { labelSmoothing };
}

/**
 * The value of f and its gradients, with dy as the gradient of the value, or ones. They can be differentiated again.
 */
function pull(
  f: (...x: TfTensor[]) => TfTensor,
  xs: unknown[],
  dy: unknown,
): { value: TfTensor; gradients: TfTensor[] } {
  const inputs = xs.map((x) => (ofGanvas('watch') as (x: ganvas.Tensor) => ganvas.Tensor)(convert(x)));
  const value = f(...inputs.map((x) => new TfTensor(x)));
  const weighted = dy === undefined || dy === null ? value.inner : ganvas.mul(value.inner, convert(dy));
  const options = { record: true };
  return { value, gradients: ganvas.gradients(ganvas.sum(weighted), inputs, options).map((dx) => new TfTensor(dx)) };
}

function operation(name: string): (...args: unknown[]) => unknown {
  const found = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (found === undefined) throw new NotApplicable(`ganvas has no ${name}`);
  return found as (...args: unknown[]) => unknown;
}

/** A namespace in which names that are missing are NotApplicable when they are called. */
function namespace(renamed: Readonly<Record<string, string>>, others: Readonly<Record<string, unknown>>): object {
  return new Proxy(others, {
    get: (_, name) => {
      if (typeof name === 'symbol') return undefined;
      if (name in others) return others[name];
      return (...args: unknown[]) => operation(renamed[name] ?? name)(...args);
    },
  });
}

const LOSSES = { meanSquaredError: 'meanSquaredErrorLoss' };
/** TensorFlow.js numbers them; the tests name them. */
const REDUCTION = { NONE: 'none', MEAN: 'mean', SUM: 'sum', SUM_BY_NONZERO_WEIGHTS: 'nonzero' };

const OTHER_NAMESPACES = ['image', 'math', 'linalg', 'browser', 'signal', 'spectral', 'sparse', 'string', 'train'];

/** In the place of `import * as tf from '@tensorflow/tfjs-core'`. */
export const tf: object = namespace(
  {},
  {
    losses: namespace(LOSSES, {}),
    ...Object.fromEntries(OTHER_NAMESPACES.map((name) => [name, namespace({}, {})])),
    Reduction: REDUCTION,
    Tensor: TfTensor,
  },
);
