/**
 * jax-js, tuned: one jit for the whole step, both gradients from one forward pass (vjp), kernels stored as [out, in]. In Node its
 * WebAssembly runs on one thread.
 */
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, vjp } from '@jax-js/jax';
import {
  adamRate,
  BATCH_SIZE,
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
  PIXELS,
  SLOPE,
} from './data.ts';
import { serve } from './serve.ts';

/** All that training moves: of both networks together, the generator's first. */
type State = {
  readonly weights: np.Array[];
  readonly m: np.Array[];
  readonly v: np.Array[];
  /** Mean and variance of each normalisation. */
  readonly moving: np.Array[];
};

const GENERATOR_WEIGHTS = 9;
const NORMALIZATIONS = { generator: 3, discriminator: 2 };

/** A forward pass over one network in training mode; the batch's statistics are collected in `moments`. */
class Pass {
  readonly #weights: np.Array[];
  readonly moments: np.Array[] = [];

  constructor(weights: readonly np.Array[]) {
    this.#weights = [...weights];
  }

  generator(noise: np.Array): np.Array {
    const x = this.#hidden(this.#hidden(noise));
    return this.#normalize(np.tanh(this.#dense(x)));
  }

  discriminator(images: np.Array): np.Array {
    const x = this.#hidden(this.#hidden(images));
    return this.#dense(x).add(this.#take());
  }

  #hidden(x: np.Array): np.Array {
    return nn.leakyRelu(this.#normalize(this.#dense(x)), SLOPE);
  }

  #dense(x: np.Array): np.Array {
    return np.matmul(x, np.transpose(this.#take()));
  }

  #normalize(x: np.Array): np.Array {
    const [gamma, beta] = [this.#take(), this.#take()];
    const mean = np.mean(x.ref, 0);
    const centred = x.sub(mean.ref);
    const variance = np.mean(np.square(centred.ref), 0);
    this.moments.push(mean, variance.ref);
    return centred.mul(gamma.div(np.sqrt(variance.add(NORM_EPSILON)))).add(beta);
  }

  #take(): np.Array {
    const weight = this.#weights.shift();
    if (weight === undefined) throw new Error('the network has no more weights');
    return weight;
  }
}

function forward(weights: np.Array[], noise: np.Array, real: np.Array): [[np.Array, np.Array], np.Array[]] {
  const generator = new Pass(weights.slice(0, GENERATOR_WEIGHTS));
  const onReal = new Pass(tree.ref(weights.slice(GENERATOR_WEIGHTS)));
  const onFake = new Pass(weights.slice(GENERATOR_WEIGHTS));
  const realLogits = onReal.discriminator(real);
  const fakeLogits = onFake.discriminator(generator.generator(noise));
  // BCE(1, z) = softplus(-z) and BCE(0, z) = softplus(z).
  const loss = (z: np.Array): np.Array => np.mean(nn.softplus(z));
  const generatorLoss = loss(fakeLogits.ref.neg());
  const discriminatorLoss = loss(realLogits.neg()).add(loss(fakeLogits));
  return [
    [generatorLoss, discriminatorLoss],
    [...generator.moments, ...onReal.moments, ...onFake.moments],
  ];
}

const step = jit((state: State, noise: np.Array, real: np.Array, rate: np.Array): [np.Array[], State] => {
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
  const gradients = [...ofGenerator.slice(0, GENERATOR_WEIGHTS), ...ofDiscriminator.slice(GENERATOR_WEIGHTS)];
  tree.dispose([...ofGenerator.slice(GENERATOR_WEIGHTS), ...ofDiscriminator.slice(0, GENERATOR_WEIGHTS)]);
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
    moving: move(state.moving, moments),
  };
  return [losses, next];
});

/** The discriminator's statistics move twice: by those of the real images, then by those of the fake ones. */
function move(moving: readonly np.Array[], moments: readonly np.Array[]): np.Array[] {
  const towards = (old: np.Array, batch: np.Array): np.Array => old.mul(MOMENTUM).add(batch.mul(1 - MOMENTUM));
  const first = 2 * NORMALIZATIONS.generator;
  const count = 2 * NORMALIZATIONS.discriminator;
  return moving.map((old, i) => {
    const once = towards(old, moments[i]!);
    return i < first ? once : towards(once, moments[i + count]!);
  });
}

/** Trainable weights of a network; kernels as [out, in]. */
function load(network: NetworkName): np.Array[] {
  return initialWeights(network)
    .filter(isTrainable)
    .map(({ part, shape, values }) => {
      const array = np.array(values).reshape([...shape]);
      return part === 'kernel' ? np.transpose(array).add(0) : array;
    });
}

await init('wasm');
defaultDevice('wasm');
const weights = [...load('generator'), ...load('discriminator')];
const zeros = (): np.Array[] => weights.map(({ shape }) => np.zeros(shape));
const widths = [256, 512, PIXELS, 512, 256];
let state: State = {
  m: zeros(),
  v: zeros(),
  moving: widths.flatMap((width) => [np.zeros([width]), np.ones([width])]),
  weights,
};
const batches = Array.from({ length: BATCHES }, (_, i) => {
  const { noise, real } = batch(i);
  return { noise: np.array(noise).reshape([BATCH_SIZE, LATENT]), real: np.array(real).reshape([BATCH_SIZE, PIXELS]) };
});
let number = 0;
await serve({ version: '0.1.25', detail: 'jit of the whole step' }, async () => {
  const { noise, real } = batches[number++ % BATCHES]!;
  const [losses, next] = step(state, noise.ref, real.ref, np.array(adamRate(number)));
  state = next;
  await blockUntilReady(state);
  const [generatorLoss, discriminatorLoss] = losses.map((loss) => Number(loss.js()));
  return [generatorLoss ?? Number.NaN, discriminatorLoss ?? Number.NaN];
});
process.exit();
