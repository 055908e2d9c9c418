/**
 * The distributions of real points, all within [-1, 1]: the ring of eight Gaussians of `npm run ring`, a line, two
 * half moons and a spiral. Angles go through the library's sine and cosine, so all engines get the same bits.
 */
import { cos, mul, type Random, sin, type Tensor, tensor } from '../../../src/index.ts';
import { ringPoints } from '../../ring-gan.ts';
import type { DistributionName } from './settings.ts';

/** Standard deviation of the noise around a curve. */
const DEVIATION = 0.03;

/** Points of a distribution: x and y of each in turn, `count` of them. */
export function pointsOf(name: DistributionName, count: number, random: Random): Float32Array<ArrayBuffer> {
  return Float32Array.from(DISTRIBUTIONS[name](count, random));
}

const DISTRIBUTIONS: Readonly<Record<DistributionName, (count: number, random: Random) => Float32Array>> = {
  ring: (count, random) => ringPoints(count, random).data,
  line,
  moons,
  spiral,
};

/** From the lower left to the upper right. */
function line(count: number, random: Random): Float32Array {
  const along = random.uniform([count], -1, 1).data;
  return around(count, random, (i) => [0.8 * along[i]!, 0.5 * along[i]!]);
}

/** Two half circles that reach into each other, in turn. */
function moons(count: number, random: Random): Float32Array {
  const { cosines, sines } = directions(mul(random.uniform([count]), Math.PI));
  const radius = 0.5;
  return around(count, random, (i) => {
    const [x, y] = [radius * cosines[i]!, radius * sines[i]!];
    return i % 2 === 0 ? [x - radius / 2, y - 0.1] : [radius / 2 - x, 0.1 - y];
  });
}

/** One and a half turns, from near the middle outwards. */
function spiral(count: number, random: Random): Float32Array {
  // The root of a uniform number spreads the points evenly along the curve, whose turns become longer.
  const along = Float32Array.from(random.uniform([count]).data, Math.sqrt);
  const { cosines, sines } = directions(mul(tensor(along), 3 * Math.PI));
  const radius = (i: number): number => 0.1 + 0.75 * along[i]!;
  return around(count, random, (i) => [radius(i) * cosines[i]!, radius(i) * sines[i]!]);
}

function directions(angles: Tensor): { readonly cosines: Float32Array; readonly sines: Float32Array } {
  return { cosines: cos(angles).data, sines: sin(angles).data };
}

/** Points near places on a curve. */
function around(count: number, random: Random, place: (i: number) => readonly [x: number, y: number]): Float32Array {
  const points = Float32Array.from(random.normal([count, 2], 0, DEVIATION).data);
  for (let i = 0; i < count; i++) {
    const [x, y] = place(i);
    points[2 * i]! += x;
    points[2 * i + 1]! += y;
  }
  return points;
}
