/**
 * A pair of the dense GAN's make at an eighth of its size, and real digits for it: a training of some hundred steps
 * takes seconds.
 */
import { fileURLToPath } from 'node:url';
import { createRandom, layers, type Model, sequential } from '../../src/index.ts';
import { readIdxFile } from '../../src/node/index.ts';

export const LATENT_DIM = 32;
export const IMAGE_SIZE = 784;

export interface Pair {
  readonly generator: Model;
  readonly discriminator: Model;
}

export function smallPair(seed: number): Pair {
  const random = createRandom(seed);
  const hidden = (units: number) => [
    layers.dense({ units, useBias: false }),
    layers.batchNormalization(),
    layers.leakyReLU(),
  ];
  const generator = sequential(
    [
      layers.flatten({ inputShape: [LATENT_DIM] }),
      ...hidden(64),
      ...hidden(128),
      layers.dense({ units: IMAGE_SIZE, useBias: false, activation: 'tanh' }),
      layers.batchNormalization(),
      layers.reshape({ targetShape: [28, 28, 1] }),
    ],
    { random, name: 'generator' },
  );
  const discriminator = sequential(
    [layers.flatten({ inputShape: [28, 28, 1] }), ...hidden(128), ...hidden(64), layers.dense({ units: 1 })],
    { random, name: 'discriminator' },
  );
  return { generator, discriminator };
}

/** The bytes of the embedded digits from `first` on. */
export async function readDigits(first: number, count: number): Promise<Uint8Array> {
  const file = new URL('../../examples/data/images-idx3-ubyte.gz', import.meta.url);
  const { data } = await readIdxFile(fileURLToPath(file));
  if (!(data instanceof Uint8Array)) throw new TypeError('digits are bytes');
  return data.slice(first * IMAGE_SIZE, (first + count) * IMAGE_SIZE);
}
