/** interpolate(): the points of the walk, by a generator that returns its noise. */
import { describe, expect, it } from 'vitest';
import {
  createRandom,
  imageGrid,
  interpolate,
  layers,
  refinedGenerator,
  sequential,
  tensor,
  zeros,
} from '../../src/index.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { expectClose } from '../nn/expect-close.ts';

/** Returns noise of this length as it is. */
const echo = (length: number) => sequential([layers.reshape({ targetShape: [length] })]);

const norm = (vector: readonly number[]): number => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));

// Values of about 1, each rounded once to float32.
const CLOSE = { atol: 2 ** -22 };

describe('the linear path', () => {
  it('is straight and evenly spaced, through all vectors', () => {
    const noise = tensor([
      [0, 4],
      [2, 0],
      [6, -8],
    ]);
    const walk = interpolate(echo(2), noise, { steps: 5, path: 'linear' });
    expect(walk.toArray()).toEqual([
      [0, 4],
      [1, 2],
      [2, 0],
      [4, -4],
      [6, -8],
    ]);
  });

  it('stops where it must if the vectors between are no stops', () => {
    const noise = tensor([[0], [3], [9]]);
    expectClose('walk', interpolate(echo(1), noise, { steps: 4, path: 'linear' }).data, [0, 2, 5, 9], CLOSE);
  });
});

describe('the normalized path', () => {
  it('follows the arc between vectors of one length: halfway it is where the spherical one is', () => {
    const walk = interpolate(
      echo(2),
      tensor([
        [2, 0],
        [0, 2],
      ]),
      { steps: 3 },
    );
    expectClose('walk', walk.data, [2, 0, Math.SQRT2, Math.SQRT2, 0, 2], CLOSE);
  });

  it("has the linear path's directions, and lengths between those of its ends", () => {
    const noise = createRandom(3).normal([2, 100]);
    const [a, b] = noise.toArray() as number[][];
    const walk = interpolate(echo(100), noise, { steps: 9 }).toArray() as number[][];
    const straight = interpolate(echo(100), noise, { steps: 9, path: 'linear' }).toArray() as number[][];
    walk.forEach((vector, step) => {
      const t = step / 8;
      const length = norm(vector);
      expectClose(`length ${step}`, [length], [(1 - t) * norm(a!) + t * norm(b!)], { atol: 1e-5 });
      const scale = length / norm(straight[step]!);
      expectClose(
        `direction ${step}`,
        vector,
        straight[step]!.map((value) => value * scale),
        { atol: 1e-6 },
      );
    });
    // The ends are the vectors themselves, and the linear path falls short of the length of any noise between them.
    expect([walk[0], walk[8]]).toEqual([a, b]);
    expect(norm(straight[4]!)).toBeLessThan(0.8 * norm(walk[4]!));
  });

  it('stays where two equal vectors are, at zero too', () => {
    const noise = tensor([
      [0, 0],
      [0, 0],
    ]);
    expect(interpolate(echo(2), noise, { steps: 3 }).toArray()).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });
});

it('makes ten images by default, which a grid shows', () => {
  const walk = interpolate(refinedGenerator({ latentDim: 5 }), createRandom(1).normal([2, 5]));
  expect(walk.shape).toEqual([10, 28, 28, 1]);
  expect(imageGrid(walk, { columns: 10, margin: 0 })).toMatchObject({ width: 280, height: 28 });
});

it('leaves nothing behind but the images', () => {
  const generator = echo(3);
  const noise = zeros([2, 3]);
  interpolate(generator, noise).dispose();
  const before = heap().usage().blocks;
  const walk = interpolate(generator, noise);
  expect(heap().usage().blocks).toBe(before + 1);
  walk.dispose();
});
