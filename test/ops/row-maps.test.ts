/** Pictures whose map of pixels would be too large: height and width are mapped in two passes. */
import { expect, it } from 'vitest';
import { createRandom } from '../../src/autograd/random.ts';
import { averagePooling2d, gradients, sum, upsampling2d, variable } from '../../src/index.ts';

it('a picture of 600 x 600 is upsampled and averaged as a small one is', () => {
  const side = 300;
  const x = variable(createRandom(1).uniform([1, side, side, 1]));
  const large = upsampling2d(x);
  expect(large.shape).toEqual([1, 600, 600, 1]);
  const wrong = large.data.findIndex((value, i) => {
    const [row, column] = [Math.floor(i / 600), i % 600];
    return value !== x.data[Math.floor(row / 2) * side + Math.floor(column / 2)];
  });
  expect(wrong).toBe(-1);
  // The mean of four equal numbers is exact, and so is the gradient: 4 pixels, each with a quarter.
  const mean = averagePooling2d(large);
  expect(mean.data).toEqual(x.data);
  expect(gradients(sum(mean), [x])[0]!.data.every((value) => value === 1)).toBe(true);
});
