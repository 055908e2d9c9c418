/** GroupNormalization and LayerNormalization. The values are checked with the operations' samples. */
import { expect, it } from 'vitest';
import { createRandom, groupNorm, layerNorm, layers, ones, ShapeError, zeros } from '../../../src/index.ts';
import { thrownBy } from '../../support/thrown.ts';

const random = createRandom(1);
const x = random.normal([2, 3, 3, 8]);
const [gamma, beta] = [ones([8]), zeros([8])];

it('are the operations, with weights gamma and beta, the same in training and in inference', () => {
  const group = layers.groupNormalization({ groups: 4 }).build([3, 3, 8], random);
  expect(group.weights.map(({ name, shape }) => [name, shape])).toEqual([
    ['gamma', [8]],
    ['beta', [8]],
  ]);
  expect(group.settings).toEqual({ groups: 4, epsilon: 1e-3 });
  expect(group.call(x, {}).data).toEqual(groupNorm(x, 4, { gamma, beta }).data);
  expect(group.call(x, { training: true }).data).toEqual(group.call(x, {}).data);
  const instance = layers.groupNormalization({ groups: -1 }).build([3, 3, 8], random);
  expect(instance.call(x, {}).data).toEqual(groupNorm(x, 8, { gamma, beta }).data);
  const layer = layers.layerNormalization({ epsilon: 0.1 }).build([3, 3, 8], random);
  expect(layer.call(x, {}).data).toEqual(layerNorm(x, { gamma, beta, epsilon: 0.1 }).data);
});

it('have no gamma without scale, and no beta without center', () => {
  const built = layers.layerNormalization({ center: false }).build([5], random);
  expect(built.trainableWeights.map(({ name }) => name)).toEqual(['gamma']);
  expect(layers.groupNormalization({ groups: 1, scale: false, center: false }).build([5], random).weights).toEqual([]);
});

it('refuse channels that the groups do not divide, and scalars', () => {
  const build = (shape: readonly number[]) => () => layers.groupNormalization().build(shape, random);
  expect(thrownBy(ShapeError, build([4, 4, 48])).message).toBe(
    'layers.groupNormalization: groups must divide the number of channels; got 32 for items [4, 4, 48]',
  );
  expect(thrownBy(ShapeError, build([])).message).toContain('items must have a last axis; got scalars');
});
