/**
 * pad: x with more elements in front of it and behind it, along each axis.
 *   constant:  the new elements have one value; dx is the part of dy where x is
 *   reflect:   x mirrored at its first and last element, which are not repeated: c b | a b c | b a
 *   symmetric: x mirrored at its edges: b a | a b c | c b
 *   dx of the mirrors adds up the dy of all copies of an element.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { checkInteger, describe, invalid, isArray } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { choice, number, readOptions } from '../core/options.ts';
import { checkShape, formatShape, MAX_SIZE, stridesOf } from '../core/shape.ts';
import { fill } from '../kernels/library/movement.ts';
import { mapAxis, selection } from './internal/row-map.ts';
import { copyRegion } from './internal/strided.ts';
import { slice } from './shape-ops.ts';

/** How many elements are added in front of an axis and behind it. */
export type Padding1d = readonly [before: number, after: number];

/** The options of pad(). */
export interface PadOptions {
  /** What the new elements are: one value, or x mirrored without or with its edge. Default 'constant'. */
  readonly mode?: 'constant' | 'reflect' | 'symmetric' | undefined;
  /** The value of new elements in mode 'constant'. Default 0. */
  readonly value?: number | undefined;
}

const OPTIONS = { mode: choice(['constant', 'reflect', 'symmetric']).or('constant'), value: number().or(0) };

/**
 * Adds elements around x.
 *
 * @param paddings - for each axis of x how many elements are added: [before, after].
 * @throws ArgumentError if there are not as many pairs as axes, for a wrong option, or if a mirror would need more
 *   elements than the axis has: 'reflect' adds at most its size - 1 on each side, 'symmetric' at most its size.
 * @example
 * pad(tensor([1, 2, 3]), [[1, 2]]); // [0, 1, 2, 3, 0, 0]
 * pad(tensor([1, 2, 3]), [[1, 2]], { mode: 'reflect' }); // [2, 1, 2, 3, 2, 1]
 */
export function pad(x: Tensor, paddings: readonly Padding1d[], options: PadOptions = {}): Tensor {
  checkTensor('pad', 'x', x);
  const pairs = checkPaddings(x, paddings);
  const { mode, value } = readOptions('pad', options, OPTIONS);
  if (mode === 'constant') return padConstant(x, pairs, value);
  return pairs.reduce((y, [before, after], axis) => {
    if (before === 0 && after === 0) return y;
    const size = x.shape[axis]!;
    const most = mode === 'reflect' ? Math.max(size - 1, 0) : size;
    if (Math.max(before, after) > most) {
      throw new ArgumentError(
        `pad: mode '${mode}' adds at most ${most} elements on each side of axis ${axis} of ${formatShape(x.shape)}; ` +
          `got [${before}, ${after}]`,
      );
    }
    const repeated = mode === 'symmetric' ? 1 : 0;
    const indices = Array.from({ length: before + size + after }, (_, i) => {
      const place = i - before;
      if (place < 0) return -place - repeated;
      return place < size ? place : 2 * (size - 1) + repeated - place;
    });
    return mapAxis('pad', y, axis, selection(size, indices));
  }, x);
}

function padConstant(x: Tensor, pairs: readonly Padding1d[], value: number): Tensor {
  const shape = x.shape.map((size, axis) => pairs[axis]![0] + size + pairs[axis]![1]);
  const begin = pairs.map(([before]) => before);
  const y = new Tensor(checkShape('pad', 'the result', shape));
  fill.run(y.address, value, y.size);
  const strides = stridesOf(shape);
  const offset = begin.reduce((sum, before, axis) => sum + before * strides[axis]!, 0);
  copyRegion({ address: y.address + offset, strides }, { address: x.address, strides: stridesOf(x.shape) }, x.shape);
  return record('pad', y, [x], [(dy) => slice(dy, begin, x.shape)]);
}

function checkPaddings(x: Tensor, paddings: readonly Padding1d[]): Padding1d[] {
  if (!isArray(paddings) || paddings.length !== x.rank) {
    const expected = `a list of ${x.rank} pairs [before, after], one for each axis of ${formatShape(x.shape)}`;
    return invalid('pad', 'paddings', expected, paddings);
  }
  return Array.from({ length: x.rank }, (_, axis): Padding1d => {
    const pair: unknown = paddings[axis];
    const name = `paddings[${axis}]`;
    if (!isArray(pair) || pair.length !== 2) {
      throw new ArgumentError(`pad: ${name} must be a pair [before, after]; got ${describe(pair)}`);
    }
    return [
      checkInteger('pad', `${name}[0]`, pair[0], 0, MAX_SIZE),
      checkInteger('pad', `${name}[1]`, pair[1], 0, MAX_SIZE),
    ];
  });
}
