/**
 * Three whole steps of the dense GAN, batch 16, against PyTorch in float64 (test/fixtures/gan_steps.py): every tensor
 * of both networks, gradients and moving statistics too, since losses cannot see wrong statistics and Adam hides the
 * scale of a gradient.
 */
import { describe, expect, it } from 'vitest';
import { type GanNetworks, ganPass, ganStep } from '../../src/gan/step.ts';
import {
  adam,
  add,
  binaryCrossentropy,
  createRandom,
  denseDiscriminator,
  denseGenerator,
  gradients,
  type Model,
  type Optimizer,
  scope,
  type Tensor,
  tensor,
  type Variable,
} from '../../src/index.ts';
import { type Runtime, withRuntime } from '../../src/kernels/runtime.ts';
import { bitsOf } from '../nn/bits.ts';
import { expectClose } from '../nn/expect-close.ts';
import { type GanStep, readGanSteps } from '../support/fixtures.ts';
import { KERNEL_SETS } from '../support/kernel-sets.ts';
import { type Digest, digest, hashedFloats } from '../support/reference.ts';
import { countKernels } from '../support/spy.ts';

const FIXTURE = readGanSteps();
const { salt, batchSize, learningRate } = FIXTURE;

// A correct float32 run misses the float64 one by at most 1.9e-7 (losses), 3.7e-7 (weights), 2e-7 (statistics) and 2e-6
// of a gradient's largest value: that is what PyTorch's own float32 misses by (`float32` in the fixture).
const LOSS = 1e-6;
const WEIGHT = 3e-6;
const STATISTIC = 2e-6;
const GRADIENT = 1e-4;

/**
 * Its gradient is 0 in exact arithmetic: what stands there is rounding, about 1e-9, never to be compared relatively.
 */
const ZERO_GRADIENT = 'generator.norm3.beta';

/** The tensors' names in the fixture, in the order of model.weights. */
function namesOf(network: string): { name: string; trainable: boolean; shape: readonly number[]; place: number }[] {
  return FIXTURE.tensors.map((one, place) => ({ ...one, place })).filter(({ name }) => name.startsWith(`${network}.`));
}

interface Networks extends GanNetworks {
  /** By the fixture's name. */
  readonly weights: ReadonlyMap<string, Variable>;
}

function createNetworks(): Networks {
  const generator = denseGenerator();
  const discriminator = denseDiscriminator();
  const weights = new Map<string, Variable>();
  for (const [network, model] of [['generator', generator] as const, ['discriminator', discriminator] as const]) {
    const names = namesOf(network);
    expect(model.weights.map(({ shape }) => shape)).toEqual(names.map(({ shape }) => shape));
    names.forEach(({ name, trainable, shape, place }, i) => {
      const weight = model.weights[i]!;
      weights.set(name, weight);
      if (trainable) weight.assign(initialValues(name, shape, salt + 1000 + place));
    });
    const trainable = names.filter((one) => one.trainable).map(({ name }) => weights.get(name));
    expect(model.trainableWeights).toEqual(trainable);
  }
  const optimizer = (): Optimizer => adam({ learningRate });
  return { generator, discriminator, generatorOptimizer: optimizer(), discriminatorOptimizer: optimizer(), weights };
}

function initialValues(name: string, shape: readonly number[], itsSalt: number): Float32Array {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (name.endsWith('kernel')) {
    const limit = Math.sqrt(6 / (shape[0]! + shape[1]!));
    return hashedFloats(size, itsSalt, -limit, limit);
  }
  return name.endsWith('gamma') ? hashedFloats(size, itsSalt, 0.5, 1.5) : hashedFloats(size, itsSalt, -0.5, 0.5);
}

function batch(step: number): { real: Tensor; noise: Tensor } {
  return {
    noise: tensor(hashedFloats(batchSize * 100, salt + 2000 + step, -1.75, 1.75), [batchSize, 100]),
    real: tensor(hashedFloats(batchSize * 784, salt + 3000 + step, -1, 1), [batchSize, 28, 28, 1]),
  };
}

