/** Arrays of doubles with a shape, walked index by index: slow, obvious, and independent of every stride in src. */
import { hashedFloats } from './reference.ts';

export interface Nd {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

export function nd(shape: readonly number[], values: ArrayLike<number>): Nd {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (values.length !== size) throw new RangeError(`${values.length} values for shape [${shape.join(', ')}]`);
  return { shape, values: Float64Array.from(values) };
}

/** Float32 numbers in [low, high), the same for the same salt. */
export function ndRandom(shape: readonly number[], salt: number, low = -1, high = 1): Nd {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return nd(shape, hashedFloats(size, salt, low, high));
}

/** Like ndRandom, but at least `distance` away from each of the kinks. */
export function ndAwayFrom(kinks: readonly number[], distance: number, x: Nd): Nd {
  const move = (value: number): number => {
    const kink = kinks.find((one) => Math.abs(value - one) < distance);
    return kink === undefined ? value : Math.fround(value < kink ? value - distance : value + distance);
  };
  return nd(x.shape, Array.from(x.values, move));
}

/** An array from a function of the index. */
export function ndBuild(shape: readonly number[], of: (index: readonly number[]) => number): Nd {
  const values: number[] = [];
  const walk = (index: number[]): void => {
    if (index.length === shape.length) values.push(of(index));
    else for (let i = 0; i < shape[index.length]!; i++) walk([...index, i]);
  };
  walk([]);
  return nd(shape, values);
}

/** The element at an index, with NumPy's broadcasting: extra leading axes are dropped, and a size of 1 is repeated. */
export function ndAt(x: Nd, index: readonly number[]): number {
  let offset = 0;
  const lead = index.length - x.shape.length;
  x.shape.forEach((size, axis) => {
    const i = index[axis + lead] ?? 0;
    offset = offset * size + (size === 1 ? 0 : i);
  });
  return x.values[offset]!;
}

/** NumPy's result shape, by its definition. */
export function ndBroadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const m = a[axis - rank + a.length] ?? 1;
    const n = b[axis - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) throw new RangeError(`[${a.join()}] and [${b.join()}] do not broadcast`);
    return m === 1 ? n : m;
  });
}

/**
 * The elements along the axes as one row for each index of the other axes, and the function from an index to its row.
 */
function rowsAlong(x: Nd, axes: readonly number[]): { readonly kept: number[]; readonly rowOf: RowOf } {
  const kept = x.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const rows = new Map<string, number[]>();
  const rowOf: RowOf = (index) => {
    const key = index.map((i, axis) => (axes.includes(axis) ? 0 : i)).join();
    if (!rows.has(key)) rows.set(key, []);
    return rows.get(key)!;
  };
  ndBuild(x.shape, (index) => rowOf(index).push(ndAt(x, index)));
  return { kept, rowOf };
}

type RowOf = (index: readonly number[]) => number[];

/** Each row along the axes reduced to one number; the axes keep size 1. */
export function ndReduce(x: Nd, axes: readonly number[], of: (row: readonly number[]) => number): Nd {
  const { kept, rowOf } = rowsAlong(x, axes);
  return ndBuild(kept, (index) => of(rowOf(index)));
}

/** Each row along an axis replaced by as many numbers. */
export function ndMapRows(x: Nd, axis: number, of: (row: readonly number[]) => readonly number[]): Nd {
  const { rowOf } = rowsAlong(x, [axis]);
  return ndBuild(x.shape, (index) => of(rowOf(index))[index[axis]!]!);
}
