/**
 * The convolutional GAN in jax-js. Its convolution wants channels first, so weights and images are transposed when they
 * are loaded. A transposed convolution is a convolution of the dilated image with the mirrored kernel.
 */
import { lax, numpy as np } from '@jax-js/jax';
import { CONV, DISCRIMINATOR_CHANNELS, GENERATOR_CHANNELS } from './data.ts';
import { type Pass, serveJax } from './jax-gan.ts';

const [first] = GENERATOR_CHANNELS;
const last = DISCRIMINATOR_CHANNELS[1];

/** Padding 'same' of a 5 x 5 kernel with stride 2: one pixel before, two after. */
function conv(pass: Pass, x: np.Array, filters: number): np.Array {
  const y = lax.convGeneralDilated(
    x,
    pass.take(),
    [2, 2],
    [
      [1, 2],
      [1, 2],
    ],
  );
  return y.add(pass.take().reshape([1, filters, 1, 1]));
}

/**
 * Pads by 4, the kernel size less 1, minus the padding of the adjoint convolution: 2 and 2, or 1 and 2 for stride 2.
 */
function transposed(pass: Pass, x: np.Array, stride: 1 | 2): np.Array {
  const sides: [number, number] = stride === 1 ? [2, 2] : [3, 2];
  return lax.convGeneralDilated(x, pass.take(), [1, 1], [sides, sides], { lhsDilation: [stride, stride] });
}

/** Reorders an axis of 7 x 7 x channels to channels x 7 x 7. */
function channelsFirst(x: np.Array, channels: number): np.Array {
  const [rows] = x.shape;
  return np.transpose(x.reshape([rows!, 7, 7, channels]), [0, 3, 1, 2]).reshape([rows!, 49 * channels]);
}

await serveJax(
  {
    problem: CONV,
    imageShape: [1, 28, 28],
    generator(pass, noise) {
      let x = pass.leaky(pass.normalize(pass.dense(noise))).reshape([CONV.batchSize, first, 7, 7]);
      for (const stride of [1, 2] as const) x = pass.leaky(pass.normalize(transposed(pass, x, stride)));
      return np.tanh(transposed(pass, x, 2));
    },
    discriminator(pass, images) {
      let x = images;
      for (const filters of DISCRIMINATOR_CHANNELS) x = pass.leaky(conv(pass, x, filters));
      return pass.dense(x.reshape([CONV.batchSize, 49 * last])).add(pass.take());
    },
    place(array, { part, shape }, network) {
      if (shape.length === 4) {
        // [5, 5, from, to] becomes [to, from, 5, 5]; a transposed kernel [5, 5, to, from] is mirrored too.
        if (network === 'discriminator') return np.transpose(array, [3, 2, 0, 1]).add(0);
        return np.transpose(np.flip(array, [0, 1]), [2, 3, 0, 1]).add(0);
      }
      if (part === 'kernel') {
        return network === 'generator'
          ? np.transpose(channelsFirst(array, first)).add(0)
          : channelsFirst(np.transpose(array), last).add(0);
      }
      const pixels = network === 'generator' && shape[0] === 49 * first;
      return pixels
        ? channelsFirst(array.reshape([1, 49 * first]), first)
            .reshape([49 * first])
            .add(0)
        : array;
    },
  },
  'jit of the whole step, its own convolution',
);
process.exit();
