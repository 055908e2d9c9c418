/** A working sample of each recipe of examples/guides/contributing.md. The samples stand beside this file. */
import { afterAll, describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { tensor, variable } from '../../src/autograd/tensor.ts';
import {
  checkGradients,
  configure,
  createRandom,
  layers,
  type Model,
  memoryCheckpoints,
  runtimeInfo,
  sequential,
  sum,
  trainGan,
} from '../../src/index.ts';
import { Heap } from '../../src/kernels/heap.ts';
import { createPortableSet, createSimdSet } from '../../src/kernels/sets.ts';
import { expectClose } from '../nn/expect-close.ts';
import { checkJacobian, toTensor } from '../support/gradient-check.ts';
import { caseOf } from '../support/kernel-cases.ts';
import { nd, ndAwayFrom, ndRandom } from '../support/nd.ts';
import { describeOp } from '../support/op-check.ts';
import { Operands } from '../support/operands.ts';
import { invoke, Twins } from '../support/twins.ts';
import { adagrad } from './adagrad.ts';
import { cubeRoot } from './cube-root.ts';
import { layerNormalization } from './layer-normalization.ts';
import { leastSquares, ownGan } from './own-gan.ts';
import { softsign } from './softsign.ts';
import * as kernels from './softsign-kernel.ts';
import { trainDenoiser } from './train-denoiser.ts';

afterAll(() => configure({ threads: 1 }));

describe('a kernel', () => {
  const capacity = 20_000;
  const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 16, maximum: 16, shared: true }) });
  const all = [kernels.softsign, kernels.softsignBackward];
  const [portable, simd] = [createPortableSet(heap, all), createSimdSet(heap, all).kernels];
  const twins = new Twins(heap, capacity);
  const operands = new Operands(capacity);

  it.each(all)('$name: the portable and the SIMD body give the same bits', (kernel) => {
    const { variants, build } = caseOf(kernel);
    let salt = 0;
    for (const count of [0, 1, 2, 3, 4, 5, 15, 16, 17, 67, 1030]) {
      for (let variant = 0; variant < variants; variant++) {
        const args = build(operands.begin(salt++), 1, count, variant);
        const run = (set: typeof portable) => (call: readonly number[]) => invoke(set, kernel, call);
        twins.compare(kernel, operands, args, run(portable), run(simd), `count ${count}, variant ${variant}`);
      }
    }
    expect(salt).toBe(11 * variants);
  });

  it('gives the same bits on two threads', async () => {
    const x = toTensor(ndRandom([50_001], 5, -4, 4));
    await configure({ threads: 1 });
    const alone = softsign(x).data;
    await configure({ threads: 2 });
    expect(runtimeInfo().threads).toBe(2);
    expect(softsign(x).data).toEqual(alone);
  });
});

describeOp({
  name: 'softsign',
  samples: [[1], [7], [2, 3], [2, 1, 4]].map((shape, i) => ({
    label: `[${shape}]`,
    inputs: [ndAwayFrom([0], 0.05, ndRandom(shape, 20 + i, -3, 3))],
    run: ([x]) => softsign(x!),
    reference: ([x]) =>
      nd(
        x!.shape,
        Array.from(x!.values, (value) => value / (1 + Math.abs(value))),
      ),
  })),
  float32: 'two ulp',
});

describe('an operation without a kernel of its own', () => {
  it('has its value, and right gradients to second order', () => {
    // Within a few float32 roundings of log and exp.
    expectClose('cubeRoot', cubeRoot(tensor([8, -27, 0.001])).data, [2, -3, 0.1], { atol: 0, rtol: 1e-6 });
    expect(checkGradients(cubeRoot, [tensor([1, -2, 0.5])], { order: 2 }).wrong).toBe(0);
  });
});

describe('a layer', () => {
  const x = ndRandom([3, 4], 31);
  const normalized = (row: Float64Array): number[] => {
    const mean = row.reduce((total, value) => total + value) / row.length;
    const variance = row.reduce((total, value) => total + (value - mean) ** 2, 0) / row.length;
    return Array.from(row, (value) => (value - mean) / Math.sqrt(variance + 1e-3));
  };
  const rows = [0, 1, 2].map((row) => normalized(x.values.subarray(4 * row, 4 * row + 4)));

  it('normalises each row, and learns gamma and beta', () => {
    const built = layerNormalization().build([4], createRandom(1));
    const y = built.call(toTensor(x), { training: true });
    expectClose('y', y.data, rows.flat(), { atol: 1e-6 });
    const [gamma, beta] = gradients(sum(y), built.trainableWeights);
    const columns = [0, 1, 2, 3].map((column) => rows.reduce((total, row) => total + row[column]!, 0));
    expectClose('gamma', gamma!.data, columns, { atol: 1e-6 });
    expectClose('beta', beta!.data, [3, 3, 3, 3], { atol: 0 });
  });

  it('has the Jacobian of its formula', () => {
    const call = (input: Parameters<typeof softsign>[0]) =>
      layerNormalization().build([4], createRandom(1)).call(input, {});
    expect(checkJacobian('layerNormalization', '[3, 4]', ([input]) => call(input!), [x]).entries).toBe(144);
  });

  it('stands in a model', () => {
    const model = sequential([layerNormalization({ inputShape: [4] }), layers.dense({ units: 2 })]);
    expect(model.predict(toTensor(x)).shape).toEqual([3, 2]);
    expect(model.weights.map(({ name }) => name)).toEqual(['gamma', 'beta', 'kernel', 'bias']);
  });
});

