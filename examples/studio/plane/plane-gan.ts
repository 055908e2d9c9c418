/**
 * The training of the points: trainGan on points that may change while it runs, without a last epoch. The latent space
 * is a plane too, so that the generator is a map from plane to plane that can be drawn.
 */
import {
  adam,
  createRandom,
  type Dataset,
  type GanLosses,
  type GanUpdate,
  type Model,
  type Tensor,
  tensor,
  trainGan,
} from '../../../src/index.ts';
import { POINT_ADAM, POINT_RECIPE, type PointPair, pointPair } from '../../point-gan.ts';
import type { PlaneSettings } from './settings.ts';

/** Two, for a map from plane to plane. */
export const LATENT = 2;
const WIDTH = 64;
const BATCH = 128;
/**
 * Points of an epoch, an even number of batches: points of a distribution are drawn so often that few are seen twice.
 */
export const POOL = 25_600;
/** Generated points that are shown, from the same noise each time. */
export const SAMPLES = 512;

/** The networks between two steps. */
export interface PlaneNetworks extends PointPair {
  /** The generator with averaged weights. */
  readonly average: Model;
  /** [SAMPLES, 2] */
  readonly noise: Tensor;
}

export interface PlaneGan {
  /** x and y of the real points in turn; at least one point. They can be replaced between two steps. */
  points: Float32Array;
  /**
   * Changes settings, with the weights as they are. Another seed has no effect on a training that has begun. Returns
   * whether beforeStep() must return for the change: then no step follows, and it is called again.
   */
  change(settings: PlaneSettings): boolean;
  /** Trains until the signal is aborted. Rejects with a DivergenceError if a weight or a loss is no longer finite. */
  run(signal: AbortSignal): Promise<void>;
}

export interface PlaneHooks {
  /** Called before each step, also the first one. It decides when the step comes and which networks it updates. */
  beforeStep(networks: PlaneNetworks): GanUpdate | undefined | Promise<GanUpdate | undefined>;
  afterStep?(losses: GanLosses): void;
}

export function createPlaneGan(initial: PlaneSettings, points: Float32Array, hooks: PlaneHooks): PlaneGan {
  let settings = initial;
  /** Stops the present call of trainGan, because the next one has other settings. */
  let restart = new AbortController();
  let average: Model | undefined;
  const pair = pointPair(LATENT, WIDTH, createRandom(settings.seed));
  const generatorOptimizer = adam({ ...POINT_ADAM, learningRate: settings.generatorRate });
  const discriminatorOptimizer = adam({ ...POINT_ADAM, learningRate: settings.discriminatorRate });

  const images: Dataset = {
    count: POOL,
    itemShape: [2],
    gather: (indices) => gatherPoints(gan.points, indices),
  };

  const train = async (signal: AbortSignal): Promise<void> => {
    const { loss, penalty, seed } = settings;
    let isFirst = true;
    await trainGan({
      ...POINT_RECIPE,
      ...pair,
      images,
      loss,
      gradientPenalty: penalty === 0 ? undefined : { ...POINT_RECIPE.gradientPenalty, weight: penalty },
      latentDim: LATENT,
      generatorOptimizer,
      discriminatorOptimizer,
      epochs: Number.MAX_SAFE_INTEGER,
      batchSize: BATCH,
      sampleCount: SAMPLES,
      seed,
      // A step is too small to be shared.
      threads: 1,
      signal,
      beforeStep({ averageGenerator, sampleNoise }) {
        // emaMomentum is set, so there is an average. A new call of trainGan starts it at the present weights.
        if (isFirst && average !== undefined) copyWeights(average, averageGenerator!);
        isFirst = false;
        average = averageGenerator!;
        return hooks.beforeStep({ ...pair, average, noise: sampleNoise });
      },
      onStep: (event) => hooks.afterStep?.(event),
    });
  };

  const gan: PlaneGan = {
    points,
    change(next) {
      generatorOptimizer.learningRate = next.generatorRate;
      discriminatorOptimizer.learningRate = next.discriminatorRate;
      const isRestart = next.loss !== settings.loss || next.penalty !== settings.penalty;
      settings = next;
      if (isRestart) restart.abort();
      return isRestart;
    },
    async run(signal) {
      const stop = (): void => restart.abort();
      signal.addEventListener('abort', stop);
      while (!signal.aborted) {
        restart = new AbortController();
        await train(restart.signal);
      }
      signal.removeEventListener('abort', stop);
    },
  };
  return gan;
}

/** The points at these places, as if the points were repeated without end: [indices.length, 2]. */
function gatherPoints(points: Float32Array, indices: ArrayLike<number>): Tensor {
  const values = new Float32Array(indices.length * 2);
  const count = points.length / 2;
  for (let i = 0; i < indices.length; i++) {
    const place = indices[i]! % count;
    values[2 * i] = points[2 * place]!;
    values[2 * i + 1] = points[2 * place + 1]!;
  }
  return tensor(values, [indices.length, 2]);
}

function copyWeights(from: Model, to: Model): void {
  to.weights.forEach((weight, i) => {
    weight.assign(from.weights[i]!);
  });
}
