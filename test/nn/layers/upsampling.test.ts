/** UpSampling2D: shapes and settings. The values are checked with the operation's samples. */
import { expect, it } from 'vitest';
import { createRandom, layers, ShapeError, upsampling2d } from '../../../src/index.ts';
import { thrownBy } from '../../support/thrown.ts';

it('doubles height and width by default, and is the operation', () => {
  const random = createRandom(1);
  const x = random.normal([2, 3, 4, 5]);
  expect(layers.upsampling2d().build([3, 4, 5], random).outputShape).toEqual([6, 8, 5]);
  const options = { size: [1, 3], interpolation: 'bilinear' } as const;
  const built = layers.upsampling2d(options).build([3, 4, 5], random);
  expect(built.settings).toEqual({ size: '1 x 3', interpolation: 'bilinear' });
  expect(built.outputShape).toEqual([3, 12, 5]);
  expect(built.call(x, {}).data).toEqual(upsampling2d(x, options).data);
});

it('takes images only', () => {
  const error = thrownBy(ShapeError, () => layers.upsampling2d().build([784], createRandom(1)));
  expect(error.message).toContain('layers.upsampling2d: items must be images, [height, width, channels]; got [784]');
});
