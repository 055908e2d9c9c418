import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/autograd/random.ts';
import { tensor } from '../../src/autograd/tensor.ts';
import { dataset } from '../../src/data/dataset.ts';
import { sharpness } from '../../src/metrics/sharpness.ts';

describe('sharpness', () => {
  it('of one bright pixel in a 5 x 5 image, computed by hand', () => {
    const image = new Float32Array(25);
    image[12] = 1;
    // Laplacian -4 at the pixel, 1 at its four neighbours, over 3 x 3 inner pixels.
    expect(sharpness(tensor(image, [1, 5, 5, 1]))).toBeCloseTo((16 + 4) / 9, 14);
    expect(sharpness(tensor(image, [1, 5, 5]))).toBeCloseTo((16 + 4) / 9, 14);
  });

  it('of an image in colour is the mean over its channels', () => {
    const channels = [1, 2, 3].map((seed) => createRandom(seed).normal([2, 6, 5, 1]));
    const together = Float32Array.from({ length: 180 }, (_, i) => channels[i % 3]!.data[Math.floor(i / 3)]!);
    const mean = channels.reduce((sum, one) => sum + sharpness(one), 0) / 3;
    expect(sharpness(tensor(together, [2, 6, 5, 3]))).toBeCloseTo(mean, 12);
  });

  it('is 0 for flat images and ramps, which have no second derivative', () => {
    const ramp = Float32Array.from({ length: 2 * 30 }, (_, at) => Math.floor(at / 6) / 8 + (at % 6) / 4);
    expect(sharpness(tensor(ramp, [2, 5, 6, 1]))).toBe(0);
    expect(sharpness(tensor(new Float32Array(9).fill(0.3), [1, 3, 3, 1]))).toBe(0);
  });

  it('of noise of variance s^2 is 20 s^2 (16 + 4 of independent pixels)', () => {
    const noise = createRandom(1).normal([200, 28, 28, 1], 0, 0.5);
    // 135,200 pixels with correlated squares: the estimate is good to about 1 %.
    expect(sharpness(noise) / (20 * 0.25)).toBeCloseTo(1, 1);
  });

  it('averages over images in several batches, equally for bytes and floats', () => {
    const bytes = Uint8Array.from({ length: 2500 * 16 }, (_, at) => (at * 2654435761) >>> 24);
    const set = dataset(bytes, [2500, 4, 4, 1]);
    const whole = sharpness(set);
    expect(sharpness(set.gather(Array.from({ length: 2500 }, (_, i) => i)))).toBe(whole);
    const halves = [0, 1250].map((start) => sharpness(set.gather(Array.from({ length: 1250 }, (_, i) => start + i))));
    expect((halves[0]! + halves[1]!) / 2).toBeCloseTo(whole, 10);
  });
});
