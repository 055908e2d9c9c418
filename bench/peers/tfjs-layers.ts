/** The dense GAN in tf.layers. Argument: the backend, 'wasm' or 'cpu'. */
import * as tf from '@tensorflow/tfjs';
import { DENSE, LATENT, PIXELS } from './data.ts';
import { startBackend } from './tfjs-backend.ts';
import { leaky, norm, serveGan, withWeights } from './tfjs-gan.ts';

const backend = process.argv[2] ?? 'wasm';
await startBackend(backend);

const dense = (units: number, inputShape?: number[]): tf.layers.Layer =>
  tf.layers.dense({ units, useBias: false, ...(inputShape && { inputShape }) });

const generator = withWeights(DENSE, 'generator', [
  dense(256, [LATENT]),
  norm(),
  leaky(),
  dense(512),
  norm(),
  leaky(),
  tf.layers.dense({ units: PIXELS, useBias: false, activation: 'tanh' }),
  norm(),
]);
const discriminator = withWeights(DENSE, 'discriminator', [
  dense(512, [PIXELS]),
  norm(),
  leaky(),
  dense(256),
  norm(),
  leaky(),
  tf.layers.dense({ units: 1 }),
]);

await serveGan(DENSE, generator, discriminator, [PIXELS], `tf.layers on ${backend}`);
process.exit();
