/**
 * What numbers and names options may be, in the words of the error messages: a statement of the ranges that does not
 * depend on the schemas. wrong-options.test.ts compares the two, and tries the ends of each range.
 */
const positive = 'a finite number above 0';
const notNegative = 'a finite number of at least 0';
const fraction = 'a finite number from 0 to 1';
const belowOne = 'a finite number from 0 to below 1';
const initializer = "one of 'glorotUniform', 'heUniform', 'randomNormal', 'randomUniform', 'zeros', 'ones'";
const count = 'a whole number of at least 1';
const countOrNone = 'a whole number of at least 0';

/** By the names of options; an entry `function.option` goes before one for all functions. */
export const RANGES: Readonly<Record<string, string>> = {
  latentDim: count,
  width: positive,
  classes: 'a whole number from 1 to 256',
  dropoutRate: belowOne,
  learningRate: notNegative,
  beta1: belowOne,
  beta2: belowOne,
  epsilon: notNegative,
  clipNorm: positive,
  clipValue: positive,
  globalClipNorm: positive,
  weightDecay: notNegative,
  negativeSlope: notNegative,
  threads: 'a whole number from 1 to 64',
  kernels: "one of 'auto', 'portable', 'simd'",
  memoryLimit: count,
  strides: 'a whole number of at least 1, or [height, width]',
  padding: "one of 'valid', 'same'",
  delayMilliseconds: 'a whole number from 1 to 65535',
  plays: 'a whole number from 0 to 2147483647',
  seed: countOrNone,
  batchSize: count,
  kernelSubsets: 'a whole number from 2 to 100000',
  kernelSubsetSize: 'a whole number of at least 2',
  neighbours: count,
  nearestCount: count,
  color: "one of 'truecolor', '256', 'none'",
  columns: count,
  margin: 'a whole number from 0 to 4096',
  background: 'a whole number from 0 to 255',
  scale: 'a whole number from 1 to 64',
  steps: 'a whole number of at least 2',
  path: "one of 'normalized', 'linear'",
  subsets: 'a whole number from 2 to 100000',
  subsetSize: 'a whole number from 2 to 4',
  poolSize: 'a whole number of at least 1, or [height, width]',
  size: 'a whole number of at least 1, or [height, width]',
  groups: 'a whole number of at least 1, or -1 for as many groups as channels',
  powerIterations: count,
  mode: "one of 'constant', 'reflect', 'symmetric'",
  value: 'a finite number',
  onValue: 'a finite number',
  offValue: 'a finite number',
  interpolation: "one of 'nearest', 'bilinear'",
  blockSize: 'a whole number from 1 to 16384',
  stream: 'a whole number from 0 to 2147483647',
  block: countOrNone,
  rho: belowOne,
  momentum: fraction,
  epochs: countOrNone,
  checkpointEvery: count,
  sampleCount: countOrNone,
  loss: "one of 'nonSaturating', 'minimax', 'leastSquares', 'hinge', 'wasserstein', 'relativistic'",
  labelSmoothing: belowOne,
  reduction: "one of 'mean', 'sum', 'none'",
  delta: positive,
  emaMomentum: belowOne,
  discriminatorSteps: count,
  filters: count,
  order: 'a whole number from 1 to 2',
  step: 'a finite number above 0 to 1',
  tolerance: notNegative,
  unconnected: "one of 'error', 'zeros'",
  kernelSize: 'a whole number of at least 1, or [height, width]',
  activation:
    "one of 'linear', 'relu', 'leakyRelu', 'tanh', 'sigmoid', 'elu', 'exponential', 'gelu', 'hardSigmoid', 'mish', " +
    "'relu6', 'selu', 'silu', 'softmax', 'softplus', 'softsign', 'swish'",
  'layers.zeroPadding2d.padding': 'a whole number of at least 0, [height, width] or [[top, bottom], [left, right]]',
  'layers.softmax.axis': 'a whole number from -64 to -1',
  'layers.elu.alpha': notNegative,
  alphaInitializer: initializer,
  embeddingsInitializer: initializer,
  kernelInitializer: initializer,
  inputDim: count,
  outputDim: count,
  units: count,
  rate: belowOne,
  initialLearningRate: notNegative,
  decaySteps: count,
  alpha: fraction,
  warmupTarget: notNegative,
  warmupSteps: countOrNone,
  decayRate: positive,
  stepsPerEpoch: count,
  split: "one of 'train', 'test'",
  limit: count,
  maxBytes: count,
  maxWeights: countOrNone,
  maxPixels: 'a whole number from 1 to 268435456',
  'classHistogram.classes': 'a whole number from 1 to 1000000',
  'digitClassifier.classes': 'a whole number from 1 to 1048576',
  'evaluateImages.batchSize': 'a whole number from 1 to 1048576',
  'imageEvaluator.batchSize': 'a whole number from 1 to 1048576',
  'precisionRecall.neighbours': 'a whole number from 1 to 7',
  'node.createDashboard.epochs': count,
};

/** Undefined for options that are neither numbers nor one of some names. */
export function rangeOf(name: string, option: string): string | undefined {
  return RANGES[`${name}.${option}`] ?? RANGES[option];
}

/** The numbers at the ends of a range: those that are in it, and those just outside. */
export function endsOf(range: string): { readonly inside: readonly number[]; readonly outside: readonly number[] } {
  const whole = range.startsWith('a whole number');
  const [, least] = /(?:at least|from) (\S+?)(?:,|$| )/.exec(range) ?? [];
  const [, most] = / to (\d+)/.exec(range) ?? [];
  const [, above] = /above (\S+)/.exec(range) ?? [];
  const [, below] = /below (\S+)/.exec(range) ?? [];
  const step = whole ? 1 : 2 ** -52;
  const inside = [least, most].flatMap((end) => (end === undefined ? [] : [Number(end)]));
  const outside = [
    ...(least === undefined ? [] : [Number(least) - step]),
    ...(most === undefined ? [] : [Number(most) + step]),
    ...[above, below].flatMap((end) => (end === undefined ? [] : [Number(end)])),
    ...(whole ? [Number(least) + 0.5] : []),
  ];
  if (above !== undefined) inside.push(Number(above) + step);
  if (below !== undefined) inside.push(Number(below) - step);
  return { inside, outside };
}
