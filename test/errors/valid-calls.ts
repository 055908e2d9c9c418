/**
 * One valid call of every function and method of ganvas and ganvas/node: what tests of hostile arguments begin with.
 * A new export has to be entered here. Each call makes its own operands, since it may change or free them.
 */
import * as ganvas from '../../src/index.ts';
import * as node from '../../src/node/index.ts';

const { createRandom, layers, sequential, tensor, variable, zeros } = ganvas;

type ValidCall = () => {
  readonly call: (...args: never[]) => unknown;
  /** The arguments, all of them, in plain lists and objects, so that each part can be replaced. */
  readonly args: unknown[];
};

/** A call of a function of a module. */
function of(call: (...args: never[]) => unknown, args: () => unknown[]): ValidCall {
  return () => ({ call, args: args() });
}

/** A call of a method. */
function on<T extends object>(make: () => T, name: keyof T & string, args: () => unknown[] = () => []): ValidCall {
  return () => {
    const target = make();
    const method: unknown = target[name];
    if (typeof method !== 'function') throw new TypeError(`${name} is no method`);
    return { call: (...given) => Reflect.apply(method, target, given), args: args() };
  };
}

const x = (): ganvas.Tensor => tensor([[1, -2, 3], [4, 5, -6]]); // biome-ignore format: a matrix
const images = (): ganvas.Dataset =>
  ganvas.dataset(
    Uint8Array.from({ length: 64 }, (_, i) => i * 4),
    [4, 4, 4, 1],
  );
const pictures = (count = 8): ganvas.Tensor => createRandom(1).uniform([count, 4, 4, 1], -1, 1);
const features = (count = 8): ganvas.Tensor => createRandom(count).normal([count, 3]);
const random = (): ganvas.Random => createRandom(1);
const scale = (): ganvas.Model => sequential([layers.dense({ units: 2, inputShape: [3] })], { random: random() });
const generator = (): ganvas.Model =>
  sequential([
    layers.dense({ units: 16, activation: 'tanh', inputShape: [3] }),
    layers.reshape({ targetShape: [4, 4, 1] }),
  ]);
const discriminator = (): ganvas.Model =>
  sequential([layers.flatten({ inputShape: [4, 4, 1] }), layers.dense({ units: 1 })]);
const encoder = (): ganvas.Model => sequential([layers.flatten({ inputShape: [4, 4, 1] }), layers.dense({ units: 3 })]);
const classifier = (): ganvas.Classifier => ({
  features: encoder(),
  head: sequential([layers.dense({ units: 2, inputShape: [3] })]),
});
const batchNorm = (): ganvas.BatchNormOptions => ({ gamma: tensor([1, 2, 3]), beta: zeros([3]) });
const moments = (): ganvas.BatchMoments => ({ mean: zeros([3]), variance: tensor([1, 1, 2]) });
const weights = (): Uint8Array => ganvas.encodeWeights({ scale: scale() });
const picture = (): Uint8Array => Uint8Array.from({ length: 12 }, (_, i) => i * 20);
const evaluator = (): ganvas.ImageEvaluatorOptions => {
  const model = encoder();
  const head = sequential([layers.dense({ units: 2, inputShape: [3] })]);
  return {
    real: pictures(),
    training: pictures(),
    features: (batch) => model.predict(batch),
    logits: (rows) => head.predict(rows),
    kernelSubsets: 2,
    kernelSubsetSize: 2,
  };
};
const stream = (): object => ({ write: () => true, isTTY: true, columns: 80, rows: 24, getColorDepth: () => 24 });
const dashboard = (): node.Dashboard =>
  node.createDashboard({ epochs: 2, stepsPerEpoch: 2, stream: stream() as never, environment: {} });
const board = (): node.TensorboardLog => node.tensorboardLog('events');
const layer = (): ganvas.Layer => layers.dense({ units: 2 });
const weight = (): ganvas.Variable => variable(tensor([1, 2]), 'weight');

