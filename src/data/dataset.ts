/**
 * Dataset: the images from which a training draws its batches. Images given as bytes are stored as bytes, which take a
 * quarter of the memory of floats. gather() converts a batch to numbers in [-1, 1]: (byte - 127.5) / 127.5.
 */
import { Storage } from '../autograd/storage.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { checkBytes } from '../core/bytes.ts';
import { checkInteger, describe, fieldsOf, hasMethods, invalid } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { checkList } from '../core/numbers.ts';
import { checkShape, formatShape, MAX_SIZE, type Shape, sizeOf } from '../core/shape.ts';
import { gatherBytes } from '../kernels/library/movement.ts';
import { heap } from '../kernels/runtime.ts';

/**
 * Images that can be gathered in batches. dataset() and tensorDataset() make one; users may write their own.
 *
 * @example
 * // Pictures that are drawn when they are needed: white columns on black.
 * const columns: Dataset = {
 *   count: 64,
 *   itemShape: [8, 8, 1],
 *   gather: (indices) =>
 *     reshape(
 *       tensor(Array.from(indices, (index) => Array.from({ length: 64 }, (_, i) => (i % 8 === index % 8 ? 1 : -1)))),
 *       [indices.length, 8, 8, 1],
 *     ),
 * };
 * await trainGan({ images: columns, batchSize: 32, epochs: 1 });
 */
export interface Dataset {
  /** Number of items. */
  readonly count: number;
  /** Shape of one item, such as [28, 28, 1]. */
  readonly itemShape: Shape;
  /** The items with these indices, in this order: a tensor [indices.length, ...itemShape]. */
  gather(indices: ArrayLike<number>): Tensor;
}

const CENTRE = 127.5;
const HALF_RANGE = 127.5;

/**
 * Makes a dataset of bytes. It copies them once into the tensor memory.
 *
 * @param bytes - the items one after the other, each value from 0 to 255.
 * @param shape - [n, ...itemShape].
 * @throws ShapeError if the product of the shape is not the number of bytes; ArgumentError if `bytes` is no
 *   Uint8Array.
 * @example
 * const images = dataset(Uint8Array.of(0, 255, 255, 0), [2, 1, 2, 1]);
 * images.count; // 2
 * images.gather([1]); // [[[[1], [-1]]]]
 */
export function dataset(bytes: Uint8Array, shape: Shape): Dataset {
  checkBytes('dataset', 'bytes', bytes);
  const { count, itemShape } = splitShape('dataset', checkShape('dataset', 'shape', shape));
  const itemSize = sizeOf(itemShape);
  if (count * itemSize !== bytes.length) {
    throw new ShapeError(
      `dataset: ${bytes.length} bytes do not fill shape ${formatShape(shape)}, which takes ${count * itemSize}`,
    );
  }
  const storage = new Storage(Math.ceil(bytes.length / heap().bytesPerElement));
  storage.escape();
  const start = storage.address * heap().bytesPerElement;
  heap().bytes.set(bytes, start);
  return {
    count,
    itemShape,
    gather(indices) {
      const places = readIndices(indices, count);
      const rows = new Storage(places.length);
      const start = (rows.address * heap().bytesPerElement) / 4;
      heap().ints.set(places, start);
      const batch = new Tensor([places.length, ...itemShape]);
      gatherBytes.run(batch.address, storage.address, rows.address, CENTRE, HALF_RANGE, places.length, itemSize);
      rows.free('gather()');
      return batch;
    },
  };
}

/**
 * @internal Checks a value that should be a dataset: its fields and their types. gatherFrom() in batches.ts checks what
 * gather() returns.
 */
export function checkDataset(where: string, argument: string, value: unknown): Dataset {
  const expected = 'a Dataset or a Tensor [n, 28, 28, 1]';
  if (!hasMethods(value, ['gather'])) {
    const remedy = 'Make one with dataset(bytes, shape), tensor(values) or loadMnist().';
    return invalid(where, argument, expected, value, remedy);
  }
  const { count, itemShape } = fieldsOf(where, argument, value, ['count', 'itemShape'], expected);
  checkInteger(where, `${argument}.count`, count, 0, MAX_SIZE);
  checkShape(where, `${argument}.itemShape`, itemShape);
  return value as object as Dataset;
}

const sources = new WeakMap<Dataset, Tensor>();

/** @internal The tensor of a dataset made by tensorDataset(), so that its values can be checked before a training. */
export function sourceOf(images: Dataset): Tensor | undefined {
  return sources.get(images);
}

/**
 * Makes a dataset of a tensor [n, ...itemShape]. Its values are used unchanged; trainGan() requires them to be in
 * [-1, 1].
 *
 * @throws ArgumentError if it is no tensor; ShapeError if it is a scalar.
 * @example
 * const points = tensorDataset(createRandom(1).uniform([1000, 2], -1, 1));
 * points.itemShape; // [2]
 * points.gather([0, 1, 2]).shape; // [3, 2]
 */
export function tensorDataset(images: Tensor): Dataset {
  checkTensor('tensorDataset', 'images', images);
  const { count, itemShape } = splitShape('tensorDataset', images.shape);
  const itemSize = sizeOf(itemShape);
  const result: Dataset = {
    count,
    itemShape,
    gather(indices) {
      const places = readIndices(indices, count);
      const batch = new Tensor([places.length, ...itemShape]);
      const to = batch.storage.values();
      // Copied directly. An op on the images would first move all of them into the heap, and compare all of them with
      // the copy that `data` returned.
      const from = images.storage.values();
      for (let row = 0; row < places.length; row++) {
        const start = places[row]! * itemSize;
        to.set(from.subarray(start, start + itemSize), row * itemSize);
      }
      return batch;
    },
  };
  sources.set(result, images);
  return result;
}

function splitShape(where: string, shape: Shape): { count: number; itemShape: Shape } {
  if (shape.length === 0) {
    throw new ShapeError(
      `${where}: the shape must have the number of items in front, [n, ...item]; got a scalar's, []`,
    );
  }
  return { count: shape[0]!, itemShape: Object.freeze(shape.slice(1)) };
}

/**
 * Copies and checks the indices. Each is checked before the next one is read, so that reading stops at the first wrong
 * item, however long the list claims to be.
 */
function readIndices(indices: ArrayLike<number>, count: number): Int32Array {
  const list = checkList('gather', 'indices', indices, 'a list of whole numbers');
  const places: number[] = [];
  for (let i = 0; i < list.length; i++) {
    const index = list[i];
    if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count) {
      throw new ArgumentError(
        `gather: indices[${i}] must be a whole number from 0 to ${count - 1}; got ${describe(index)}`,
      );
    }
    places.push(index);
  }
  return Int32Array.from(places);
}
