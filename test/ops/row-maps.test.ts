/** What the samples of the ops on row maps do not show: large pictures and tables, and oneHot. */
import { expect, it } from 'vitest';
import { createRandom } from '../../src/autograd/random.ts';
import {
  averagePooling2d,
  gather,
  gradients,
  mul,
  oneHot,
  sum,
  tensor,
  upsampling2d,
  variable,
} from '../../src/index.ts';

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

it('the gradient of gather adds up thousands of uses of one row in chains, to the error that they promise', () => {
  const table = variable(tensor([[1], [2]]));
  const uses = 70_000;
  const taken = gather(table, new Uint8Array(uses).fill(1));
  // Each use adds 0.1: in one chain the last additions would round away parts of it, and the sum would be 4e-4 wrong.
  const [gradient] = gradients(sum(mul(taken, 0.1)), [table]);
  expect(gradient!.data[0]).toBe(0);
  expect(Math.abs(gradient!.data[1]! - uses * Math.fround(0.1))).toBeLessThan((2 * 256 + 2) * 2 ** -24 * uses * 0.1);
});

it('oneHot marks the indices that exist', () => {
  expect(oneHot([2, 0, 5, -1], 3).toArray()).toEqual([
    [0, 0, 1],
    [1, 0, 0],
    [0, 0, 0],
    [0, 0, 0],
  ]);
  const marked = oneHot(tensor([[1], [0]]), 2, { onValue: 0.9, offValue: -1 });
  expect(marked.shape).toEqual([2, 1, 2]);
  expect([...marked.data]).toEqual([-1, 0.9, 0.9, -1].map(Math.fround));
});