/**
 * Ends a training whose number of epochs was replaced by a huge one; three arguments would have to be replaced to get
 * around it.
 */
const bounds = (): object => {
  let steps = 0;
  const onStep = (): void => {
    if (++steps === 20) controller.abort();
  };
  const controller = new AbortController();
  return { onStep, signal: AbortSignal.any([controller.signal, AbortSignal.timeout(300)]), threads: 1, seed: 1 };
};

const { abs, exp, log, neg, relu, sigmoid, softplus, sqrt, square, stopGradient, tanh, watch } = ganvas;
const { ceil, floor, logicalNot, logSumExp, logSoftmax, max, min, round, sign, softmax } = ganvas;
const { add, sub, mul, div, equal, greater, greaterEqual, less, lessEqual, notEqual } = ganvas;
const { acos, acosh, all, any, argMax, argMin, asin, asinh, atan, atanh, cosh, logicalXor, prod, sinh } = ganvas;
const { cos, erf, expm1, log1p, reciprocal, rsqrt, sin, tan } = ganvas;
const { binaryCrossentropy, categoricalCrossentropy, hinge, klDivergence, logCosh } = ganvas;
const { meanAbsoluteError, meanSquaredError, poisson, squaredHinge } = ganvas;
const { elu, hardSigmoid, logSigmoid, mish, relu6, selu, silu, softsign, step, swish } = ganvas;
const { logicalAnd, logicalOr, maximum, minimum } = ganvas;
const { denseGenerator, refinedGenerator, convGenerator, conditionalGenerator } = ganvas;
const { denseDiscriminator, refinedDiscriminator, convDiscriminator, conditionalDiscriminator } = ganvas;

/** Functions of the same arguments. */
function alike(
  functions: Readonly<Record<string, (...args: never[]) => unknown>>,
  args: () => unknown[],
): Readonly<Record<string, ValidCall>> {
  return Object.fromEntries(Object.entries(functions).map(([name, call]) => [name, of(call, args)]));
}

