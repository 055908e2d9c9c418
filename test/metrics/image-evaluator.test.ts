/** The evaluator against the single metrics, on small images, with a fixed random network as the classifier. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/autograd/random.ts';
import { scope } from '../../src/autograd/scope.ts';
import { type Tensor, tensor } from '../../src/autograd/tensor.ts';
import { type Dataset, dataset } from '../../src/data/dataset.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { classHistogram } from '../../src/metrics/class-histogram.ts';
import { formatEvaluation } from '../../src/metrics/format-evaluation.ts';
import { frechetDistance } from '../../src/metrics/frechet-distance.ts';
import { evaluateImages, imageEvaluator } from '../../src/metrics/image-evaluator.ts';
import { byteImages } from '../../src/metrics/image-source.ts';
import { kernelDistance } from '../../src/metrics/kernel-distance.ts';
import { nearestNeighbours } from '../../src/metrics/nearest-neighbours.ts';
import { precisionRecall } from '../../src/metrics/precision-recall.ts';
import { sharpness } from '../../src/metrics/sharpness.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { relu } from '../../src/ops/unary.ts';

const SIDE = 6;
const random = createRandom(12);
const [kernel, head] = [random.normal([SIDE * SIDE, 10], 0, 0.3), random.normal([10, 4])];
const features = (images: Tensor): Tensor => relu(matmul(reshape(images, [images.shape[0]!, SIDE * SIDE]), kernel));
const logits = (rows: Tensor): Tensor => matmul(rows, head);

/** Bytes of images with a bright bar at a random place on a dark, slightly noisy ground. */
function bars(count: number, seed: number): Uint8Array {
  const draw = createRandom(seed);
  const place = draw.uniform([count], 0, SIDE).data;
  const grain = draw.uniform([count * SIDE * SIDE], 0, 40).data;
  return Uint8Array.from(grain, (value, at) => {
    const bar = Math.floor(place[Math.floor(at / (SIDE * SIDE))]!);
    return value + (at % SIDE === bar ? 200 : 0);
  });
}

const set = (count: number, seed: number) => dataset(bars(count, seed), [count, SIDE, SIDE, 1]);
const [real, training] = [set(120, 1), set(150, 2)];
const everyOne = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const right = { real, training, features, logits, batchSize: 32, kernelSubsets: 10, kernelSubsetSize: 20, seed: 3 };

/** A dataset as an object of a class, whose gather() needs its `this`. */
class ClassDataset implements Dataset {
  readonly #source: Dataset;
  constructor(source: Dataset) {
    this.#source = source;
  }
  get count(): number {
    return this.#source.count;
  }
  get itemShape(): readonly number[] {
    return this.#source.itemShape;
  }
  gather(indices: ArrayLike<number>): Tensor {
    return this.#source.gather(indices);
  }
}

it('takes datasets that are objects of a class', () => {
  const ofClass = { ...right, real: new ClassDataset(real), training: new ClassDataset(training) };
  const generated = set(100, 4);
  expect(evaluateImages({ ...ofClass, generated: new ClassDataset(generated) })).toEqual(
    evaluateImages({ ...right, generated }),
  );
});

