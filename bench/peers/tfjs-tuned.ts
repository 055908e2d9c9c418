/**
 * TensorFlow.js on its WebAssembly backend, tuned by hand, without tf.layers and without a tape. Both backward passes
 * are written out over one forward pass. Batch normalisation has its closed-form gradient, column sums are products
 * with a row of ones, and operands are transposed before a product, because matMul is slow for operands flagged as
 * transposed. It runs on one thread in Node.
 */
import * as tf from '@tensorflow/tfjs';
import {
  adamRate,
  BATCH_SIZE,
  BATCHES,
  BETA1,
  BETA2,
  batch,
  EPSILON,
  initialWeights,
  LATENT,
  MOMENTUM,
  type NetworkName,
  NORM_EPSILON,
  PIXELS,
  SLOPE,
} from './data.ts';
import { serve } from './serve.ts';
import { startWasm } from './tfjs-backend.ts';

type Matrix = tf.Tensor2D;
type Activation = 'leakyRelu' | 'tanhBefore';

await startWasm();
const ones: Matrix = tf.ones([1, BATCH_SIZE]);
const columnSums = (x: Matrix): Matrix => tf.matMul(ones, x);
const transpose = (x: Matrix): Matrix => tf.transpose(x);

/** A weight with its moments. `gradient` accumulates the gradients of one step. */
class Parameter {
  value: Matrix;
  gradient: Matrix | undefined;
  #m: Matrix;
  #v: Matrix;

  constructor(values: Float32Array, shape: readonly number[]) {
    const [rows, columns] = shape.length === 2 ? [shape[0]!, shape[1]!] : [1, shape[0]!];
    this.value = tf.tensor2d(values, [rows, columns]);
    this.#m = tf.zeros([rows, columns]);
    this.#v = tf.zeros([rows, columns]);
  }

  accumulate(gradient: Matrix): void {
    this.gradient = this.gradient === undefined ? gradient : tf.add(this.gradient, gradient);
  }