const FUNCTIONS: Readonly<Record<string, ValidCall>> = {
  ...alike({ abs, exp, log, neg, relu, sigmoid, softplus, sqrt, square, stopGradient, tanh, watch }, () => [x()]),
  ...alike({ ceil, floor, logicalNot, round, sign }, () => [x()]),
  ...alike({ cos, erf, expm1, log1p, reciprocal, rsqrt, sin, tan }, () => [x()]),
  ...alike({ hardSigmoid, logSigmoid, mish, relu6, selu, silu, softsign, swish }, () => [x()]),
  ...alike({ acos, acosh, asin, asinh, atan, atanh, cosh, sinh }, () => [x()]),
  ...alike({ elu, step }, () => [x(), 0.5]),
  ...alike({ categoricalCrossentropy, binaryCrossentropy }, () => [
    x(),
    x(),
    { fromLogits: true, labelSmoothing: 0.1, reduction: 'none', weights: 2 },
  ]),
  ...alike({ hinge, klDivergence, logCosh, meanAbsoluteError, meanSquaredError, poisson, squaredHinge }, () => [
    x(),
    x(),
    { reduction: 'sum', weights: tensor(1) },
  ]),
  huber: of(ganvas.huber, () => [x(), x(), { delta: 0.5, reduction: 'mean', weights: tensor(2) }]),
  ...alike({ argMax, argMin }, () => [x(), 1, true]),
  norm: of(ganvas.norm, () => [x(), 1, [0, 1], true]),
  gelu: of(ganvas.gelu, () => [x(), true]),
  pow: of(ganvas.pow, () => [x(), tensor([1, 2, 3])]),
  prelu: of(ganvas.prelu, () => [x(), tensor([0.1, 0.2, 0.3])]),
  ...alike({ all, any, logSumExp, max, min, prod }, () => [x(), { axis: 0, keepDims: true }]),
  ...alike({ logSoftmax, softmax }, () => [x(), 0]),
  ...alike({ add, sub, mul, div, equal, greater, greaterEqual, less, lessEqual, notEqual }, () => [
    x(),
    tensor([1, 2, 3]),
  ]),
  ...alike({ logicalAnd, logicalOr, logicalXor, maximum, minimum }, () => [x(), tensor([1, 0, 3])]),
  ...alike({ denseGenerator, refinedGenerator, convGenerator, conditionalGenerator }, () => [
    { latentDim: 3, imageShape: [8, 8, 3], random: random() },
  ]),
  ...alike({ denseDiscriminator, refinedDiscriminator, convDiscriminator, conditionalDiscriminator }, () => [
    { imageShape: [8, 8, 3], random: random() },
  ]),
  accuracy: of(ganvas.accuracy, () => [classifier(), images(), [0, 1, 0, 1]]),
  adam: of(ganvas.adam, () => [{ learningRate: 0.1, beta1: 0.9, beta2: 0.99, epsilon: 1e-7, clipNorm: 1 }]),
  adamW: of(ganvas.adamW, () => [{ learningRate: 0.1, weightDecay: 0.01, globalClipNorm: 1 }]),
  averagePooling2d: of(ganvas.averagePooling2d, () => [pictures(2), { poolSize: 2, strides: [1, 2], padding: 'same' }]),
  batchMoments: of(ganvas.batchMoments, () => [x()]),
  batchNormInference: of(ganvas.batchNormInference, () => [x(), moments(), batchNorm()]),
  batchNormTraining: of(ganvas.batchNormTraining, () => [x(), moments(), batchNorm()]),
  compactDiscriminator: of(ganvas.compactDiscriminator, () => [{ imageShape: [8, 8, 3], random: random() }]),
  compactGenerator: of(ganvas.compactGenerator, () => [{ latentDim: 3, imageShape: [8, 8, 3], random: random() }]),
  browserCheckpoints: of(ganvas.browserCheckpoints, () => ['digits']),
  broadcastTo: of(ganvas.broadcastTo, () => [x(), [2, 2, 3]]),
  checkGradients: of(ganvas.checkGradients, () => [ganvas.square, [x()], { order: 2, step: 0.01, tolerance: 0.02 }]),
  classHistogram: of(ganvas.classHistogram, () => [[0, 1, 2], { classes: 3 }]),
  classify: of(ganvas.classify, () => [classifier(), images()]),
  clip: of(ganvas.clip, () => [x(), -1, 1]),
  cloneModel: of(ganvas.cloneModel, () => [scale()]),
  concat: of(ganvas.concat, () => [[x(), x()], 1]),
  configure: of(ganvas.configure, () => [{ threads: 1, kernels: 'auto', memoryLimit: 2 ** 28 }]),
  conv2d: of(ganvas.conv2d, () => [pictures(2), zeros([3, 3, 1, 2]), { strides: 2, padding: 'same' }]),
  conv2dTranspose: of(ganvas.conv2dTranspose, () => [pictures(2), zeros([3, 3, 2, 1]), { strides: [1, 2] }]),
  createRandom: of(ganvas.createRandom, () => [7]),
  dataset: of(ganvas.dataset, () => [new Uint8Array(32), [2, 4, 4, 1]]),
  decodePng: of(ganvas.decodePng, () => [
    ganvas.encodePng(picture(), 4, 3),
    { channels: 3, background: 0, maxPixels: 100 },
  ]),
  decodeSafetensors: of(ganvas.decodeSafetensors, () => [weights()]),
  decodeTensorFile: of(ganvas.decodeTensorFile, () => [weights()]),
  defineOp: of(ganvas.defineOp, () => ['own', { forward: ganvas.square, pullbacks: ['zero'] }]),
  defineOptimizer: of(ganvas.defineOptimizer, () => [
    { name: 'own', slots: ['m'], settings: { a: 1 }, update: () => true },
    { learningRate: 0.1 },
  ]),
  denseAutoencoder: of(ganvas.denseAutoencoder, () => [{ latentDim: 2, imageShape: [2, 2, 3], random: random() }]),
  digitClassifier: of(ganvas.digitClassifier, () => [{ imageShape: [10, 10, 3], classes: 4, random: random() }]),
  dropout: of(ganvas.dropout, () => [x(), 0.5, random()]),
  encodeApng: of(ganvas.encodeApng, () => [[picture(), picture()], 4, 3, { delayMilliseconds: 50, plays: 1 }]),
  encodeIdx: of(ganvas.encodeIdx, () => [{ type: 'uint8', shape: [2, 2], data: new Uint8Array(4) }]),
  encodeOnnx: of(ganvas.encodeOnnx, () => [scale(), { foldBatchNormalization: false }]),
  encodePng: of(ganvas.encodePng, () => [picture(), 4, 3, { compress: (rows: Uint8Array) => rows }]),
  encodeSafetensors: of(ganvas.encodeSafetensors, () => [{ a: x(), b: x() }, { note: 'text' }]),
  encodeTensorFile: of(ganvas.encodeTensorFile, () => [
    [{ name: 'a', dtype: 'U8', shape: [2], bytes: new Uint8Array(2) }],
    { note: 'text' },
  ]),
  encodeNpy: of(ganvas.encodeNpy, () => [x()]),
  decodeNpy: of(ganvas.decodeNpy, () => [ganvas.encodeNpy(x())]),
  encodeNpz: of(ganvas.encodeNpz, () => [{ a: x() }]),
  decodeNpz: of(ganvas.decodeNpz, () => [ganvas.encodeNpz({ a: x() }), { maxBytes: 1000 }]),
  encodeModels: of(ganvas.encodeModels, () => [{ scale: scale() }, { note: 'text' }]),
  decodeModels: of(ganvas.decodeModels, () => [ganvas.encodeModels({ scale: scale() })]),
  describeModel: of(ganvas.describeModel, () => [scale()]),
  modelFrom: of(ganvas.modelFrom, () => [ganvas.describeModel(scale()), { random: random(), maxWeights: 100 }]),
  encodeWeights: of(ganvas.encodeWeights, () => [{ scale: scale() }, { note: 'text' }]),
  evaluateImages: of(ganvas.evaluateImages, () => [{ ...evaluator(), generated: pictures() }]),
  formatEvaluation: of(ganvas.formatEvaluation, () => [
    structuredClone(ganvas.evaluateImages({ ...evaluator(), generated: pictures() })),
  ]),
  frechetDistance: of(ganvas.frechetDistance, () => [features(), features(9)]),
  flip: of(ganvas.flip, () => [x(), [0, 1]]),
  expandDims: of(ganvas.expandDims, () => [x(), 1]),
  gather: of(ganvas.gather, () => [x(), [1, 0, 1], 0]),
  full: of(ganvas.full, () => [[2, 3], 7]),
  gradients: of(ganvas.gradients, () => {
    const w = weight();
    return [ganvas.sum(ganvas.square(w)), [w], { record: true, unconnected: 'zeros' }];
  }),
  halfBlocks: of(ganvas.halfBlocks, () => [picture(), 4, 3, { color: '256' }]),
  imageEvaluator: of(ganvas.imageEvaluator, () => [evaluator()]),
  groupNorm: of(ganvas.groupNorm, () => [x(), 3, batchNorm()]),
  layerNorm: of(ganvas.layerNorm, () => [x(), batchNorm()]),
  imageGrid: of(ganvas.imageGrid, () => [pictures(), { columns: 3, margin: 1, background: 5, scale: 2 }]),
  interpolate: of(ganvas.interpolate, () => [generator(), features(3), { steps: 5, path: 'linear' }]),
  kernelDistance: of(ganvas.kernelDistance, () => [features(), features(9), { subsets: 3, subsetSize: 2, seed: 1 }]),
  leakyRelu: of(ganvas.leakyRelu, () => [x(), 0.2]),
  loadWeights: of(ganvas.loadWeights, () => [{ scale: scale() }, weights()]),
  matmul: of(ganvas.matmul, () => [x(), x(), { transposeB: true }]),
  maxPooling2d: of(ganvas.maxPooling2d, () => [pictures(2), { poolSize: 2, strides: [1, 2], padding: 'same' }]),
  mean: of(ganvas.mean, () => [x(), [0, 1], true]),
  memoryCheckpoints: of(ganvas.memoryCheckpoints, () => []),
  nearestNeighbours: of(ganvas.nearestNeighbours, () => [pictures(), pictures(), { blockSize: 4 }]),
  ones: of(ganvas.ones, () => [[2, 3]]),
  parseIdx: of(ganvas.parseIdx, () => [ganvas.encodeIdx({ type: 'float32', shape: [2], data: Float32Array.of(1, 2) })]),
  precisionRecall: of(ganvas.precisionRecall, () => [features(), features(9), { neighbours: 2 }]),
  randomFromState: of(ganvas.randomFromState, () => [{ seed: 1, stream: 0, block: 5 }]),
  oneHot: of(ganvas.oneHot, () => [[0, 2, 1], 3, { onValue: 1, offValue: -1 }]),
  pad: of(ganvas.pad, () => [x(), [[1, 0], [0, 2]], { mode: 'constant', value: 2 }]), // biome-ignore format: short
  resizeBilinear: of(ganvas.resizeBilinear, () => [
    pictures(2),
    [5, 3],
    { alignCorners: true, halfPixelCenters: false },
  ]),
  resizeNearestNeighbor: of(ganvas.resizeNearestNeighbor, () => [pictures(2), [5, 3], { halfPixelCenters: true }]),
  reshape: of(ganvas.reshape, () => [x(), [3, -1]]),
  rmsprop: of(ganvas.rmsprop, () => [{ learningRate: 0.1, clipValue: 1 }]),
  runtimeInfo: of(ganvas.runtimeInfo, () => []),
  sampleClasses: of(ganvas.sampleClasses, () => [
    sequential([layers.dense({ units: 4, inputShape: [5] })]),
    [0, 1],
    { classes: 2, noise: features(2) },
  ]),
  scalar: of(ganvas.scalar, () => [3]),
  scope: of(ganvas.scope, () => [() => x(), 'name']),
  sequential: of(ganvas.sequential, () => [
    [layers.dense({ units: 2, inputShape: [3] }), layers.leakyReLU()],
    { random: random(), name: 'model' },
  ]),
  sgd: of(ganvas.sgd, () => [{ learningRate: 0.1, momentum: 0.9, nesterov: true }]),
  sharpness: of(ganvas.sharpness, () => [pictures()]),
  slice: of(ganvas.slice, () => [x(), [0, 1], [2, -1]]),
  sparseCategoricalCrossentropy: of(ganvas.sparseCategoricalCrossentropy, () => [
    tensor([0, 2]),
    x(),
    { fromLogits: false, reduction: 'none', weights: tensor([1, 2]) },
  ]),
  sum: of(ganvas.sum, () => [x(), { axis: 0, keepDims: true }]),
  tensor: of(ganvas.tensor, () => [[[1, 2], [3, 4]], [4]]), // biome-ignore format: a matrix
  tensorDataset: of(ganvas.tensorDataset, () => [pictures()]),
  trainAutoencoder: of(ganvas.trainAutoencoder, () => [
    {
      images: images(),
      validation: { images: images() },
      autoencoder: { encoder: encoder(), decoder: generator() },
      optimizer: ganvas.adam(),
      epochs: 1,
      batchSize: 2,
      onEpoch: () => undefined,
      ...bounds(),
    },
  ]),
  trainClassifier: of(ganvas.trainClassifier, () => [
    { images: images(), labels: [0, 1, 1, 0], classifier: classifier(), epochs: 1, batchSize: 2, ...bounds() },
  ]),
  trainGan: of(ganvas.trainGan, () => [
    {
      images: images(),
      generator: generator(),
      discriminator: discriminator(),
      generatorOptimizer: ganvas.adam(),
      discriminatorOptimizer: ganvas.sgd(),
      latentDim: 3,
      epochs: 1,
      batchSize: 2,
      sampleCount: 2,
      loss: 'leastSquares',
      labelSmoothing: 0.1,
      emaMomentum: 0.9,
      discriminatorSteps: 2,
      beforeStep: () => 'both',
      gradientPenalty: { kind: 'r1', weight: 5, every: 2 },
      augmentation: ['brightness', { kind: 'cutout', amount: 0.25 }],
      checkpoint: ganvas.memoryCheckpoints(),
      checkpointEvery: 1,
      resume: true,
      onResume: () => undefined,
      onEpoch: () => undefined,
      ...bounds(),
    },
  ]),
  split: of(ganvas.split, () => [x(), [1, 2], 1]),
  squeeze: of(ganvas.squeeze, () => [zeros([1, 2, 1]), [0]]),
  stack: of(ganvas.stack, () => [[x(), x()], 1]),
  tile: of(ganvas.tile, () => [x(), [2, 1]]),
  transpose: of(ganvas.transpose, () => [x(), [1, 0]]),
  unstack: of(ganvas.unstack, () => [x(), 1]),
  upsampling2d: of(ganvas.upsampling2d, () => [pictures(2), { size: [2, 3], interpolation: 'bilinear' }]),
  variable: of(ganvas.variable, () => [x(), 'name']),
  where: of(ganvas.where, () => [tensor([1, 0, 1]), x(), 0]),
  withClasses: of(ganvas.withClasses, () => [features(2), [0, 1], { classes: 2 }]),
  withoutRecording: of(ganvas.withoutRecording, () => [() => x()]),
  zeros: of(ganvas.zeros, () => [[2, 3]]),
};

