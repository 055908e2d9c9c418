import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/autograd/random.ts';
import { dataset } from '../../src/data/dataset.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { nearestNeighbours } from '../../src/metrics/nearest-neighbours.ts';

describe('nearestNeighbours', () => {
  const random = createRandom(8);
  const images = random.uniform([23, 4, 5, 1], -1, 1);
  const training = random.uniform([57, 4, 5, 1], -1, 1);

  it('equals brute force for every block size', () => {
    const [x, y] = [images.data, training.data];
    const expected = Array.from({ length: 23 }, (_, i) => {
      const distances = Array.from({ length: 57 }, (_, j) => {
        let sum = 0;
        for (let k = 0; k < 20; k++) sum += (x[i * 20 + k]! - y[j * 20 + k]!) ** 2;
        return Math.sqrt(sum);
      });
      const least = Math.min(...distances);
      return [distances.indexOf(least), least] as const;
    });
    for (const blockSize of [1, 7, 23, 1024]) {
      const { indices, distances, mean } = nearestNeighbours(images, training, { blockSize });
      expect([...indices], `blocks of ${blockSize}`).toEqual(expected.map(([index]) => index));
      distances.forEach((distance, i) => {
        expect(distance).toBeCloseTo(expected[i]![1], 14);
      });
      expect(mean).toBeCloseTo(expected.reduce((sum, [, one]) => sum + one, 0) / 23, 13);
    }
  });

  it('finds copies at distance 0, also in a dataset of bytes', () => {
    const bytes = Uint8Array.from({ length: 40 * 784 }, (_, at) => (at * at * 31 + (at >> 5)) & 255);
    const set = dataset(bytes, [40, 28, 28, 1]);
    const places = [39, 0, 17, 17];
    const { indices, mean } = nearestNeighbours(set.gather(places), set);
    expect([...indices]).toEqual(places);
    expect(mean).toBe(0);
  });

  it('leaves no tensor behind', () => {
    const before = heap().usage().blocks;
    nearestNeighbours(images, training);
    expect(heap().usage().blocks).toBe(before);
  });
});
