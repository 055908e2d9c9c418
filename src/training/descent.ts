/**
 * Training by one loss: networks one behind the other, one optimizer for all their weights. trainAutoencoder and trainClassifier are
 * this with a loss of their own.
 */
import { gradients } from '../autograd/gradients.ts';
import { createRandom, type Random } from '../autograd/random.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import { checkInteger, checkOptions } from '../core/check.ts';
import type { Dataset } from '../data/dataset.ts';
import { useThreads } from '../kernels/runtime.ts';
import type { CallOptions } from '../nn/layer.ts';
import { adam } from '../optim/adam.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import { checkCallbacks, checkOptimizer, checkSignal, checkSlots, checkThreads, readImages } from './checks.ts';
import { checkLosses, checkStatistics, checkUpdates, type NamedNetwork } from './divergence.ts';
import { runLoop, type StepOf } from './loop.ts';
import { type EpochOf, type Measures, Progress } from './progress.ts';

/** The options of a training by one loss, beside its models. */
export interface DescentOptions<M> {
  /**
   * A Dataset, or a Tensor [n, 28, 28, 1] with values in [-1, 1]. A Dataset of your own is believed: its values are looked at only if a
   * step goes wrong.
   */
  readonly images: Dataset | Tensor;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  /** Decides weights, order and what layers draw: same seed, same bits. Default 42. */
  readonly seed?: number | undefined;
  /** Threads to compute with, as in trainGan; the bits do not depend on it. Default: what configure() was told, else one a core. */
  readonly threads?: number | undefined;
  /** Default adam(), whose learning rate is 1e-3. */
  readonly optimizer?: Optimizer | undefined;
  /** Called after every step; a returned promise is awaited. */
  readonly onStep?: ((event: StepOf<M>) => unknown) | undefined;
  /** Called after every epoch; a returned promise is awaited. The measures are means over its steps. */
  readonly onEpoch?: ((event: EpochOf<M>) => unknown) | undefined;
  /** Stops the training after the step in progress; the models can be used as they are. */
  readonly signal?: AbortSignal | undefined;
}

const DESCENT_OPTIONS: readonly (keyof DescentOptions<unknown>)[] = [
  'images',
  'epochs',
  'batchSize',
  'seed',
  'threads',
  'optimizer',
  'onStep',
  'onEpoch',
  'signal',
];

export interface DescentSetup<M> {
  readonly where: string;
  readonly images: Dataset;
  readonly epochs: number;
  readonly batchSize: number;
  readonly random: Random;
  readonly threads: number | undefined;
  readonly optimizer: Optimizer;
  readonly onStep: DescentOptions<M>['onStep'];
  readonly onEpoch: DescentOptions<M>['onEpoch'];
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks the options and fills in the defaults.
 *
 * @param more - names of options beside those of DescentOptions.
 */
export function readDescentOptions<M>(
  where: string,
  options: DescentOptions<M>,
  more: readonly string[],
  defaults: { readonly epochs: number; readonly batchSize: number },
): DescentSetup<M> {
  checkOptions(where, options ?? null, [...more, ...DESCENT_OPTIONS]);
  const { epochs = defaults.epochs, batchSize = defaults.batchSize, seed = 42, threads, signal } = options;
  const { optimizer = adam(), onStep, onEpoch } = options;
  checkInteger(where, 'epochs', epochs, 0);
  checkInteger(where, 'batchSize', batchSize, 1);
  checkThreads(where, threads);
  checkCallbacks(where, options, ['onStep', 'onEpoch']);
  checkSignal(where, signal);
  checkOptimizer(where, 'optimizer', optimizer);
  const images = readImages(where, options.images, batchSize);
  const random = createRandom(checkInteger(where, 'seed', seed, 0));
  return { where, images, epochs, batchSize, random, threads, optimizer, onStep, onEpoch, signal };
}

export interface DescentResult<M> {
  /** One record for each finished epoch. */
  readonly history: readonly EpochOf<M>[];
  /** False if the signal stopped the training before its last epoch was done. */
  readonly completed: boolean;
}

/** What a forward pass in training mode comes to. */
export interface Pass<M> {
  /** A scalar, which the step descends. */
  readonly loss: Tensor;
  /** All that the step measures, the loss among it. */
  readonly measures: M;
}

export interface Descent<M> {
  /** In the order of the forward pass. */
  readonly networks: readonly NamedNetwork[];
  /** Each measure at 0. */
  readonly nothing: M;
  /** The forward pass over a batch, [n, ...item], the images at these places. */
  forward(batch: Tensor, places: Int32Array, mode: CallOptions): Pass<M>;
}

/** Runs the training; rejects with a DivergenceError in the step in which a loss or a weight turns NaN or infinite. */
export async function descend<M extends Measures<M>>(
  setup: DescentSetup<M>,
  descent: Descent<M>,
): Promise<DescentResult<M>> {
  const models = descent.networks.map(({ model }) => model);
  checkSlots(setup.where, 'optimizer', setup.optimizer, models);
  useThreads(setup.threads);
  const { images, batchSize, epochs, signal, onStep, onEpoch, random } = setup;
  const progress = new Progress(random, descent.nothing);
  const completed = await runLoop({
    progress,
    count: images.count,
    batchSize,
    epochs,
    signal,
    onStep,
    step: (places) => descentStep(setup, descent, places),
    afterEpoch: (record) => onEpoch?.(record),
  });
  return { history: progress.history, completed };
}

function descentStep<M extends Measures<M>>(
  { where, images, optimizer, random }: DescentSetup<M>,
  { networks, forward }: Descent<M>,
  places: Int32Array,
): M {
  return scope(() => {
    const batch = images.gather(places);
    const { loss, measures } = forward(batch, places, { training: true, random });
    checkLosses(where, networks, measures, batch);
    const weights = networks.flatMap(({ model }) => model.trainableWeights);
    const all = gradients(loss, weights);
    const broken = new Set(optimizer.apply(weights, all));
    let taken = 0;
    const updated = networks.map((network) => {
      const own = all.slice(taken, taken + network.model.trainableWeights.length);
      taken += own.length;
      return { ...network, optimizer, gradients: own };
    });
    checkUpdates(where, updated, broken);
    checkStatistics(where, networks);
    return measures;
  }, `${where} step`);
}