const LAYERS: Readonly<Record<string, ValidCall>> = {
  activation: of(layers.activation, () => ['tanh', { inputShape: [3] }]),
  averagePooling2d: of(layers.averagePooling2d, () => [{ poolSize: 2, strides: 1, padding: 'valid' }]),
  batchNormalization: of(layers.batchNormalization, () => [{ momentum: 0.9, epsilon: 1e-3, center: true }]),
  conv2d: of(layers.conv2d, () => [{ filters: 2, kernelSize: 3, strides: 2, padding: 'same', inputShape: [4, 4, 1] }]),
  conv2dTranspose: of(layers.conv2dTranspose, () => [{ filters: 2, kernelSize: [3, 3], activation: 'relu' }]),
  embedding: of(layers.embedding, () => [
    { inputDim: 5, outputDim: 2, embeddingsInitializer: 'zeros', inputShape: [] },
  ]),
  dense: of(layers.dense, () => [{ units: 2, useBias: true, inputShape: [3], kernelInitializer: 'zeros' }]),
  dropout: of(layers.dropout, () => [{ rate: 0.5 }]),
  elu: of(layers.elu, () => [{ alpha: 0.5 }]),
  flatten: of(layers.flatten, () => [{ inputShape: [2, 3] }]),
  groupNormalization: of(layers.groupNormalization, () => [{ groups: 3, epsilon: 1e-5, inputShape: [2, 3] }]),
  layerNormalization: of(layers.layerNormalization, () => [{ epsilon: 1e-5, center: false, inputShape: [3] }]),
  globalAveragePooling2d: of(layers.globalAveragePooling2d, () => [{ keepDims: true, inputShape: [4, 4, 1] }]),
  leakyReLU: of(layers.leakyReLU, () => [{ negativeSlope: 0.1 }]),
  maxPooling2d: of(layers.maxPooling2d, () => [{ poolSize: 2, strides: 1, padding: 'valid' }]),
  prelu: of(layers.prelu, () => [{ alphaInitializer: 'zeros', sharedAxes: [1, 2], inputShape: [2, 3, 4] }]),
  reshape: of(layers.reshape, () => [{ targetShape: [3, -1], inputShape: [6] }]),
  residual: of(layers.residual, () => [[layer()], { shortcut: [layer()], inputShape: [3] }]),
  softmax: of(layers.softmax, () => [{ axis: -2, inputShape: [2, 3] }]),
  spectralNormalization: of(layers.spectralNormalization, () => [layer(), { powerIterations: 2, inputShape: [3] }]),
  upsampling2d: of(layers.upsampling2d, () => [{ size: [2, 3], interpolation: 'bilinear', inputShape: [4, 4, 1] }]),
  zeroPadding2d: of(layers.zeroPadding2d, () => [
    {
      padding: [
        [0, 1],
        [2, 3],
      ],
      inputShape: [4, 4, 1],
    },
  ]),
};

