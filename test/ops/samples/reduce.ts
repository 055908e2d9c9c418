import type { Tensor } from '../../../src/autograd/tensor.ts';
import { max, min } from '../../../src/ops/extremes.ts';
import type { ReduceOptions } from '../../../src/ops/internal/reduction.ts';
import { mean, sum } from '../../../src/ops/reduce.ts';
import { logSoftmax, logSumExp, softmax } from '../../../src/ops/softmax.ts';
import { type Nd, nd, ndMapRows, ndRandom, ndReduce } from '../../support/nd.ts';
import { type OpCase, UNIT } from '../../support/op-check.ts';
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

type Row = readonly number[];

/** @param bound - largest error of a float32 run, from the elements that are reduced. Default: none, it is exact. */
function reduceCase(
  name: string,
  run: (x: Tensor, options: ReduceOptions) => Tensor,
  of: (row: Row) => number,
  bound?: (row: Row) => number,
): OpCase {
  const samples = REDUCTIONS.map(([shape, options], i) => {
    const given = options.axis ?? shape.map((_, axis) => axis);
    const axes = (typeof given === 'number' ? [given] : given).map((axis) => (axis < 0 ? axis + shape.length : axis));
    const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
    const result = options.keepDims ? kept : shape.filter((_, axis) => !axes.includes(axis));
    const reduce = (x: Nd, what: (row: Row) => number): Nd => nd(result, ndReduce(x, axes, what).values);
    return {
      label: `${printShape(shape)}, ${JSON.stringify(options)}`,
      inputs: [ndRandom(shape, i, -2, 2)],
      run: ([x]: readonly Tensor[]) => run(x!, options),
      reference: ([x]: readonly Nd[]) => reduce(x!, of),
      ...(bound === undefined ? {} : { bound: ([x]: readonly Nd[]) => reduce(x!, bound) }),
    };
  });
  return { name, samples, float32: bound === undefined ? 'exact' : 'bound' };
}

const total = (row: Row): number => row.reduce((all, value) => all + value, 0);
const absolute = (row: Row): number => total(row.map(Math.abs));
const logOfSum = (row: Row): number => Math.log(total(row.map(Math.exp)));
/** Additions, exp and log of 2 ulp each, and the argument of exp, whose error becomes a relative one. */
const ofExponentials = (row: Row): number => (row.length + 16) * UNIT * (1 + Math.max(0, ...row.map(Math.abs)));

const AXES: readonly (readonly [readonly number[], number | undefined])[] = [
  ...SHAPES.filter((shape) => shape.length > 0).map((shape) => [shape, undefined] as const),
  [[3, 5], 0],
  [[3, 5], 1],
  [[2, 3, 4], 1],
  [[2, 3, 4], -3],
];

function axisCase(
  name: string,
  run: (x: Tensor, axis?: number) => Tensor,
  of: (row: Row) => readonly number[],
): OpCase {
  const samples = AXES.map(([shape, axis], i) => {
    const counted = axis ?? -1;
    const one = counted < 0 ? counted + shape.length : counted;
    return {
      label: `${printShape(shape)}, axis ${axis}`,
      inputs: [ndRandom(shape, 40 + i, -3, 3)],
      run: ([x]: readonly Tensor[]) => run(x!, axis),
      reference: ([x]: readonly Nd[]) => ndMapRows(x!, one, of),
      bound: ([x]: readonly Nd[]) => ndMapRows(x!, one, (row) => row.map(() => ofExponentials(row))),
    };
  });
  return { name, samples, float32: 'bound' };
}

export const reduceCases: readonly OpCase[] = [
  // count - 1 additions, and one division.
  reduceCase('sum', sum, total, (row) => (row.length + 1) * UNIT * absolute(row)),
  reduceCase(
    'mean',
    mean,
    (row) => total(row) / row.length,
    (row) => ((row.length + 1) * UNIT * absolute(row)) / row.length,
  ),
  reduceCase('max', max, (row) => Math.max(...row)),
  reduceCase('min', min, (row) => Math.min(...row)),
  reduceCase('logSumExp', logSumExp, logOfSum, ofExponentials),
  axisCase('softmax', softmax, (row) => row.map((value) => Math.exp(value - logOfSum(row)))),
  axisCase('logSoftmax', logSoftmax, (row) => row.map((value) => value - logOfSum(row))),
];
