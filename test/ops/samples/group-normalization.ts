import { groupNorm, layerNorm } from '../../../src/ops/group-normalization.ts';
import { type Nd, ndBuild, ndRandom } from '../../support/nd.ts';
import { type OpCase, type OpSample, UNIT } from '../../support/op-check.ts';
import { printShape } from './shapes.ts';

/** Shape of x and number of groups; 0: layer normalisation. Every width by 4, one channel, one row, empty. */
const GROUPS: readonly (readonly [shape: readonly number[], groups: number])[] = [
  [[1, 1, 1, 1], 1],
  [[2, 3], 1],
  [[2, 4], 2],
  [[0, 3], 1],
  [[2, 0, 3], 1],
  [[1, 2, 0], 1],
  [[2, 3, 2, 6], 3],
  [[1, 2, 2, 6], 6],
  [[2, 1, 5, 4], 1],
  [[1, 9, 8], 2],
  ...Array.from({ length: 15 }, (_, i) => [[1 + (i % 2), 2, 2 * (i + 1)], i % 3 === 0 ? 1 : 2] as const),
];
const LAYERS = [
  [0],
  [3, 0],
  [0, 3],
  [1],
  [1, 1],
  ...Array.from({ length: 17 }, (_, i) => [2, i + 2]),
  [23],
  [7, 3],
  [2, 3, 4],
  [2, 1, 2, 3],
  [2, 6, 4],
].map((shape) => [shape, 0] as const);

/** Places of the elements of one mean and variance, by plain counting. */
function groupsOf(shape: readonly number[], groups: number): number[][] {
  const channels = shape[shape.length - 1]!;
  const size = shape.reduce((product, one) => product * one, 1);
  const item = groups === 0 ? channels : size / Math.max(shape[0]!, 1);
  const width = groups === 0 ? channels : channels / groups;
  const found = new Map<string, number[]>();
  for (let i = 0; i < size; i++) {
    const name = `${Math.floor(i / item)} ${Math.floor((i % channels) / width)}`;
    found.set(name, [...(found.get(name) ?? []), i]);
  }
  return [...found.values()];
}

/** The places of each group, for the bounds of gradients. */
export const PLACES: WeakMap<OpSample, readonly (readonly number[])[]> = new WeakMap();

function sample([shape, groups]: readonly [readonly number[], number], i: number): OpSample {
  const channels = shape[shape.length - 1]!;
  const epsilon = i % 2 === 0 ? 1e-3 : 0.125;
  const each = (
    inputs: readonly Nd[],
    value: (xhat: number, c: number, group: { largest: number; scale: number; size: number }) => number,
  ): Nd => {
    const x = inputs[0]!;
    const result = new Float64Array(x.values.length);
    for (const places of groupsOf(shape, groups)) {
      const values = places.map((place) => x.values[place]!);
      const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
      const variance = values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length;
      const scale = 1 / Math.sqrt(variance + epsilon);
      const largest = Math.max(...values.map(Math.abs));
      for (const place of places) {
        const xhat = (x.values[place]! - mean) * scale;
        result[place] = value(xhat, place % channels, { largest, scale, size: values.length });
      }
    }
    let next = 0;
    return ndBuild(shape, () => result[next++]!);
  };
  const made: OpSample = {
    label: `${printShape(shape)}, ${groups} groups, epsilon ${epsilon}`,
    inputs: [ndRandom(shape, i, -2, 3), ndRandom([channels], 100 + i, 0.5, 2), ndRandom([channels], 200 + i)],
    run: ([x, gamma, beta]) => {
      const options = { gamma: gamma!, beta: beta!, ...(i % 2 === 0 ? {} : { epsilon }) };
      return groups === 0 ? layerNorm(x!, options) : groupNorm(x!, groups, options);
    },
    reference: (inputs) => each(inputs, (xhat, c) => inputs[1]!.values[c]! * xhat + inputs[2]!.values[c]!),
    // As for batch normalisation: the roundings of the mean, twice as many of the variance, and a few more.
    bound: (inputs) =>
      each(inputs, (_, c, { largest, scale, size }) => {
        const magnitude = Math.abs(inputs[1]!.values[c]!) * scale * 2 * largest + Math.abs(inputs[2]!.values[c]!);
        return (2 * size + 16) * UNIT * magnitude;
      }),
  };
  PLACES.set(made, groupsOf(shape, groups));
  return made;
}

export const groupNormalizationCases: readonly OpCase[] = [
  { name: 'groupNorm', samples: GROUPS.map(sample), float32: 'bound' },
  { name: 'layerNorm', samples: LAYERS.map(sample), float32: 'bound' },
];