const SCHEDULES: Readonly<Record<string, ValidCall>> = {
  cosineDecay: of(ganvas.schedules.cosineDecay, () => [{ initialLearningRate: 0.1, decaySteps: 10 }]),
  exponentialDecay: of(ganvas.schedules.exponentialDecay, () => [
    { initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.9 },
  ]),
};

/** Paths are relative: whoever makes these calls works in a folder of its own. */
const NODE: Readonly<Record<string, ValidCall>> = {
  checkpointDirectory: of(node.checkpointDirectory, () => ['checkpoints']),
  createDashboard: of(node.createDashboard, () => [
    { epochs: 2, stepsPerEpoch: 2, stream: stream(), environment: {}, now: () => 0 },
  ]),
  csvLog: of(node.csvLog, () => ['losses.csv']),
  enableWideSimd: of(node.enableWideSimd, () => []),
  loadImages: of(node.loadImages, () => [
    'pictures',
    { size: [4, 4], channels: 1, background: 0, maxPixels: 100, maxBytes: 1000 },
  ]),
  loadModel: of(node.loadModel, () => ['model.safetensors']),
  saveModel: of(node.saveModel, () => ['saved.safetensors', scale()]),
  loadMnist: of(node.loadMnist, () => [{ directory: 'mnist', split: 'train', limit: 2 }]),
  readIdxFile: of(node.readIdxFile, () => ['mnist/train-labels-idx1-ubyte', { maxBytes: 1000 }]),
  saveImage: of(node.saveImage, () => ['samples.png', pictures(), { columns: 3, scale: 2 }]),
  tensorboardLog: of(node.tensorboardLog, () => ['events', { columns: 3, scale: 2 }]),
  writeFileAtomic: of(node.writeFileAtomic, () => ['file.bin', new Uint8Array(3)]),
};

