/**
 * Eight Gaussians on a ring: points [n, 2] instead of images, the usual test for mode collapse. A GAN that collapses
 * draws some of the eight modes and misses the others. The recipe is in point-gan.ts.
 * Source of the task: L. Metz et al., "Unrolled Generative Adversarial Networks", ICLR 2017.
 */
import { adam, createRandom, type Random, schedules, type Tensor, tensor, trainGan } from '../src/index.ts';
import { POINT_ADAM, POINT_RECIPE, pointPair } from './point-gan.ts';

/** Distance of the modes from the centre; trainGan takes values in [-1, 1]. */
const RADIUS = 0.8;
/** Standard deviation of each mode in both directions. */
const DEVIATION = 0.02;
/** A point belongs to a mode within three standard deviations. */
const REACH = 3 * DEVIATION;
/** So many points make a mode covered. */
const ENOUGH = 20;

/** Half of the square root of 2, times the radius: exact operations only, so that all engines get the same bits. */
const DIAGONAL = RADIUS * Math.sqrt(0.5);

export const MODES: readonly (readonly [x: number, y: number])[] = [
  ...([
    [RADIUS, 0],
    [DIAGONAL, DIAGONAL],
    [0, RADIUS],
    [-DIAGONAL, DIAGONAL],
  ] as const),
  ...([
    [-RADIUS, 0],
    [-DIAGONAL, -DIAGONAL],
    [0, -RADIUS],
    [DIAGONAL, -DIAGONAL],
  ] as const),
];

/** Points of all modes in turn, [count, 2]. */
export function ringPoints(count: number, random: Random): Tensor {
  const noise = random.normal([count, 2], 0, DEVIATION).data;
  const place = (value: number, i: number): number => value + MODES[(i >> 1) % MODES.length]![i & 1]!;
  return tensor(Float32Array.from(noise, place), [count, 2]);
}

export interface RingScore {
  /** Points within three standard deviations of each mode. */
  readonly counts: readonly number[];
  /** Modes with at least 20 such points. */
  readonly covered: number;
  /** The share of points that are near a mode. */
  readonly highQuality: number;
}

export function scoreRing({ data, shape }: Tensor): RingScore {
  const counts = MODES.map(() => 0);
  for (let i = 0; i < data.length; i += 2) {
    const near = MODES.findIndex(([x, y]) => (data[i]! - x) ** 2 + (data[i + 1]! - y) ** 2 <= REACH ** 2);
    if (near >= 0) counts[near]!++;
  }
  const covered = counts.filter((count) => count >= ENOUGH).length;
  return { counts, covered, highQuality: counts.reduce((sum, count) => sum + count, 0) / shape[0]! };
}

const POINTS = 25_600;
const BATCH = 256;
const LATENT = 16;
const WIDTH = 128;
/** Points that are drawn for the score. */
const SAMPLES = 2500;

export interface RingEpoch {
  readonly epoch: number;
  readonly real: Tensor;
  /** [2500, 2], drawn by the generator with averaged weights. */
  readonly samples: Tensor;
}

/** Trains for `epochs` of 100 steps and returns points of the generator, [2500, 2]. One thread is fastest here. */
export async function trainRing(
  epochs: number,
  seed: number,
  onEpoch: (event: RingEpoch) => unknown = () => undefined,
): Promise<Tensor> {
  const random = createRandom(seed);
  const real = ringPoints(POINTS, random);
  const learningRate = schedules.cosineDecay({ initialLearningRate: 5e-3, decaySteps: (epochs * POINTS) / BATCH });
  const optimizer = { learningRate, ...POINT_ADAM };
  const { averageGenerator } = await trainGan({
    images: real,
    ...pointPair(LATENT, WIDTH, random),
    ...POINT_RECIPE,
    latentDim: LATENT,
    generatorOptimizer: adam(optimizer),
    discriminatorOptimizer: adam(optimizer),
    epochs,
    batchSize: BATCH,
    sampleCount: SAMPLES,
    seed,
    threads: 1,
    onEpoch: ({ epoch, samples }) => onEpoch({ epoch, real, samples }),
  });
  return averageGenerator!.predict(random.normal([SAMPLES, LATENT]));
}