describe('evaluateImages', () => {
  const generated = set(100, 4).gather(everyOne(100));
  const result = evaluateImages({ ...right, generated, featureName: 'a fixed random layer' });
  const [realRow, noiseRow, generatedRow] = result.rows.map(({ metrics }) => metrics);

  it('gives the same result for the generated images as each metric by itself', () => {
    const [a, b] = [features(real.gather(everyOne(120))), features(generated)];
    const nearest = nearestNeighbours(generated, training);
    expect(generatedRow).toEqual({
      count: 100,
      frechetDistance: frechetDistance(a, b),
      kernelDistance: kernelDistance(a, b, { subsets: 10, subsetSize: 20, seed: 3 }),
      precisionRecall: precisionRecall(a, b),
      classes: classHistogram(logits(b)),
      nearest: { mean: nearest.mean, smallest: Math.min(...nearest.distances), count: 100 },
      sharpness: sharpness(generated),
    });
  });

  it('starts with the anchors, which have as many images as `real`; real is far better than noise', () => {
    expect(result.rows.map(({ name }) => name)).toEqual(['real', 'noise', 'generated']);
    expect([realRow!.count, noiseRow!.count]).toEqual([120, 120]);
    expect(realRow!.frechetDistance).toBeLessThan(noiseRow!.frechetDistance / 10);
    expect(realRow!.kernelDistance.mean).toBeLessThan(noiseRow!.kernelDistance.interval[0]);
    expect(realRow!.precisionRecall.precision).toBeGreaterThan(0.5);
    expect(noiseRow!.precisionRecall.precision).toBeLessThan(0.1);
    expect(noiseRow!.nearest.mean).toBeGreaterThan(2 * realRow!.nearest.mean);
    expect(noiseRow!.sharpness).toBeGreaterThan(realRow!.sharpness);
  });

  it('takes the nearest distances of the real anchor from the real images, not from the training images', () => {
    const { mean } = nearestNeighbours(real, training);
    expect(realRow!.nearest.mean).toBeCloseTo(mean, 12);
    expect(realRow!.nearest.smallest).toBeGreaterThan(0);
  });

  it('returns its protocol, and can be written as JSON', () => {
    expect(result.protocol).toEqual({
      features: 'a fixed random layer',
      featureCount: 10,
      data: 'images',
      realCount: 120,
      trainingCount: 150,
      seed: 3,
      batchSize: 32,
      kernelSubsets: 10,
      kernelSubsetSize: 20,
      neighbours: 3,
      nearestCount: 1000,
    });
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  });

  it('evaluates a tensor as the picture that is saved of it: clipped, with 256 levels', () => {
    const evaluator = imageEvaluator(right);
    const { data, shape } = generated;
    const step = 1 / 127.5;
    const loud = tensor(
      data.map((value, i) => (value > 0.99 ? 7 : value + ((i % 5) - 2) * 0.2 * step)),
      shape,
    );
    expect(evaluator.evaluate(loud)).toEqual(generatedRow);
    expect(evaluator.evaluate(set(100, 4))).toEqual(generatedRow);
    expect(evaluator.anchors()).toEqual(result.rows.slice(0, 2));
  });

  it('does not depend on the batch size', () => {
    expect(evaluateImages({ ...right, generated, batchSize: 7 }).rows).toEqual(result.rows);
  });

  it('finds distance 0 for copies of training images', () => {
    const copies = training.gather([1, 5, 9, 13, 17, 21, 25, 29]);
    const { rows } = evaluateImages({ ...right, generated: copies, kernelSubsetSize: 4 });
    expect(rows[2]!.metrics.nearest).toEqual({ mean: 0, smallest: 0, count: 8 });
  });

  it('works after the scope that the evaluator was made in', () => {
    const evaluator = scope(() => imageEvaluator(right));
    expect(evaluator.evaluate(generated)).toEqual(generatedRow);
  });

  it('leaves no tensor behind', () => {
    const before = heap().usage().blocks;
    evaluateImages({ ...right, generated });
    expect(heap().usage().blocks).toBe(before);
  });

  it('turns all 256 bytes into the same floats as a dataset does', () => {
    const bytes = Uint8Array.from({ length: 288 }, (_, byte) => byte & 255);
    const [own, other] = [byteImages(bytes, [8, 6, 6, 1]), dataset(bytes, [8, 6, 6, 1])];
    expect(own.gather([7, 0, 3])).toMatchObject({ shape: [3, 6, 6, 1] });
    expect(own.gather(everyOne(8)).data).toEqual(other.gather(everyOne(8)).data);
  });

  it('takes images in colour, and no logits: then no classes are counted', () => {
    const colours = (count: number, seed: number): Dataset => dataset(bars(3 * count, seed), [count, SIDE, SIDE, 3]);
    const weights = createRandom(5).normal([3 * SIDE * SIDE, 10], 0, 0.3);
    const own = {
      ...{ real: colours(40, 1), training: colours(50, 2), kernelSubsets: 2, kernelSubsetSize: 4 },
      features: (x: Tensor) => relu(matmul(reshape(x, [x.shape[0]!, 3 * SIDE * SIDE]), weights)),
    };
    const generated = colours(30, 3);
    const whole = generated.gather(everyOne(30));
    const evaluation = evaluateImages({ ...own, generated: whole });
    const { metrics } = evaluation.rows[2]!;
    expect(metrics.classes).toBeUndefined();
    expect(metrics.sharpness).toBe(sharpness(whole));
    expect(metrics.frechetDistance).toBe(
      frechetDistance(own.features(own.real.gather(everyOne(40))), own.features(whole)),
    );
    expect(metrics).toEqual(imageEvaluator(own).evaluate(generated));
    expect(formatEvaluation(JSON.parse(JSON.stringify(evaluation)))).toMatch(/generated +\| +- \| +- \|/);
  });
});

describe('formatEvaluation', () => {
  const { protocol, rows } = evaluateImages({ ...right, generated: set(60, 9) });
  const text = formatEvaluation({ protocol, rows });

  it('prints two aligned Markdown tables with one row for each set', () => {
    const [distances = [], counts = []] = text.split('\n\n').map((part) => part.split('\n'));
    for (const [table, columns] of [
      [distances, 7],
      [counts, 6],
    ] as const) {
      expect(table.length).toBe(2 + 3);
      expect(new Set(table.map((line) => line.length)).size).toBe(1);
      expect(new Set(table.map((line) => line.split('|').length))).toEqual(new Set([columns + 2]));
      expect(table.slice(2).map((line) => line.split('|')[1]!.trim())).toEqual(['real', 'noise', 'generated']);
    }
    expect(distances[4]).toMatch(/^\| generated \| +60 \|/);
  });

  it('the tables have at most 100 columns for names of 19 characters and the longest figures', () => {
    const metrics = {
      ...rows[0]!.metrics,
      count: 100_000,
      frechetDistance: 0.000123,
      kernelDistance: { ...rows[0]!.metrics.kernelDistance, mean: -0.000123, interval: [-0.000123, 0.000456] as const },
    };
    const long = formatEvaluation({ protocol, rows: [{ name: 'weights/epoch-00012', metrics }] });
    for (const line of long.split('\n').filter((one) => one.startsWith('|')))
      expect(line.length).toBeLessThanOrEqual(100);
  });

  it('says why noise can have a high precision', () => {
    expect(text).toContain('Noise can have a precision near 1');
  });

  it('prints the protocol: features, counts, seed, subsets, neighbours', () => {
    for (const part of [
      ...['features', 'Features: 10 of features', '120 real images', '150 training', 'Data: images', 'Seed 3'],
      ...['10 subsets of 20', '3rd'],
    ]) {
      expect(text).toContain(part);
    }
  });

  it('prints three significant digits and no exponent', () => {
    const metrics = rows[0]!.metrics;
    const line = (frechet: number): string => {
      const one = { name: 'x', metrics: { ...metrics, frechetDistance: frechet } };
      return formatEvaluation({ protocol, rows: [one] })
        .split('\n')[2]!
        .split('|')[3]!
        .trim();
    };
    expect([0, 624.18, 1.234567, 12.3456, 0.00012345, 1e-9, 54321].map(line)).toEqual([
      ...['0.00', '624', '1.23', '12.3', '0.000123', '0.000000', '54321'],
    ]);
  });
});
