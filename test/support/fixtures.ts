/**
 * Types of the fixtures that PyTorch and numpy made. The docblock of the script that made a fixture explains its
 * fields.
 */

import { readFileSync } from 'node:fs';
import { type Digest, hashedFloats } from './reference.ts';

/** A tensor, row-major. */
export interface FixtureTensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

type Tensors<Name extends string> = Readonly<Record<Name, FixtureTensor>>;
type Errors<Name extends string> = Readonly<Record<Name, number>>;

interface DenseCase extends Tensors<'x' | 'kernel' | 'upstream' | 'y'> {
  readonly name: string;
  readonly bias?: FixtureTensor;
  readonly gradients: Tensors<'x' | 'kernel'> & { readonly bias?: FixtureTensor };
  readonly float32Error: Errors<'y' | 'x' | 'kernel'> & { readonly bias?: number };
}

export interface NormalizationCall extends Tensors<'x' | 'upstream' | 'movingMean' | 'movingVariance' | 'y'> {
  readonly gradients: Tensors<'x' | 'gamma' | 'beta'>;
}

export interface NormalizationCase extends Tensors<'gamma' | 'beta'> {
  readonly name: string;
  readonly momentum: number;
  readonly epsilon: number;
  readonly negativeSlope: number | null;
  readonly training: readonly [NormalizationCall, NormalizationCall];
  readonly inference: NormalizationCall;
  readonly float32Error: Errors<'y' | 'x' | 'gamma' | 'beta'>;
}

interface ActivationCase extends Tensors<'x' | 'upstream' | 'y'> {
  readonly name: 'tanh' | 'sigmoid' | 'relu' | 'leakyRelu';
  readonly negativeSlope?: number;
  readonly gradients: Tensors<'x'>;
  readonly float32Error: Errors<'y' | 'x'>;
}

export interface LossCase extends Tensors<'labels' | 'predictions'> {
  readonly name: string;
  readonly function: 'binaryCrossentropy' | 'meanSquaredError';
  readonly fromLogits?: boolean;
  readonly loss: number;
  readonly gradients: Tensors<'predictions'>;
  readonly float32Error: Errors<'loss' | 'predictions'>;
}

export interface AdamCase extends Tensors<'initial'> {
  readonly name: string;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly steps: readonly Tensors<'gradient' | 'm' | 'v' | 'value'>[];
  readonly float32Error: Errors<'value'>;
}

interface LayersFixture {
  readonly hash: { count: number; salt: number; low: number; high: number; values: readonly number[] };
  readonly dense: readonly DenseCase[];
  readonly batchNormalization: readonly NormalizationCase[];
  readonly activations: readonly ActivationCase[];
  readonly losses: readonly LossCase[];
  readonly adam: readonly AdamCase[];
}

/** An input that both languages compute: the values of hashedFloats. */
export interface HashedTensor {
  readonly shape: readonly number[];
  readonly salt: number;
  readonly low: number;
  readonly high: number;
}

interface WindowCase {
  readonly name: string;
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';
  readonly x: HashedTensor;
  readonly upstream: HashedTensor;
  readonly y: FixtureTensor;
}

interface ConvolutionCase extends WindowCase {
  readonly kernelSize: readonly [number, number];
  readonly kernel: HashedTensor;
  readonly bias?: HashedTensor;
  readonly gradients: Tensors<'x' | 'kernel'> & { readonly bias?: FixtureTensor };
  readonly float32Error: Errors<'y' | 'x' | 'kernel'> & { readonly bias?: number };
}

interface PoolingCase extends WindowCase {
  readonly poolSize: readonly [number, number];
  readonly gradients: Tensors<'x'>;
  readonly float32Error: Errors<'y' | 'x'>;
}

interface ConvolutionsFixture {
  readonly conv2d: readonly ConvolutionCase[];
  readonly conv2dTranspose: readonly ConvolutionCase[];
  readonly maxPooling2d: readonly PoolingCase[];
}

export function unhashed({ shape, salt, low, high }: HashedTensor): FixtureTensor {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return { shape, values: Array.from(hashedFloats(size, salt, low, high)) };
}

export interface GanStep {
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
  readonly real: readonly number[];
  readonly fake: readonly number[];
  readonly image: Digest;
  readonly weights: Readonly<Record<string, Digest>>;
  readonly gradients: Readonly<Record<string, Digest>>;
}

interface GanStepsFixture {
  readonly salt: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly kinkDistance: number;
  readonly tensors: readonly { name: string; shape: readonly number[]; trainable: boolean }[];
  readonly steps: readonly GanStep[];
  readonly float32: {
    readonly generatorLoss: number;
    readonly discriminatorLoss: number;
    readonly tensors: Readonly<Record<string, { weight: number; gradient?: number }>>;
  };
}

export interface OptimizerCase extends Tensors<'initial'> {
  readonly name: string;
  readonly optimizer: 'sgd' | 'rmsprop' | 'adamW';
  readonly config: Readonly<Record<string, number | boolean>>;
  readonly steps: readonly (Tensors<'gradient' | 'value'> & { readonly slots: Tensors<string> })[];
  readonly float32Error: number;
}