/** A digest within `tolerance` for each value; sums of n errors of either sign grow as sqrt(n). */
function expectDigest(label: string, got: ArrayLike<number>, expected: Digest, tolerance: number): void {
  const { sum, sumOfSquares, maxAbs, projections, values } = digest(got);
  const root = Math.sqrt(got.length);
  // Values are stored with ten digits.
  expectClose(`${label} values`, values, expected.values, { atol: tolerance, rtol: 1e-9 });
  expectClose(`${label} maxAbs`, [maxAbs], [expected.maxAbs], { atol: tolerance });
  expectClose(`${label} sum`, [sum], [expected.sum], { atol: tolerance * root });
  expectClose(`${label} projections`, projections, expected.projections, { atol: tolerance * root });
  expectClose(`${label} sum of squares`, [sumOfSquares], [expected.sumOfSquares], {
    atol: 2 * tolerance * Math.sqrt(expected.sumOfSquares) + tolerance ** 2 * got.length,
  });
}

/** The same model, which keeps what its calls return. */
function watched(model: Model, outputs: Float32Array[]): Model {
  const { name, inputShape, outputShape, layers, weights, trainableWeights, namedWeights } = model;
  return {
    name,
    inputShape,
    outputShape,
    layers,
    weights,
    trainableWeights,
    namedWeights,
    predict: (x) => model.predict(x),
    summary: (print) => model.summary(print),
    call(x, options) {
      const y = model.call(x, options);
      outputs.push(y.data.slice());
      return y;
    },
  };
}

/** The same optimizer, which keeps the gradients that it gets. */
function listening(optimizer: Optimizer, seen: Map<Variable, Float32Array>): Optimizer {
  return {
    config: optimizer.config,
    learningRate: optimizer.learningRate,
    get step() {
      return optimizer.step;
    },
    apply(variables, all) {
      variables.forEach((variable, i) => {
        seen.set(variable, all[i]!.data.slice());
      });
      return optimizer.apply(variables, all);
    },
    slots: (variable) => optimizer.slots(variable),
    restore: (step) => optimizer.restore(step),
  };
}

function checkStep(networks: Networks, step: number, expected: GanStep): void {
  const { generator, discriminator, generatorOptimizer, discriminatorOptimizer, weights } = networks;
  const images: Float32Array[] = [];
  const logits: Float32Array[] = [];
  const seen = new Map<Variable, Float32Array>();
  const { real, noise } = batch(step);
  const losses = ganStep(
    {
      generator: watched(generator, images),
      discriminator: watched(discriminator, logits),
      generatorOptimizer: listening(generatorOptimizer, seen),
      discriminatorOptimizer: listening(discriminatorOptimizer, seen),
    },
    real,
    noise,
    createRandom(1),
  );
  const at = `step ${step + 1}:`;
  expectClose(`${at} generator's loss`, [losses.generatorLoss], [expected.generatorLoss], { atol: LOSS });
  expectClose(`${at} discriminator's loss`, [losses.discriminatorLoss], [expected.discriminatorLoss], { atol: LOSS });
  expect([images.length, logits.length]).toEqual([1, 2]);
  // The logits are about 1, the images up to 5; measured distances are some 1e-6.
  expectClose(`${at} D(real)`, logits[0]!, expected.real, { atol: 1e-5 });
  expectClose(`${at} D(G(z))`, logits[1]!, expected.fake, { atol: 1e-5 });
  expectDigest(`${at} G(z)`, images[0]!, expected.image, 1e-5);

  for (const { name, trainable } of FIXTURE.tensors) {
    const weight = weights.get(name)!;
    expectDigest(`${at} ${name}`, weight.data, expected.weights[name]!, trainable ? WEIGHT : STATISTIC);
    if (!trainable) {
      expect(seen.has(weight), name).toBe(false);
      continue;
    }
    const gradient = seen.get(weight)!;
    const exact = expected.gradients[name]!;
    if (name === ZERO_GRADIENT) expectClose(`${at} d ${name}`, gradient, new Float32Array(784), { atol: 1e-8 });
    else expectDigest(`${at} d ${name}`, gradient, exact, GRADIENT * exact.maxAbs);
  }
}

