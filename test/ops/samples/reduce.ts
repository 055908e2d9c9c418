import { mean, type ReduceOptions, sum } from '../../../src/ops/reduce.ts';
import { type Nd, nd, ndBuild, ndRandom } from '../../support/nd.ts';
import { type OpCase, type OpSample, UNIT } from '../../support/op-check.ts';
import { printShape, SHAPES } from './shapes.ts';

const REDUCTIONS: readonly (readonly [readonly number[], ReduceOptions])[] = [
  ...SHAPES.map((shape) => [shape, {}] as const),
  ...SHAPES.map((shape) => [shape, { keepDims: true }] as const),
  ...[0, 1, -1, -2].map((axis) => [[3, 5], { axis }] as const),
  ...[0, 1, 2].flatMap((axis) => [
    [[2, 3, 4], { axis }] as const,
    [[2, 3, 4], { axis, keepDims: true }] as const,
    [[2, 0, 3], { axis }] as const,
  ]),
  ...[[0, 1], [1, 2], [0, 2], [2, 0], [-1, -3], []].flatMap((axis) => [
    [[2, 3, 4], { axis }] as const,
    [[2, 3, 4], { axis, keepDims: true }] as const,
  ]),
  [[2, 3, 2, 2], { axis: [0, 2] }],
  [[2, 1, 3, 2], { axis: [1, 3] }],
  [[2, 2, 3, 2], { axis: [0, 1, 2] }],
  [[7, 1], { axis: 0 }],
  [[1, 7], { axis: 0 }],
  [[1, 7], { axis: 1 }],
  [[], { axis: [] }],
];

function reduceSample(
  run: typeof sum,
  shape: readonly number[],
  options: ReduceOptions,
  average: boolean,
  salt: number,
): OpSample {
  const given = options.axis ?? shape.map((_, axis) => axis);
  const axes = (typeof given === 'number' ? [given] : given).map((axis) => (axis < 0 ? axis + shape.length : axis));
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const count = axes.reduce((product, axis) => product * shape[axis]!, 1);
  const reduce = (x: Nd, of: (value: number) => number): Nd => {
    const totals = new Map<string, number>();
    ndBuild(kept, (index) => {
      totals.set(index.join(), 0);
      return 0;
    });
    let next = 0;
    ndBuild(shape, (index) => {
      const key = index.map((i, axis) => (axes.includes(axis) ? 0 : i)).join();
      totals.set(key, totals.get(key)! + of(x.values[next++]!));
      return 0;
    });
    const out = [...totals.values()].map((total) => (average ? total / count : total));
    return nd(options.keepDims ? kept : shape.filter((_, axis) => !axes.includes(axis)), out);
  };
  return {
    label: `${printShape(shape)}, ${JSON.stringify(options)}`,
    inputs: [ndRandom(shape, salt, -2, 2)],
    run: ([x]) => run(x!, options),
    reference: ([x]) => reduce(x!, (value) => value),
    // count - 1 additions and one division.
    bound: ([x]) => reduce(x!, (value) => (count + 1) * UNIT * Math.abs(value)),
  };
}

export const reduceCases: readonly OpCase[] = [
  {
    name: 'sum',
    samples: REDUCTIONS.map(([shape, options], i) => reduceSample(sum, shape, options, false, i)),
    float32: 'bound',
  },
  {
    name: 'mean',
    samples: REDUCTIONS.map(([shape, options], i) => reduceSample(mean, shape, options, true, i)),
    float32: 'bound',
  },
];
