/** The dense GAN in jax-js; kernels are stored as [out, in]. */
import { numpy as np } from '@jax-js/jax';
import { DENSE, PIXELS } from './data.ts';
import { type Pass, serveJax } from './jax-gan.ts';

function hidden(pass: Pass, x: np.Array): np.Array {
  return pass.leaky(pass.normalize(pass.dense(x)));
}

await serveJax(
  {
    problem: DENSE,
    imageShape: [PIXELS],
    generator: (pass, noise) => pass.normalize(np.tanh(pass.dense(hidden(pass, hidden(pass, noise))))),
    discriminator: (pass, images) => pass.dense(hidden(pass, hidden(pass, images))).add(pass.take()),
    place: (array, { part }) => (part === 'kernel' ? np.transpose(array).add(0) : array),
  },
  'jit of the whole step',
);
process.exit();
