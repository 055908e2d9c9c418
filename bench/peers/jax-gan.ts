/**
 * The tuned step of a GAN in jax-js: one jit for the whole step, both gradients from one forward pass (vjp). Its
 * WebAssembly runs on one thread in Node.
 */
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, vjp } from '@jax-js/jax';
import {
  adamRate,
  BATCHES,
  BETA1,
  BETA2,
  batch,
  EPSILON,
  initialWeights,
  isTrainable,
  LATENT,
  MOMENTUM,
  type NetworkName,
  NORM_EPSILON,
  type Problem,
  SLOPE,
  type Weight,
} from './data.ts';
import { serve } from './serve.ts';

/** A forward pass over one network in training mode. It reads the weights in order and collects `moments`. */
export class Pass {
  readonly #weights: np.Array[];
  readonly moments: np.Array[] = [];

  constructor(weights: readonly np.Array[]) {
    this.#weights = [...weights];
  }

  take(): np.Array {
    const weight = this.#weights.shift();
    if (weight === undefined) throw new Error('the network has no more weights');
    return weight;
  }

  /** The kernel is stored as [out, in]. */
  dense(x: np.Array): np.Array {
    return np.matmul(x, np.transpose(this.take()));
  }

  /** Normalises over all axes but the second. */
  normalize(x: np.Array): np.Array {
    const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
    // [n] becomes [1, n, 1, ...].
    const along = (v: np.Array): np.Array => v.reshape(x.shape.map((length, axis) => (axis === 1 ? length : 1)));
    const [gamma, beta] = [along(this.take()), along(this.take())];
    const mean = np.mean(x.ref, axes);
    const centred = x.sub(along(mean.ref));
    const variance = np.mean(np.square(centred.ref), axes);
    this.moments.push(mean, variance.ref);
    return centred.mul(gamma.div(np.sqrt(along(variance).add(NORM_EPSILON)))).add(beta);
  }

  leaky(x: np.Array): np.Array {
    return nn.leakyRelu(x, SLOPE);
  }
}

export interface JaxModel {
  readonly problem: Problem;
  /** Shape of one image of the discriminator. */
  readonly imageShape: readonly number[];
  readonly generator: (pass: Pass, noise: np.Array) => np.Array;
  readonly discriminator: (pass: Pass, images: np.Array) => np.Array;
  /** Converts a weight from Keras's layout. */
  readonly place: (array: np.Array, weight: Weight, network: NetworkName) => np.Array;
}

/** The state of the training. Lists have the values of the generator first, then those of the discriminator. */
type State = {
  readonly weights: np.Array[];
  readonly m: np.Array[];
  readonly v: np.Array[];
  /** Moving mean and variance of each normalisation. */
  readonly moving: np.Array[];
};

type Forward = (weights: np.Array[], noise: np.Array, real: np.Array) => [[np.Array, np.Array], np.Array[]];

function forwardOf(model: JaxModel, generatorWeights: number): Forward {
  return (weights, noise, real) => {
    const generator = new Pass(weights.slice(0, generatorWeights));
    const onReal = new Pass(tree.ref(weights.slice(generatorWeights)));
    const onFake = new Pass(weights.slice(generatorWeights));
    const realLogits = model.discriminator(onReal, real);
    const fakeLogits = model.discriminator(onFake, model.generator(generator, noise));
    // BCE(1, z) = softplus(-z) and BCE(0, z) = softplus(z).
    const loss = (z: np.Array): np.Array => np.mean(nn.softplus(z));
    const generatorLoss = loss(fakeLogits.ref.neg());
    const discriminatorLoss = loss(realLogits.neg()).add(loss(fakeLogits));
    return [
      [generatorLoss, discriminatorLoss],
      [...generator.moments, ...onReal.moments, ...onFake.moments],
    ];
  };
}

type Step = (state: State, noise: np.Array, real: np.Array, rate: np.Array) => [np.Array[], State];