  update(rate: number): void {
    const gradient = this.gradient!;
    this.gradient = undefined;
    this.#m = replace(this.#m, tf.add(tf.mul(this.#m, BETA1), tf.mul(gradient, 1 - BETA1)));
    this.#v = replace(this.#v, tf.add(tf.mul(this.#v, BETA2), tf.mul(tf.square(gradient), 1 - BETA2)));
    const change = tf.div(tf.mul(this.#m, rate), tf.add(tf.sqrt(this.#v), EPSILON));
    this.value = replace(this.value, tf.sub(this.value, change));
  }
}

function replace(old: Matrix, next: Matrix): Matrix {
  old.dispose();
  return tf.keep(next);
}

interface HiddenCache {
  readonly input: Matrix;
  /** The value after tanh and before the normalisation; only with 'tanhBefore'. */
  readonly squashed: Matrix | undefined;
  readonly normalized: Matrix;
  readonly scale: Matrix;
  /** The value before LeakyReLU. */
  readonly shifted: Matrix;
}

/** Dense without bias, then batch normalisation; with LeakyReLU after them or tanh between them. */
class Hidden {
  readonly kernel: Parameter;
  readonly gamma: Parameter;
  readonly beta: Parameter;
  #movingMean: Matrix;
  #movingVariance: Matrix;
  readonly #activation: Activation;

  constructor(parts: readonly Parameter[], activation: Activation) {
    const [kernel, gamma, beta, mean, variance] = parts;
    this.kernel = kernel!;
    this.gamma = gamma!;
    this.beta = beta!;
    this.#movingMean = mean!.value;
    this.#movingVariance = variance!.value;
    this.#activation = activation;
  }

  get parameters(): readonly Parameter[] {
    return [this.kernel, this.gamma, this.beta];
  }

  forward(input: Matrix): [Matrix, HiddenCache] {
    const product: Matrix = tf.matMul(input, this.kernel.value);
    const squashed = this.#activation === 'tanhBefore' ? tf.tanh(product) : undefined;
    const x = squashed ?? product;
    const mean = tf.mul(columnSums(x), 1 / BATCH_SIZE) as Matrix;
    const centred: Matrix = tf.sub(x, mean);
    const variance = tf.mul(columnSums(tf.square(centred)), 1 / BATCH_SIZE) as Matrix;
    const inverse = tf.rsqrt(tf.add(variance, NORM_EPSILON)) as Matrix;
    const normalized: Matrix = tf.mul(centred, inverse);
    const shifted: Matrix = tf.add(tf.mul(normalized, this.gamma.value), this.beta.value);
    const y = squashed === undefined ? tf.leakyRelu(shifted, SLOPE) : shifted;
    this.#movingMean = move(this.#movingMean, mean);
    this.#movingVariance = move(this.#movingVariance, variance);
    return [y, { input, squashed, normalized, scale: tf.mul(this.gamma.value, inverse), shifted }];
  }

  /** Returns the gradient of the input and accumulates those of the weights, each only if wanted. */
  backward(dy: Matrix, cache: HiddenCache, wanted: { readonly weights: boolean; readonly input: boolean }): Matrix {
    const { input, squashed, normalized, scale, shifted } = cache;
    const dv: Matrix = squashed === undefined ? tf.mul(dy, tf.step(shifted, SLOPE)) : dy;
    const dbeta = columnSums(dv);
    const dgamma = columnSums(tf.mul(dv, normalized));
    const centred = tf.sub(
      tf.sub(dv, tf.mul(dbeta, 1 / BATCH_SIZE)),
      tf.mul(normalized, tf.mul(dgamma, 1 / BATCH_SIZE)),
    );
    let dx: Matrix = tf.mul(centred, scale);
    if (squashed !== undefined) dx = tf.mul(dx, tf.sub(1, tf.square(squashed)));
    if (wanted.weights) {
      this.gamma.accumulate(dgamma);
      this.beta.accumulate(dbeta);
      this.kernel.accumulate(tf.matMul(transpose(input), dx));
    }
    return wanted.input ? tf.matMul(dx, transpose(this.kernel.value)) : dx;
  }
}

function move(moving: Matrix, batchValue: Matrix): Matrix {
  return replace(moving, tf.add(tf.mul(moving, MOMENTUM), tf.mul(batchValue, 1 - MOMENTUM)));
}

function load(network: NetworkName): Parameter[] {
  return initialWeights(network).map(({ values, shape }) => new Parameter(values, shape));
}

const g = load('generator');
const generator = [
  new Hidden(g.slice(0, 5), 'leakyRelu'),
  new Hidden(g.slice(5, 10), 'leakyRelu'),
  new Hidden(g.slice(10, 15), 'tanhBefore'),
] as const;
const d = load('discriminator');
const discriminator = [new Hidden(d.slice(0, 5), 'leakyRelu'), new Hidden(d.slice(5, 10), 'leakyRelu')] as const;
const [logitKernel, logitBias] = [d[10]!, d[11]!];
const parameters = [...generator, ...discriminator].flatMap((layer) => layer.parameters).concat(logitKernel, logitBias);

interface Judgement {
  readonly logits: Matrix;
  readonly features: Matrix;
  readonly caches: readonly [HiddenCache, HiddenCache];
}

function judge(images: Matrix): Judgement {
  const [y1, first] = discriminator[0].forward(images);
  const [features, second] = discriminator[1].forward(y1);
  const logits: Matrix = tf.add(tf.matMul(features, logitKernel.value), logitBias.value);
  return { logits, features, caches: [first, second] };
}

/** The discriminator's backward pass: either to its weights or to the images. */
function judgeBackward(dlogits: Matrix, { features, caches }: Judgement, into: 'weights' | 'images'): Matrix {
  const weights = into === 'weights';
  if (weights) {
    logitKernel.accumulate(tf.matMul(transpose(features), dlogits));
    logitBias.accumulate(columnSums(dlogits));
  }
  const dfeatures: Matrix = tf.matMul(dlogits, transpose(logitKernel.value));
  const dy1 = discriminator[1].backward(dfeatures, caches[1], { weights, input: true });
  return discriminator[0].backward(dy1, caches[0], { weights, input: !weights });
}

/** The derivative of mean softplus(sign z): sign sigmoid(sign z) / n. */
function softplusGradient(logits: Matrix, sign: 1 | -1): Matrix {
  return tf.mul(tf.sigmoid(tf.mul(logits, sign)), sign / BATCH_SIZE);
}

function meanSoftplus(logits: Matrix, sign: 1 | -1): tf.Scalar {
  return tf.mean(tf.softplus(tf.mul(logits, sign)));
}

function makeStep(noise: Matrix, real: Matrix, time: number): [tf.Scalar, tf.Scalar] {
  const onReal = judge(real);
  const [z1, cache1] = generator[0].forward(noise);
  const [z2, cache2] = generator[1].forward(z1);
  const [images, cache3] = generator[2].forward(z2);
  const onFake = judge(images);

  const dimages = judgeBackward(softplusGradient(onFake.logits, -1), onFake, 'images');
  const dz2 = generator[2].backward(dimages, cache3, { weights: true, input: true });
  const dz1 = generator[1].backward(dz2, cache2, { weights: true, input: true });
  generator[0].backward(dz1, cache1, { weights: true, input: false });
  judgeBackward(softplusGradient(onReal.logits, -1), onReal, 'weights');
  judgeBackward(softplusGradient(onFake.logits, 1), onFake, 'weights');

  const rate = adamRate(time);
  for (const parameter of parameters) parameter.update(rate);
  const generatorLoss = meanSoftplus(onFake.logits, -1);
  const discriminatorLoss: tf.Scalar = tf.add(meanSoftplus(onReal.logits, -1), meanSoftplus(onFake.logits, 1));
  return [generatorLoss, discriminatorLoss];
}

const batches = Array.from({ length: BATCHES }, (_, i) => {
  const { noise, real } = batch(i);
  return { noise: tf.tensor2d(noise, [BATCH_SIZE, LATENT]), real: tf.tensor2d(real, [BATCH_SIZE, PIXELS]) };
});
let number = 0;
await serve({ version: tf.version.tfjs, detail: 'backward passes by hand' }, async () => {
  const { noise, real } = batches[number++ % BATCHES]!;
  const losses = tf.tidy(() => makeStep(noise, real, number));
  const [generatorLoss, discriminatorLoss] = losses.map((loss) => loss.dataSync()[0]!);
  tf.dispose(losses);
  return [generatorLoss ?? Number.NaN, discriminatorLoss ?? Number.NaN];
});
process.exit();