describe('an optimizer', () => {
  it('takes two steps of its formula', () => {
    const weight = variable(tensor([1, -2]), 'weight');
    const optimizer = adagrad({ learningRate: 0.1 });
    const [expected, accumulator] = [
      [1, -2],
      [0, 0],
    ];
    for (const gradient of [
      [0.5, -3],
      [2, 0.25],
    ]) {
      expect(optimizer.apply([weight], [tensor(gradient)])).toEqual([]);
      gradient.forEach((value, i) => {
        accumulator[i]! += value ** 2;
        expected[i]! -= (0.1 * value) / Math.sqrt(accumulator[i]! + 1e-7);
      });
    }
    expectClose('weight', weight.data, expected, { atol: 0, rtol: 1e-6 });
    expectClose('accumulator', optimizer.slots(weight).accumulator.data, accumulator, { atol: 0, rtol: 1e-6 });
    expect(optimizer.config).toEqual({ name: 'adagrad', learningRate: 0.1, epsilon: 1e-7 });
  });
});

describe('a training', () => {
  const images = toTensor(ndRandom([32, 6], 41));
  const model = (): Model => sequential([layers.dense({ units: 6, inputShape: [6] })], { random: createRandom(2) });
  const options = (own: Model) => ({
    ...{ images, model: own, batchSize: 8, threads: 1 },
    optimizer: adagrad({ learningRate: 0.1 }),
  });

  it('learns, and goes on from a checkpoint with the same bits', async () => {
    const [whole, resumed] = [model(), model()];
    const { history } = await trainDenoiser({ ...options(whole), epochs: 6 });
    expect(history).toHaveLength(6);
    expect(history[5]!.loss).toBeLessThan(0.5 * history[0]!.loss);

    const checkpoint = memoryCheckpoints();
    await trainDenoiser({ ...options(model()), epochs: 2, checkpoint });
    await trainDenoiser({ ...options(resumed), epochs: 6, checkpoint, resume: true });
    expect(resumed.weights.map(({ data }) => data)).toEqual(whole.weights.map(({ data }) => data));
  });
});

describe('a loss and a GAN', () => {
  it('gets the losses of the objective, and the samples move to the points', async () => {
    const options = ownGan();
    const noise = createRandom(9).normal([64, 4]);
    const start = options.generator!.predict(noise);
    const logits: number[][] = [];
    const losses: number[][] = [];
    const { generator } = await trainGan({
      ...options,
      threads: 1,
      objective: {
        ...leastSquares,
        discriminatorLoss(real, fake) {
          logits.push([...real.data], [...fake.data]);
          return leastSquares.discriminatorLoss(real, fake);
        },
      },
      onStep: ({ generatorLoss, discriminatorLoss }) => void losses.push([generatorLoss, discriminatorLoss]),
    });
    const meanOf = (values: readonly number[], of: (value: number) => number): number =>
      values.reduce((total, value) => total + of(value), 0) / values.length;
    const [real, fake] = logits as [number[], number[]];
    const expected = [
      meanOf(fake, (value) => value ** 2),
      meanOf(real, (value) => (value - 1) ** 2) + meanOf(fake, (value) => (value + 1) ** 2),
    ];
    expectClose('losses of the first step', losses[0]!, expected, { atol: 1e-6 });
    expect(losses).toHaveLength(100);

    const end = generator.predict(noise);
    expect(distance(start)).toBeGreaterThan(0.5);
    expect(distance(end)).toBeLessThan(0.1);
  });
});

/** The distance of the centre of the points from the centre of the circle. */
function distance(points: { readonly data: Float32Array }): number {
  const centre = [0, 1].map((axis) => points.data.filter((_, i) => i % 2 === axis).reduce((a, b) => a + b) / 64);
  return Math.hypot(centre[0]! - 0.5, centre[1]! + 0.25);
}
