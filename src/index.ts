/**
 * ganvas: everything that runs in Node and in browsers. ganvas/node has what needs files, the network or a terminal.
 */

export { type Autoencoder, type DenseAutoencoderConfig, denseAutoencoder } from './autoencoder/dense-autoencoder.ts';
export {
  type AutoencoderMeasures,
  type ReconstructionLoss,
  type TrainAutoencoderOptions,
  type TrainAutoencoderResult,
  trainAutoencoder,
} from './autoencoder/train-autoencoder.ts';
export { defineOp, type OpDefinition, type OpPullback, type OpValues } from './autograd/define-op.ts';
export { type GradientsOptions, gradients } from './autograd/gradients.ts';
export type { NestedNumbers, TensorValues } from './autograd/nested-numbers.ts';
export { createRandom, type Random, type RandomState, randomFromState } from './autograd/random.ts';
export { stopGradient, watch, withoutRecording } from './autograd/record.ts';
export { scope } from './autograd/scope.ts';
export {
  full,
  ones,
  scalar,
  Tensor,
  tensor,
  Variable,
  variable,
  zeros,
} from './autograd/tensor.ts';
export { accuracy, classify } from './classifier/classify.ts';
export { type Classifier, type DigitClassifierConfig, digitClassifier } from './classifier/digit-classifier.ts';
export {
  type ClassificationLoss,
  type ClassifierMeasures,
  type LabelledImages,
  type TrainClassifierOptions,
  type TrainClassifierResult,
  trainClassifier,
} from './classifier/train-classifier.ts';
export type { PlatformAbortSignal } from './core/abort-signal.ts';
export type { FileBytes } from './core/bytes.ts';
export {
  ArgumentError,
  DivergenceError,
  FormatError,
  GanvasError,
  GradientError,
  RuntimeError,
  ShapeError,
} from './core/errors.ts';
export type { NumberArray } from './core/numbers.ts';
export type { Shape } from './core/shape.ts';
export { type Dataset, dataset, tensorDataset } from './data/dataset.ts';
export { encodeIdx, type IdxArray, type IdxData, type IdxType, parseIdx } from './data/idx.ts';
export type { AugmentationKind, AugmentationOptions } from './gan/augmentation.ts';
export { type WithClassesOptions, withClasses } from './gan/classes.ts';
export {
  type CompactDiscriminatorConfig,
  type CompactGeneratorConfig,
  compactDiscriminator,
  compactGenerator,
} from './gan/compact-models.ts';
export {
  type ConditionalDiscriminatorConfig,
  type ConditionalGeneratorConfig,
  conditionalDiscriminator,
  conditionalGenerator,
} from './gan/conditional-models.ts';
export {
  type ConvDiscriminatorConfig,
  type ConvGeneratorConfig,
  convDiscriminator,
  convGenerator,
} from './gan/conv-models.ts';
export {
  type DenseDiscriminatorConfig,
  type DenseGeneratorConfig,
  denseDiscriminator,
  denseGenerator,
  refinedDiscriminator,
  refinedGenerator,
} from './gan/dense-models.ts';
export type { GradientPenaltyKind, GradientPenaltyOptions } from './gan/gradient-penalty.ts';
export { type InterpolateOptions, type InterpolationPath, interpolate } from './gan/interpolate.ts';
export type { GanLoss, Objective } from './gan/losses.ts';
export type { ImageModelConfig, LatentConfig, WidthConfig } from './gan/model-options.ts';
export type { GanEpoch, GanTurn, TrainGanOptions } from './gan/options.ts';
export { type SampleClassesOptions, sampleClasses } from './gan/sample-classes.ts';
export type { GanLosses, GanUpdate } from './gan/step.ts';
export { type TrainGanResult, trainGan } from './gan/train-gan.ts';
export { type ApngOptions, encodeApng } from './image/apng.ts';
export type { Channels, Compress } from './image/chunks.ts';
export { type DecodedPicture, type DecodePngOptions, decodePng } from './image/decode-png.ts';
export { type GridOptions, imageGrid, type Picture, type Samples } from './image/grid.ts';
export { type ColorMode, type HalfBlockOptions, halfBlocks } from './image/half-blocks.ts';
export { encodePng, type PngOptions } from './image/png.ts';
export { decodeModels, encodeModels } from './io/model-file.ts';
export { type DecodeNpzOptions, decodeNpy, decodeNpz, encodeNpy, encodeNpz } from './io/npy.ts';
export { decodeSafetensors, encodeSafetensors } from './io/safetensors.ts';
export { decodeTensorFile, encodeTensorFile, type TensorEntry, type TensorFile } from './io/tensor-file.ts';
export { encodeWeights, loadWeights, type Weighted } from './io/weights.ts';
export { type ConfigureOptions, configure, type RuntimeInfo, runtimeInfo } from './kernels/runtime.ts';
export { type ClassHistogram, type ClassHistogramOptions, classHistogram } from './metrics/class-histogram.ts';
export type {
  Evaluation,
  EvaluationProtocol,
  EvaluationRow,
  ImageMetrics,
  NearestSummary,
} from './metrics/evaluation.ts';
export { formatEvaluation } from './metrics/format-evaluation.ts';
export { frechetDistance } from './metrics/frechet-distance.ts';
export {
  type EvaluateImagesOptions,
  evaluateImages,
  type ImageEvaluator,
  type ImageEvaluatorOptions,
  imageEvaluator,
} from './metrics/image-evaluator.ts';
export type { Images } from './metrics/image-source.ts';
export { type KernelDistance, type KernelDistanceOptions, kernelDistance } from './metrics/kernel-distance.ts';
export {
  type NearestNeighbours,
  type NearestNeighboursOptions,
  nearestNeighbours,
} from './metrics/nearest-neighbours.ts';
export {
  type PrecisionRecall,
  type PrecisionRecallOptions,
  precisionRecall,
} from './metrics/precision-recall.ts';
export { sharpness } from './metrics/sharpness.ts';
export type { ActivationName } from './nn/activations.ts';
export {
  describeModel,
  type LayerDescription,
  type ModelDescription,
  type ModelFromOptions,
  modelFrom,
} from './nn/describe-model.ts';
export type { Initializer, InitializerName } from './nn/initializers.ts';
export type { BuiltLayer, CallOptions, Layer, LayerConfig, LayerKind } from './nn/layer.ts';
export * as layers from './nn/layers/index.ts';
export { cloneModel, type Model, type SequentialOptions, sequential } from './nn/sequential.ts';
export { type EncodeOnnxOptions, encodeOnnx } from './onnx/encode-onnx.ts';
export {
  elu,
  gelu,
  hardSigmoid,
  logSigmoid,
  mish,
  prelu,
  relu6,
  selu,
  softsign,
  step,
  swish,
  swish as silu,
} from './ops/activations.ts';
export { argMax, argMin } from './ops/arg-max.ts';
export { add, div, mul, neg, sub } from './ops/arithmetic.ts';
export { type AveragePooling2dOptions, averagePooling2d } from './ops/average-pooling.ts';
export {
  type BatchMoments,
  type BatchNormOptions,
  batchMoments,
  batchNormInference,
  batchNormTraining,
} from './ops/batch-normalization.ts';
export {
  type CategoricalCrossentropyOptions,
  categoricalCrossentropy,
  klDivergence,
} from './ops/categorical-losses.ts';
export {
  type CheckGradientsOptions,
  checkGradients,
  type GradientEntry,
  type GradientReport,
} from './ops/check-gradients.ts';
export { clip } from './ops/clip.ts';
export {
  equal,
  greater,
  greaterEqual,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  logicalXor,
  notEqual,
} from './ops/comparison.ts';
export { type Conv2dOptions, conv2d, conv2dTranspose } from './ops/convolution.ts';
export { dropout } from './ops/dropout.ts';
export { erf, expm1, log1p } from './ops/exponentials.ts';
export { max, maximum, min, minimum } from './ops/extremes.ts';
export { gather, type Indices, type OneHotOptions, oneHot } from './ops/gather.ts';
export { type GroupNormOptions, groupNorm, layerNorm } from './ops/group-normalization.ts';
export { hinge, squaredHinge } from './ops/hinge-losses.ts';
export { acosh, asinh, atanh, cosh, sinh } from './ops/hyperbolic.ts';
export type { CrossentropyOptions, LossOptions, LossReduction } from './ops/internal/loss-reduction.ts';
export type { Pooling2dOptions } from './ops/internal/pooling.ts';
export type { ReduceOptions } from './ops/internal/reduction.ts';
export type { Interpolation } from './ops/internal/resize-map.ts';
export type { Extent, Padding, Pair } from './ops/internal/windows.ts';
export { type BinaryCrossentropyOptions, binaryCrossentropy, meanSquaredError } from './ops/losses.ts';
export { type MatmulOptions, matmul } from './ops/matmul.ts';
export { type MaxPooling2dOptions, maxPooling2d } from './ops/max-pooling.ts';
export { type NormOrder, norm } from './ops/norm.ts';
export { type Padding1d, type PadOptions, pad } from './ops/pad.ts';
export { pow, reciprocal, rsqrt } from './ops/pow.ts';
export { prod } from './ops/prod.ts';
export { all, any } from './ops/quantifiers.ts';
export { expandDims, flip, split, squeeze, stack, tile, unstack } from './ops/rearrange.ts';
export { mean, sum } from './ops/reduce.ts';
export { type HuberOptions, huber, logCosh, meanAbsoluteError, poisson } from './ops/regression-losses.ts';
export { reshape } from './ops/reshape.ts';
export { type ResizeOptions, resizeBilinear, resizeNearestNeighbor } from './ops/resize.ts';
export { ceil, floor, round, sign } from './ops/rounding.ts';
export { broadcastTo, concat, slice, transpose } from './ops/shape-ops.ts';
export { logSoftmax, logSumExp, softmax } from './ops/softmax.ts';
export {
  type SparseCategoricalCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from './ops/softmax-cross-entropy.ts';
export { acos, asin, atan, cos, sin, tan } from './ops/trigonometry.ts';
export { abs, exp, leakyRelu, log, relu, sigmoid, softplus, sqrt, square, tanh } from './ops/unary.ts';
export { type Upsampling2dOptions, upsampling2d } from './ops/upsampling.ts';
export { where } from './ops/where.ts';
export { type AdamConfig, type AdamSlots, type AdamWConfig, adam, adamW } from './optim/adam.ts';
export { defineOptimizer, type OptimizerDefinition, type VariableUpdate } from './optim/define-optimizer.ts';
export type { Optimizer, OptimizerConfig, OptimizerSettings, Slots } from './optim/optimizer.ts';
export { type RmspropConfig, rmsprop } from './optim/rmsprop.ts';
export type { Schedule } from './optim/schedule.ts';
export * as schedules from './optim/schedules.ts';
export { type SgdConfig, sgd } from './optim/sgd.ts';
export { browserCheckpoints } from './training/browser-checkpoints.ts';
export { type CheckpointStore, memoryCheckpoints, type SavedCheckpoint } from './training/checkpoint-store.ts';
export type { EpochEvent, Measures, ResumeEvent, SkippedCheckpoint, StepEvent } from './training/events.ts';
export type { TrainingOptions } from './training/options.ts';
export type { TrainingResult } from './training/train.ts';