const built = (): ganvas.BuiltLayer => layer().build([3], random());
const METHODS: Readonly<Record<string, ValidCall>> = {
  'BuiltLayer.call': on(built, 'call', () => [x(), { training: true }]),
  'CheckpointStore.list': on(ganvas.memoryCheckpoints, 'list'),
  'CheckpointStore.save': on(ganvas.memoryCheckpoints, 'save', () => [new Uint8Array(3)]),
  'checkpointDirectory.list': on(() => node.checkpointDirectory('checkpoints'), 'list'),
  'checkpointDirectory.save': on(
    () => node.checkpointDirectory('checkpoints'),
    'save',
    () => [new Uint8Array(3)],
  ),
  'CsvLog.call': of(
    (event: never) => node.csvLog('losses.csv')(event),
    () => [{ epoch: 1, step: 1, loss: 0.5 }],
  ),
  'Dashboard.close': on(dashboard, 'close'),
  'Dashboard.note': on(dashboard, 'note', () => ['text']),
  'Dashboard.onEpoch': on(dashboard, 'onEpoch', () => [
    { epoch: 1, generatorLoss: 1, discriminatorLoss: 1, samples: pictures(), seconds: 1 },
  ]),
  'Dashboard.onStep': on(dashboard, 'onStep', () => [{ epoch: 1, step: 1, generatorLoss: 1, discriminatorLoss: 1 }]),
  'Dashboard.print': on(dashboard, 'print', () => ['text']),
  'Dataset.gather': on(images, 'gather', () => [[0, 3, 1]]),
  'ImageEvaluator.anchors': on(() => ganvas.imageEvaluator(evaluator()), 'anchors'),
  'ImageEvaluator.evaluate': on(
    () => ganvas.imageEvaluator(evaluator()),
    'evaluate',
    () => [pictures()],
  ),
  'Layer.build': on(layer, 'build', () => [[3], random()]),
  'Model.call': on(scale, 'call', () => [x(), { training: true, random: random() }]),
  'Model.predict': on(scale, 'predict', () => [x()]),
  'Model.summary': on(scale, 'summary', () => [() => undefined]),
  'Optimizer.apply': on(ganvas.adam, 'apply', () => [[weight()], [tensor([1, 2])]]),
  'Optimizer.restore': on(ganvas.adam, 'restore', () => [3]),
  'Optimizer.slots': on(ganvas.adam, 'slots', () => [weight()]),
  'TensorboardLog.onEpoch': on(board, 'onEpoch', () => [
    { epoch: 1, seconds: 1, loss: 0.5, validation: { loss: 0.5 }, samples: pictures() },
  ]),
  'TensorboardLog.onResume': on(board, 'onResume', () => [{ epoch: 1, step: 2 }]),
  'TensorboardLog.onStep': on(board, 'onStep', () => [{ epoch: 1, step: 1, stepsPerEpoch: 2, loss: 0.5 }]),
  'Random.normal': on(random, 'normal', () => [[2, 3], 1, 2]),
  'Random.permutation': on(random, 'permutation', () => [10]),
  'Random.state': on(random, 'state'),
  'Random.uniform': on(random, 'uniform', () => [[2, 3], -1, 1]),
  'Tensor.dispose': on(x, 'dispose'),
  'Tensor.item': on(() => tensor(3), 'item'),
  'Tensor.toArray': on(x, 'toArray'),
  'Tensor.toString': on(x, 'toString'),
  'Variable.assign': on(weight, 'assign', () => [[3, 4]]),
};

