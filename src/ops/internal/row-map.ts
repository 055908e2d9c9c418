/**
 * Linear maps from rows to rows, as a list of entries: row r of the result is the sum of weight x[index] over the
 * entries of r. Pooling, resizing, gathering, tiling and mirroring are such maps. The gradient is the map with rows and
 * indices exchanged, so every derivative is of this kind again.
 */
import { record } from '../../autograd/record.ts';
import { Storage } from '../../autograd/storage.ts';
import { Tensor, tensor } from '../../autograd/tensor.ts';
import { type Shape, sizeOf } from '../../core/shape.ts';
import { sumChosenRows } from '../../kernels/library/movement.ts';
import type { Pair, PictureSizes } from './windows.ts';

export interface RowMap {
  /** Number of rows of the result, and of x. */
  readonly rows: number;
  readonly sources: number;
  /** For each row of the result: its first entry and how many it has. */
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** For each entry: the row of x and its factor. */
  readonly indices: Int32Array;
  readonly weights: Float64Array;
}

/** One entry: a row of x and its factor. */
export type Entry = readonly [index: number, weight: number];

/** The map whose row r has the entries `entriesOf(r)`. They are added in that order. */
export function rowMap(sources: number, rows: number, entriesOf: (row: number) => readonly Entry[]): RowMap {
  const starts = new Int32Array(rows);
  const counts = new Int32Array(rows);
  const indices: number[] = [];
  const weights: number[] = [];
  for (let row = 0; row < rows; row++) {
    const entries = entriesOf(row);
    starts[row] = indices.length;
    counts[row] = entries.length;
    for (const [index, weight] of entries) {
      indices.push(index);
      weights.push(weight);
    }
  }
  return { rows, sources, starts, counts, indices: Int32Array.from(indices), weights: Float64Array.from(weights) };
}

/** The map whose row r is row indices[r] of x. */
export function selection(sources: number, indices: ArrayLike<number>): RowMap {
  const rows = indices.length;
  return {
    rows,
    sources,
    starts: Int32Array.from({ length: rows }, (_, row) => row),
    counts: new Int32Array(rows).fill(1),
    indices: Int32Array.from(indices),
    weights: new Float64Array(rows).fill(1),
  };
}

/**
 * Applies a map along one axis of x, recorded. `replacing`: the axes of the result in its place; default [map.rows].
 */
export function mapAxis(where: string, x: Tensor, axis: number, map: RowMap, replacing: Shape = [map.rows]): Tensor {
  const [front, behind] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  return mapRows(where, x, map, sizeOf(front), sizeOf(behind), [...front, ...replacing, ...behind]);
}

/**
 * Applies a map, recorded: x is read as [images, map.sources, columns], and the result is [images, map.rows, columns]
 * in the given shape.
 */
function mapRows(where: string, x: Tensor, map: RowMap, images: number, columns: number, shape: Shape): Tensor {
  const y = new Tensor(shape);
  if (y.size > 0) {
    const { rows, sources, starts, counts, indices } = map;
    const weights = tensor(map.weights);
    const table = new Storage(2 * rows + indices.length);
    const { heap, address } = table;
    const intsPerFloat = heap.bytesPerElement / 4;
    const [counted, indexed] = [address + rows, address + 2 * rows];
    heap.ints.set(starts, address * intsPerFloat);
    heap.ints.set(counts, counted * intsPerFloat);
    heap.ints.set(indices, indexed * intsPerFloat);
    sumChosenRows.run(
      y.address,
      x.address,
      address,
      counted,
      indexed,
      weights.address,
      0,
      images * rows,
      rows,
      sources,
      columns,
    );
    table.free(where);
    weights.dispose();
  }
  return record(where, y, [x], [(dy) => mapRows(where, dy, transposed(map), images, columns, x.shape)]);
}

/** The map with rows and indices exchanged. The entries of a row keep the order of the rows that they come from. */
function transposed({ rows, sources, starts, counts, indices, weights }: RowMap): RowMap {
  const lengths = new Int32Array(sources);
  for (const index of indices) lengths[index]!++;
  const firsts = new Int32Array(sources);
  for (let row = 1; row < sources; row++) firsts[row] = firsts[row - 1]! + lengths[row - 1]!;
  const next = firsts.slice();
  const from = new Int32Array(indices.length);
  const factors = new Float64Array(indices.length);
  for (let row = 0; row < rows; row++) {
    for (let entry = starts[row]!; entry < starts[row]! + counts[row]!; entry++) {
      const place = next[indices[entry]!]!++;
      from[place] = row;
      factors[place] = weights[entry]!;
    }
  }
  return { rows: sources, sources: rows, starts: firsts, counts: lengths, indices: from, weights: factors };
}

/** Most entries of a map of pixels. Beyond, height and width are mapped one after the other, which takes two passes. */
const MOST_ENTRIES = 2 ** 18;

/**
 * Maps the pixels of pictures x [n, height, width, channels], recorded: along its height by axisMap(0) and along its
 * width by axisMap(1), which give `target` rows.
 */
export function mapPixels(
  where: string,
  x: Tensor,
  { images, picture, channels }: PictureSizes,
  target: Pair,
  axisMap: (axis: 0 | 1) => RowMap,
): Tensor {
  const shape = [images, ...target, channels];
  // The memory comes first: a map for a picture that is too large is not made.
  new Tensor(shape).dispose();
  const [height, width] = [axisMap(0), axisMap(1)];
  if (height.indices.length * width.indices.length <= MOST_ENTRIES) {
    return mapRows(where, x, planeMap(height, width), images, channels, shape);
  }
  const lines = mapRows(where, x, height, images, picture[1] * channels, [images, target[0], picture[1], channels]);
  return mapRows(where, lines, width, images * target[0], channels, shape);
}

/**
 * Two maps side by side, on the pixels of pictures: row (y, x) has the products of the entries of y and of x. Plain
 * loops: this runs at every call, and a table has an entry for each pixel at least.
 */
function planeMap(height: RowMap, width: RowMap): RowMap {
  const rows = height.rows * width.rows;
  const size = height.indices.length * width.indices.length;
  const [starts, counts] = [new Int32Array(rows), new Int32Array(rows)];
  const [indices, weights] = [new Int32Array(size), new Float64Array(size)];
  let row = 0;
  let entry = 0;
  for (let y = 0; y < height.rows; y++) {
    const [yStart, yEnd] = entriesOf(height, y);
    for (let x = 0; x < width.rows; x++, row++) {
      const [xStart, xEnd] = entriesOf(width, x);
      starts[row] = entry;
      counts[row] = (yEnd - yStart) * (xEnd - xStart);
      for (let i = yStart; i < yEnd; i++) {
        for (let j = xStart; j < xEnd; j++, entry++) {
          indices[entry] = height.indices[i]! * width.sources + width.indices[j]!;
          weights[entry] = height.weights[i]! * width.weights[j]!;
        }
      }
    }
  }
  return { rows, sources: height.sources * width.sources, starts, counts, indices, weights };
}

/** The first entry of a row, and the one after its last. */
function entriesOf({ starts, counts }: RowMap, row: number): readonly [start: number, end: number] {
  return [starts[row]!, starts[row]! + counts[row]!];
}
