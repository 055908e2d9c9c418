/**
 * The convolutional GAN in tf.layers. Arguments: the backend, 'wasm' or 'cpu', and 'extended'. The WebAssembly backend
 * has no gradient for the kernel of a convolution, so it cannot train one; 'extended' adds that gradient.
 */
import * as tf from '@tensorflow/tfjs';
import { CONV, DISCRIMINATOR_CHANNELS, GENERATOR_CHANNELS, LATENT } from './data.ts';
import { refuse } from './serve.ts';
import { startBackend } from './tfjs-backend.ts';
import { leaky, norm, serveGan, withWeights } from './tfjs-gan.ts';
import { addKernelGradient } from './tfjs-kernel-gradient.ts';

const [first, second, third] = GENERATOR_CHANNELS;
const shared = { kernelSize: 5, padding: 'same' } as const;
const transposed = (filters: number, strides: number, activation: 'linear' | 'tanh' = 'linear'): tf.layers.Layer =>
  tf.layers.conv2dTranspose({ ...shared, filters, strides, useBias: false, activation });
const conv = (filters: number, inputShape?: number[]): tf.layers.Layer =>
  tf.layers.conv2d({ ...shared, filters, strides: 2, ...(inputShape && { inputShape }) });

async function main(backend: string, extended: boolean): Promise<void> {
  await startBackend(backend);
  if (extended) addKernelGradient(backend);
  const generator = withWeights(CONV, 'generator', [
    tf.layers.dense({ units: 7 * 7 * first, useBias: false, inputShape: [LATENT] }),
    norm(),
    leaky(),
    tf.layers.reshape({ targetShape: [7, 7, first] }),
    transposed(second, 1),
    norm(),
    leaky(),
    transposed(third, 2),
    norm(),
    leaky(),
    transposed(1, 2, 'tanh'),
  ]);
  const discriminator = withWeights(CONV, 'discriminator', [
    conv(DISCRIMINATOR_CHANNELS[0], [28, 28, 1]),
    leaky(),
    conv(DISCRIMINATOR_CHANNELS[1]),
    leaky(),
    tf.layers.flatten(),
    tf.layers.dense({ units: 1 }),
  ]);
  const reason = whyUntrainable();
  if (reason !== undefined) return refuse(reason);
  const what = extended ? ', the gradient of the kernel from its own conv2d' : '';
  await serveGan(CONV, generator, discriminator, [28, 28, 1], `tf.layers on ${backend}${what}`);
}

/** The message of the backend if it has no gradient for the kernel of a convolution. */
function whyUntrainable(): string | undefined {
  try {
    const pictures: tf.Tensor4D = tf.ones([1, 4, 4, 1]);
    const loss = (kernel: tf.Tensor): tf.Tensor => tf.sum(tf.conv2d(pictures, kernel as tf.Tensor4D, 1, 'same'));
    tf.dispose([pictures, tf.grad(loss)(tf.ones([3, 3, 1, 1]))]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

await main(process.argv[2] ?? 'wasm', process.argv[3] === 'extended');
process.exit();
