/**
 * The step of a GAN as users of TensorFlow.js write it: tf.variableGrads and tf.train.adam over models of tf.layers. A
 * tape has one loss, so the gradients of each network take a forward pass of their own.
 */
import * as tf from '@tensorflow/tfjs';
import {
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
  type Problem,
  SLOPE,
} from './data.ts';
import { serve } from './serve.ts';

export const norm = (): tf.layers.Layer => tf.layers.batchNormalization({ momentum: MOMENTUM, epsilon: NORM_EPSILON });
export const leaky = (): tf.layers.Layer => tf.layers.leakyReLU({ alpha: SLOPE });

/** A model of these layers with its initial weights. */
export function withWeights(problem: Problem, network: NetworkName, layers: tf.layers.Layer[]): tf.Sequential {
  const model = tf.sequential({ layers });
  // One call of getWeights for each layer, in the order of data.ts.
  const weights = initialWeights(network, problem).map(({ values, shape }) => tf.tensor(values, [...shape]));
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

/** Makes steps on request. `imageShape` is the shape of one image of the discriminator. */
export async function serveGan(
  problem: Problem,
  generator: tf.Sequential,
  discriminator: tf.Sequential,
  imageShape: readonly number[],
  detail: string,
): Promise<void> {
  const { batchSize } = problem;
  const adams = [1, 2].map(() => tf.train.adam(LEARNING_RATE, BETA1, BETA2, EPSILON));
  const batches = Array.from({ length: BATCHES }, (_, i) => {
    const { noise, real } = batch(i, problem);
    return { noise: tf.tensor2d(noise, [batchSize, LATENT]), real: tf.tensor(real, [batchSize, ...imageShape]) };
  });
  let number = 0;
  await serve({ version: tf.version.tfjs, detail }, async () => {
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
}
