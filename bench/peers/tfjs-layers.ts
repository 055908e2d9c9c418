/**
 * TensorFlow.js as its users write a GAN: tf.layers, tf.variableGrads and tf.train.adam. Its tape knows one loss, so each network's
 * gradients take a forward pass of their own. Argument: the backend, 'wasm' or 'cpu'.
 */
import * as tf from '@tensorflow/tfjs';
import {
  BATCH_SIZE,
  BATCHES,
  BETA1,
  BETA2,
  batch,
  EPSILON,
  initialWeights,
  LATENT,
  LEARNING_RATE,
  MOMENTUM,
  type NetworkName,
  NORM_EPSILON,
  PIXELS,
  SLOPE,
} from './data.ts';
import { serve } from './serve.ts';
import { startWasm } from './tfjs-backend.ts';

const backend = process.argv[2] ?? 'wasm';
if (backend === 'wasm') await startWasm();
else await tf.setBackend(backend);

const norm = (): tf.layers.Layer => tf.layers.batchNormalization({ momentum: MOMENTUM, epsilon: NORM_EPSILON });
const leaky = (): tf.layers.Layer => tf.layers.leakyReLU({ alpha: SLOPE });
const dense = (units: number, inputShape?: number[]): tf.layers.Layer =>
  tf.layers.dense({ units, useBias: false, ...(inputShape && { inputShape }) });

const generator = withWeights('generator', [
  dense(256, [LATENT]),
  norm(),
  leaky(),
  dense(512),
  norm(),
  leaky(),
  tf.layers.dense({ units: PIXELS, useBias: false, activation: 'tanh' }),
  norm(),
]);
const discriminator = withWeights('discriminator', [
  dense(512, [PIXELS]),
  norm(),
  leaky(),
  dense(256),
  norm(),
  leaky(),
  tf.layers.dense({ units: 1 }),
]);

function withWeights(network: NetworkName, layers: tf.layers.Layer[]): tf.Sequential {
  const model = tf.sequential({ layers });
  // getWeights gives a model's weights layer by layer, as data.ts does, once per layer so that no order is presumed.
  const weights = initialWeights(network).map(({ values, shape }) => tf.tensor(values, [...shape]));
  for (const layer of model.layers) layer.setWeights(weights.splice(0, layer.getWeights().length));
  return model;
}

const variablesOf = (model: tf.Sequential): tf.Variable[] =>
  model.trainableWeights.map((weight) => weight.read() as tf.Variable);
const call = (model: tf.Sequential, x: tf.Tensor): tf.Tensor => model.apply(x, { training: true }) as tf.Tensor;
const crossentropy = (label: 0 | 1, logits: tf.Tensor): tf.Scalar =>
  tf.losses.sigmoidCrossEntropy(tf.fill(logits.shape, label), logits);

const named = (gradients: tf.NamedTensorMap): { name: string; tensor: tf.Tensor }[] =>
  Object.entries(gradients).map(([name, tensor]) => ({ name, tensor }));

const adams = [1, 2].map(() => tf.train.adam(LEARNING_RATE, BETA1, BETA2, EPSILON));
const batches = Array.from({ length: BATCHES }, (_, i) => {
  const { noise, real } = batch(i);
  return { noise: tf.tensor2d(noise, [BATCH_SIZE, LATENT]), real: tf.tensor2d(real, [BATCH_SIZE, PIXELS]) };
});
let number = 0;
await serve({ version: tf.version.tfjs, detail: `tf.layers on ${backend}` }, async () => {
  const { noise, real } = batches[number++ % BATCHES]!;
  const losses = tf.tidy(() => {
    const ofGenerator = tf.variableGrads(
      () => crossentropy(1, call(discriminator, call(generator, noise))),
      variablesOf(generator),
    );
    const ofDiscriminator = tf.variableGrads(() => {
      const onReal = call(discriminator, real);
      const onFake = call(discriminator, call(generator, noise));
      return tf.add(crossentropy(1, onReal), crossentropy(0, onFake));
    }, variablesOf(discriminator));
    adams[0]!.applyGradients(named(ofGenerator.grads));
    adams[1]!.applyGradients(named(ofDiscriminator.grads));
    return [ofGenerator.value, ofDiscriminator.value];
  });
  const [generatorLoss, discriminatorLoss] = losses.map((loss) => loss.dataSync()[0]!);
  tf.dispose(losses);
  return [generatorLoss ?? Number.NaN, discriminatorLoss ?? Number.NaN];
});
process.exit();