function prefixed(
  prefix: string,
  calls: Readonly<Record<string, ValidCall>>,
): readonly (readonly [string, ValidCall])[] {
  return Object.entries(calls).map(([name, call]) => [prefix + name, call]);
}

/** All of them by name: `add`, `layers.dense`, `schedules.cosineDecay`, `node.saveImage`, `Tensor.item`. */
export const VALID_CALLS: ReadonlyMap<string, ValidCall> = new Map([
  ...prefixed('', FUNCTIONS),
  ...prefixed('layers.', LAYERS),
  ...prefixed('schedules.', SCHEDULES),
  ...prefixed('node.', NODE),
  ...prefixed('', METHODS),
]);

/**
 * The names that must be in VALID_CALLS: every function that the two entries export. Classes are left out:
 * nobody calls them.
 */
export function exportedFunctions(): string[] {
  const functionsOf = (module: object, prefix: string): string[] =>
    Object.entries(module).flatMap(([name, value]) =>
      typeof value === 'function' && !/^class\b/.test(Function.prototype.toString.call(value)) ? [prefix + name] : [],
    );
  return [
    ...functionsOf(ganvas, ''),
    ...functionsOf(layers, 'layers.'),
    ...functionsOf(ganvas.schedules, 'schedules.'),
    ...functionsOf(node, 'node.'),
  ];
}
