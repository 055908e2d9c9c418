/** ZeroPadding2D: rows and columns of zeros around images. */
import { checkInteger, invalid, isArray } from '../../core/check.ts';
import { option, readOptions, shape } from '../../core/options.ts';
import { MAX_EXTENT } from '../../ops/internal/windows.ts';
import { type Padding1d, pad } from '../../ops/pad.ts';
import { defineLayer, type Layer, type LayerConfig, stateless } from '../layer.ts';
import { checkImages } from './convolution.ts';

/** The options of layers.zeroPadding2d(). */
export interface ZeroPadding2dConfig extends LayerConfig {
  /**
   * How many rows and columns are added: one number for all four sides, [height, width] for both sides of each axis, or
   * [[top, bottom], [left, right]]. Default 1.
   */
  readonly padding?:
    | number
    | readonly [height: number, width: number]
    | readonly [rows: Padding1d, columns: Padding1d]
    | undefined;
}

type Sides = readonly [rows: Padding1d, columns: Padding1d];

const OPTIONS = {
  padding: option<NonNullable<ZeroPadding2dConfig['padding']>, Sides>(checkSides).or(1),
  inputShape: shape().optional(),
};

/**
 * Adds zeros around images: [height, width, channels] -> [top + height + bottom, left + width + right, channels].
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items are no images.
 * @example
 * const layer = layers.zeroPadding2d({ padding: [[0, 1], [0, 1]], inputShape: [28, 28, 1] });
 * sequential([layer]).outputShape; // [29, 29, 1]
 */
export function zeroPadding2d(config: ZeroPadding2dConfig = {}): Layer {
  const where = 'layers.zeroPadding2d';
  const kind = 'ZeroPadding2D';
  const { padding, inputShape } = readOptions(where, config, OPTIONS);
  const [[top, bottom], [left, right]] = padding;
  return defineLayer(where, kind, inputShape, (items) => {
    const { picture, channels } = checkImages(where, items);
    const outputShape = [top + picture[0] + bottom, left + picture[1] + right, channels];
    return stateless(kind, { top, bottom, left, right }, outputShape, (x) => pad(x, [[0, 0], ...padding, [0, 0]]));
  });
}

function checkSides(where: string, argument: string, value: unknown): Sides {
  const count = (name: string, given: unknown): number => checkInteger(where, name, given, 0, MAX_EXTENT);
  const along = (name: string, given: unknown): Padding1d => {
    if (!isArray(given)) return [count(name, given), count(name, given)];
    if (given.length !== 2) return invalid(where, name, 'a pair [before, after]', given);
    return [count(`${name}[0]`, given[0]), count(`${name}[1]`, given[1])];
  };
  if (typeof value === 'number') return [along(argument, value), along(argument, value)];
  if (!isArray(value) || value.length !== 2) {
    const expected = 'a whole number of at least 0, [height, width] or [[top, bottom], [left, right]]';
    return invalid(where, argument, expected, value);
  }
  return [along(`${argument}[0]`, value[0]), along(`${argument}[1]`, value[1])];
}