function stepOf(forward: Forward, generatorWeights: number, discriminatorMoments: number): Step {
  return jit((state: State, noise: np.Array, real: np.Array, rate: np.Array): [np.Array[], State] => {
    const [losses, backward, moments] = vjp(
      (weights: np.Array[]) => forward(weights, noise.ref, real.ref),
      [tree.ref(state.weights)],
      {
        hasAux: true,
      },
    );
    const [ofGenerator] = backward([np.array(1), np.array(0)]);
    const [ofDiscriminator] = backward([np.array(0), np.array(1)]);
    backward.dispose();
    noise.dispose();
    real.dispose();
    const gradients = [...ofGenerator.slice(0, generatorWeights), ...ofDiscriminator.slice(generatorWeights)];
    tree.dispose([...ofGenerator.slice(generatorWeights), ...ofDiscriminator.slice(0, generatorWeights)]);
    const updates = state.weights.map((weight, i) => {
      const gradient = gradients[i]!;
      const m = state.m[i]!.mul(BETA1).add(gradient.ref.mul(1 - BETA1));
      const v = state.v[i]!.mul(BETA2).add(np.square(gradient).mul(1 - BETA2));
      const change = m.ref.mul(rate.ref).div(np.sqrt(v.ref).add(EPSILON));
      return { weight: weight.sub(change), m, v };
    });
    rate.dispose();
    const next: State = {
      weights: updates.map(({ weight }) => weight),
      m: updates.map(({ m }) => m),
      v: updates.map(({ v }) => v),
      moving: move(state.moving, moments, discriminatorMoments),
    };
    return [losses, next];
  });
}

/** The discriminator's statistics move twice: first for the real images, then for the fake ones. */
function move(moving: readonly np.Array[], moments: readonly np.Array[], discriminatorMoments: number): np.Array[] {
  const towards = (old: np.Array, batch: np.Array): np.Array => old.mul(MOMENTUM).add(batch.mul(1 - MOMENTUM));
  const first = moving.length - discriminatorMoments;
  return moving.map((old, i) => {
    const once = towards(old, moments[i]!);
    return i < first ? once : towards(once, moments[i + discriminatorMoments]!);
  });
}

/** Makes steps on request. */
export async function serveJax(model: JaxModel, detail: string): Promise<void> {
  await init('wasm');
  defaultDevice('wasm');
  const { problem, imageShape } = model;
  const { batchSize } = problem;
  const initial = {
    generator: initialWeights('generator', problem),
    discriminator: initialWeights('discriminator', problem),
  };
  const load = (network: NetworkName): np.Array[] =>
    initial[network].filter(isTrainable).map((weight) => {
      return model.place(np.array(weight.values).reshape([...weight.shape]), weight, network);
    });
  const movingOf = (network: NetworkName): np.Array[] =>
    initial[network].filter((weight) => !isTrainable(weight)).map(({ values }) => np.array(values));
  const ofGenerator = load('generator');
  const weights = [...ofGenerator, ...load('discriminator')];
  const zeros = (): np.Array[] => weights.map(({ shape }) => np.zeros(shape));
  const moving = { generator: movingOf('generator'), discriminator: movingOf('discriminator') };
  const forward = forwardOf(model, ofGenerator.length);
  const step = stepOf(forward, ofGenerator.length, moving.discriminator.length);
  let state: State = { m: zeros(), v: zeros(), moving: [...moving.generator, ...moving.discriminator], weights };
  const batches = Array.from({ length: BATCHES }, (_, i) => {
    const { noise, real } = batch(i, problem);
    return {
      noise: np.array(noise).reshape([batchSize, LATENT]),
      real: np.array(real).reshape([batchSize, ...imageShape]),
    };
  });
  let number = 0;
  await serve({ version: '0.1.25', detail }, async () => {
    const { noise, real } = batches[number++ % BATCHES]!;
    const [losses, next] = step(state, noise.ref, real.ref, np.array(adamRate(number)));
    state = next;
    await blockUntilReady(state);
    const [generatorLoss, discriminatorLoss] = losses.map((loss) => Number(loss.js()));
    return [generatorLoss ?? Number.NaN, discriminatorLoss ?? Number.NaN];
  });
}
