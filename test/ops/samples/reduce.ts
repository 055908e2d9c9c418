import type { Tensor } from '../../../src/autograd/tensor.ts';
import { argMax, argMin } from '../../../src/ops/arg-max.ts';
import { max, min } from '../../../src/ops/extremes.ts';
import type { ReduceOptions } from '../../../src/ops/internal/reduction.ts';
import { type NormOrder, norm } from '../../../src/ops/norm.ts';
import { prod } from '../../../src/ops/prod.ts';
import { all, any } from '../../../src/ops/quantifiers.ts';
import { mean, sum } from '../../../src/ops/reduce.ts';
import { logSoftmax, logSumExp, softmax } from '../../../src/ops/softmax.ts';
import { type Nd, nd, ndMapRows, ndRandom, ndReduce } from '../../support/nd.ts';
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

type Row = readonly number[];

const product = (row: Row): number => row.reduce((all, value) => all * value, 1);
const length = (row: Row): number => Math.sqrt(total(row.map((value) => value * value)));

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

/** Along one axis with elements, or all of them. */
const INDEXED: readonly (readonly [readonly number[], number | undefined])[] = [
  ...SHAPES.filter((shape) => !shape.includes(0)).map((shape) => [shape, undefined] as const),
  ...AXES.filter(([shape]) => !shape.includes(0)).map(([shape, axis]) => [shape, axis ?? -1] as const),
  [[2, 0, 3], 0],
];

function indexCase(
  name: string,
  run: (x: Tensor, axis?: number, keepDims?: boolean) => Tensor,
  best: (row: Row) => number,
): OpCase {
  const samples = INDEXED.map(([shape, axis], i) => {
    const axes = axis === undefined ? shape.map((_, one) => one) : [axis < 0 ? axis + shape.length : axis];
    const keepDims = i % 2 === 0;
    return {
      label: `${printShape(shape)}, axis ${axis}, keepDims ${keepDims}`,
      inputs: [ndRandom(shape, 80 + i, -3, 3)],
      run: ([x]: readonly Tensor[]) => run(x!, axis, keepDims),
      reference: ([x]: readonly Nd[]) => {
        const { shape: kept, values } = ndReduce(x!, axes, (row) => row.indexOf(best(row)));
        return nd(keepDims ? kept : shape.filter((_, one) => !axes.includes(one)), values);
      },
    };
  });
  return { name, samples, float32: 'exact' };
}

/** Norms by name: of a vector along an axis, of matrices, of all elements. */
const NORMS: readonly (readonly [NormOrder, readonly number[], number | readonly [number, number] | undefined])[] = [
  ...([1, 2, Infinity, -Infinity] as const).flatMap((ord) => [
    ...[[5], [1], [2, 3, 4]].map((shape) => [ord, shape, undefined] as const),
    ...[0, 1, -1].map((axis) => [ord, [2, 3, 4], axis] as const),
  ]),
  ...([1, Infinity, -Infinity, 'fro'] as const).flatMap((ord) => [
    [ord, [3, 4], [0, 1]] as const,
    [ord, [3, 4], [1, 0]] as const,
    [ord, [2, 3, 4], [0, -1]] as const,
  ]),
];

function normSample([ord, shape, axis]: (typeof NORMS)[number], i: number): OpSample {
  const given = axis === undefined ? shape.map((_, one) => one) : typeof axis === 'number' ? [axis] : axis;
  const axes = given.map((one) => (one < 0 ? one + shape.length : one));
  const absolutes = (x: Nd): Nd => nd(x.shape, x.values.map(Math.abs));
  const pick = (row: Row): number => (ord === -Infinity ? Math.min(...row) : Math.max(...row));
  return {
    label: `${ord} of ${printShape(shape)} along ${JSON.stringify(axis)}`,
    inputs: [ndRandom(shape, 120 + i, -2, 2)],
    run: ([x]) => norm(x!, ord, axis, i % 2 === 0),
    reference: ([x]) => {
      const isMatrix = typeof axis === 'object' && ord !== 'fro';
      const { shape: kept, values } = isMatrix
        ? ndReduce(ndReduce(absolutes(x!), [axes[ord === 1 ? 0 : 1]!], total), axes, pick)
        : ndReduce(absolutes(x!), axes, ord === 1 ? total : ord === 2 || ord === 'fro' ? length : pick);
      return nd(i % 2 === 0 ? kept : shape.filter((_, one) => !axes.includes(one)), values);
    },
    bound: ([x]) => {
      const { values } = ndReduce(x!, axes, (row) => (row.length + 2) * UNIT * absolute(row));
      return nd(
        i % 2 === 0
          ? shape.map((size, one) => (axes.includes(one) ? 1 : size))
          : shape.filter((_, one) => !axes.includes(one)),
        values,
      );
    },
  };
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
  reduceCase('prod', prod, product, (row) => (row.length + 1) * UNIT * Math.abs(product(row))),
  reduceCase(
    'norm',
    (x, { axis, keepDims }) => norm(x, 'euclidean', axis, keepDims),
    length,
    (row) => (row.length + 2) * UNIT * length(row),
  ),
  reduceCase('all', all, () => 1),
  reduceCase('any', any, (row) => Number(row.length > 0)),
  reduceCase('logSumExp', logSumExp, logOfSum, ofExponentials),
  axisCase('softmax', softmax, (row) => row.map((value) => Math.exp(value - logOfSum(row)))),
  axisCase('logSoftmax', logSoftmax, (row) => row.map((value) => value - logOfSum(row))),
  indexCase('argMax', argMax, (row) => Math.max(...row)),
  indexCase('argMin', argMin, (row) => Math.min(...row)),
  { name: 'norm of every order', samples: NORMS.map(normSample), float32: 'bound' },
];
