/** Differentiable augmentation: values and gradients against PyTorch, and what the draws may be. */
import { describe, expect, it } from 'vitest';
import { augment, readAugmentation } from '../../src/gan/augmentation.ts';
import { createRandom, gradients, mul, ones, sum, tensor, watch } from '../../src/index.ts';
import { expectClose, float32Tolerance } from '../nn/expect-close.ts';
import { readGanAdditions } from '../support/fixtures.ts';
import { hashedTensor } from './hashed-tensor.ts';
import { preparedDraws } from './prepared-draws.ts';

describe.each(readGanAdditions().augmentation)('$kind', (fixture) => {
  const { kind, amount, draws, float32Error } = fixture;

  it('has the values and the gradient of PyTorch', () => {
    const x = watch(hashedTensor(fixture.x));
    const y = augment(x, [{ kind, amount }], preparedDraws(draws));
    expectClose('y', y.data, fixture.y, float32Tolerance(float32Error, fixture.y));
    const [dx] = gradients(sum(mul(y, hashedTensor(fixture.upstream))), [x]);
    expectClose('dx', dx!.data, fixture.dx, float32Tolerance(float32Error, fixture.dx));
  });
});

describe('the draws', () => {
  const places = (kind: 'translation' | 'cutout', count: number): string[] => {
    const images = ones([count, 4, 4, 1]);
    const { data } = augment(images, readAugmentation('test', 'augmentation', [kind]), createRandom(3));
    return Array.from({ length: count }, (_, i) => data.subarray(16 * i, 16 * (i + 1)).join(''));
  };

  it('move an image by at most one pixel of eight, to nine places, each about as often', () => {
    const images = ones([9000, 8, 8, 1]);
    const { data } = augment(images, readAugmentation('test', 'augmentation', ['translation']), createRandom(3));
    const counts = new Map<string, number>();
    for (let i = 0; i < 9000; i++) {
      const place = data.subarray(64 * i, 64 * (i + 1)).join('');
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    expect(counts.size).toBe(9);
    // A count of 9,000 draws of nine places has a standard deviation of 30.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('move a small image by half a pixel, rounded up to one', () => {
    expect(new Set(places('translation', 500)).size).toBe(9);
  });

  it('cut a square out, or its part inside the image', () => {
    // The middle is at one of five corners of pixels along each side.
    const shapes = new Set(places('cutout', 1000));
    expect(shapes.size).toBe(25);
    expect(Math.max(...[...shapes].map((one) => [...one].filter((pixel) => pixel === '0').length))).toBe(4);
  });

  it('differ between images and calls, and are those of the generator alone', () => {
    const [x, list] = [tensor([1, 1, 1, 1], [4, 1, 1, 1]), readAugmentation('test', 'augmentation', ['brightness'])];
    const random = createRandom(1);
    const [first, second] = [augment(x, list, random).data, augment(x, list, random).data];
    expect(new Set([...first, ...second]).size).toBe(8);
    expect(augment(x, list, createRandom(1)).data).toEqual(first);
  });
});