interface ExponentialDecayCase {
  readonly schedule: 'exponentialDecay';
  readonly config: { readonly initialLearningRate: number; readonly decaySteps: number; readonly decayRate: number };
}

interface CosineDecayCase {
  readonly schedule: 'cosineDecay';
  readonly config: { readonly initialLearningRate: number; readonly decaySteps: number };
}

type ScheduleCase = (ExponentialDecayCase | CosineDecayCase) & {
  readonly name: string;
  readonly rates: readonly (readonly [step: number, rate: number])[];
};

interface ClippingCase {
  readonly name: string;
  readonly config: Readonly<Record<string, number>>;
  readonly gradients: readonly FixtureTensor[];
  readonly clipped: readonly FixtureTensor[];
}

interface OptimizersFixture {
  readonly optimizers: readonly OptimizerCase[];
  readonly schedules: readonly ScheduleCase[];
  readonly clipping: readonly ClippingCase[];
}

/** test/fixtures/optimizers.json. */
export function readOptimizers(): OptimizersFixture {
  return JSON.parse(readFileSync(new URL('../fixtures/optimizers.json', import.meta.url), 'utf8')) as OptimizersFixture;
}

/** test/fixtures/layers.json. */
export function readLayers(): LayersFixture {
  return JSON.parse(readFileSync(new URL('../fixtures/layers.json', import.meta.url), 'utf8')) as LayersFixture;
}

/** test/fixtures/convolutions.json. */
export function readConvolutions(): ConvolutionsFixture {
  return JSON.parse(
    readFileSync(new URL('../fixtures/convolutions.json', import.meta.url), 'utf8'),
  ) as ConvolutionsFixture;
}

/** test/fixtures/gan_steps.json. */
export function readGanSteps(): GanStepsFixture {
  return JSON.parse(readFileSync(new URL('../fixtures/gan_steps.json', import.meta.url), 'utf8')) as GanStepsFixture;
}

interface LossOfPair {
  readonly loss: number;
  readonly gradients: { readonly real: readonly number[]; readonly fake: readonly number[] };
}

interface AugmentationCase {
  readonly kind: 'brightness' | 'saturation' | 'contrast' | 'translation' | 'cutout';
  readonly amount: number;
  readonly x: HashedTensor;
  readonly draws: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly upstream: HashedTensor;
  readonly dx: readonly number[];
  readonly float32Error: number;
}

export interface PenaltyCase {
  readonly network: 'convolutional' | 'smooth' | 'normalized';
  readonly augmented: boolean;
  readonly kind: 'r1' | 'r1r2' | 'wgan-gp';
  readonly weight: number;
  readonly every: number;
  readonly weights: readonly HashedTensor[];
  readonly penalty: number;
  readonly gradients: readonly (readonly number[])[];
  readonly float32Error: { readonly penalty: number; readonly gradients: readonly number[] };
}

interface GanAdditionsFixture {
  readonly losses: readonly {
    readonly name: 'wasserstein' | 'relativistic';
    readonly real: readonly number[];
    readonly fake: readonly number[];
    readonly discriminator: LossOfPair;
    readonly generator: LossOfPair;
  }[];
  readonly augmentation: readonly AugmentationCase[];
  readonly changes: readonly Pick<AugmentationCase, 'kind' | 'amount'>[];
  readonly draws: Readonly<Record<string, readonly (readonly number[])[]>>;
  readonly images: Readonly<Record<'real' | 'fake' | 'u', HashedTensor>>;
  readonly penalties: readonly PenaltyCase[];
}

/** test/fixtures/gan_additions.json. */
export function readGanAdditions(): GanAdditionsFixture {
  const url = new URL('../fixtures/gan_additions.json', import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as GanAdditionsFixture;
}

interface SecondDerivativesFixture {
  readonly inputs: Readonly<Record<string, HashedTensor>>;
  readonly weights: number;
  readonly graphs: readonly {
    readonly steps: readonly (readonly [op: string, ...operands: number[]])[];
    readonly order: number;
    readonly loss: number;
    readonly gradients: Readonly<Record<string, readonly number[]>>;
  }[];
}

/** test/fixtures/second_derivatives.json. */
export function readSecondDerivatives(): SecondDerivativesFixture {
  const url = new URL('../fixtures/second_derivatives.json', import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')) as SecondDerivativesFixture;
}

export interface FeaturesCase {
  readonly name: string;
  readonly rows: readonly [number, number];
  readonly columns: number;
  readonly zeros: number;
  readonly shift: number;
  readonly salts: readonly [number, number];
  readonly frechet: number;
  readonly discrepancy: number;
  readonly likely: number;
  readonly covered: number;
}

interface MetricsFixture {
  readonly hilbert: { readonly n: number; readonly values: readonly number[] };
  readonly features: readonly FeaturesCase[];
}

/** test/fixtures/metrics.json. */
export function readMetrics(): MetricsFixture {
  return JSON.parse(readFileSync(new URL('../fixtures/metrics.json', import.meta.url), 'utf8')) as MetricsFixture;
}