const hashes = new Map<string, string>();

describe.each(KERNEL_SETS)('three steps against PyTorch, $name', ({ name, create }) => {
  const { heap, set: kernels } = create();
  const set: Runtime = { heap, kernels };

  it('agree in losses, logits, images, weights, statistics and gradients', () => {
    withRuntime(set, () => {
      const networks = createNetworks();
      FIXTURE.steps.forEach((expected, step) => {
        checkStep(networks, step, expected);
      });
      expect([networks.generatorOptimizer.step, networks.discriminatorOptimizer.step]).toEqual([3, 3]);
      hashes.set(name, bitsOf(...networks.weights.values()));
    });
  });

  it('end in the bits of the portable kernels', () => {
    expect(hashes.get(name)).toBe(hashes.get('portable'));
  });
});

describe('what a step computes', () => {
  /**
   * A dense layer costs one GEMM forward, one for its kernel's gradient and one for its input's.
   * - 9 forward: three layers each in D(real), G(z) and D(G(z)).
   * - 8 for the generator's loss: 3 back through D(G(z)) to the image, whose kernels are not asked for; then in G three
   *   kernels and two inputs, the noise not being asked for.
   * - 10 for the discriminator's loss: in each of the two passes three kernels and two inputs; the images are not asked
   *   for.
   */
  it('is 27 GEMMs: 9 forward, 8 for the generator, 10 for the discriminator', () => {
    const networks = createNetworks();
    const { real, noise } = batch(0);
    const { counts } = countKernels(() => ganStep(networks, real, noise, createRandom(1)));
    expect(counts.gemm).toBe(27);

    const { generator, discriminator } = networks;
    const gemms = <T>(body: () => T): { result: T; gemm: number } => {
      const { result, counts } = countKernels(body);
      return { result, gemm: counts.gemm ?? 0 };
    };
    scope(() => {
      const mode = { training: true };
      const onReal = gemms(() => discriminator.call(real, mode));
      const images = gemms(() => generator.call(noise, mode));
      const onFake = gemms(() => discriminator.call(images.result, mode));
      expect([onReal.gemm, images.gemm, onFake.gemm]).toEqual([3, 3, 3]);
      const loss = (label: number, logits: Tensor): Tensor => binaryCrossentropy(label, logits, { fromLogits: true });
      const both = add(loss(1, onReal.result), loss(0, onFake.result));
      const count = (total: Tensor, model: Model): number => gemms(() => gradients(total, model.trainableWeights)).gemm;
      expect(count(loss(1, onFake.result), generator)).toBe(3 + 5);
      expect(count(both, discriminator)).toBe(5 + 5);
    });
  });

  it('is one forward pass: each batch normalisation normalises once a call, and moves its statistics once', () => {
    const networks = createNetworks();
    const { real, noise } = batch(0);
    const { counts } = countKernels(() => ganStep(networks, real, noise, createRandom(1)));
    // Three layers in G(z), two each in D(real) and D(G(z)); each LeakyReLU goes along.
    expect([counts.batchNormalize, counts.moments, counts.movingAverage, counts.leakyRelu]).toEqual([
      7,
      7,
      14,
      undefined,
    ]);
    expect(counts.adam).toBe(
      networks.generator.trainableWeights.length + networks.discriminator.trainableWeights.length,
    );
  });

  it('ganPass() changes the moving statistics and nothing else', () => {
    const { generator, discriminator, weights } = createNetworks();
    const { real, noise } = batch(0);
    const before = new Map([...weights].map(([name, { data }]) => [name, data.slice()]));
    scope(() => ganPass({ generator, discriminator }, real, noise, createRandom(1)));
    for (const { name, trainable } of FIXTURE.tensors) {
      const same = weights.get(name)!.data.every((value, i) => value === before.get(name)![i]);
      expect([name, same]).toEqual([name, trainable]);
    }
  });
});
