/**
 * Arranges the samples of a generator in one picture: rows of images with a margin between and around them. Values in
 * [-1, 1] become bytes by `round(127.5 (v + 1))`, the inverse of a dataset's normalisation `b / 127.5 - 1`.
 */
import { describe, fieldsOf, invalid, isArray, isInstance } from '../core/check.ts';
import { ArgumentError, ShapeError } from '../core/errors.ts';
import { integer, type Option, readOptions } from '../core/options.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import type { Channels } from './chunks.ts';
import { checkPixels, enlarge } from './enlarge.ts';

/**
 * Images in the layout of a Tensor: `shape` [n, height, width, 1] or [n, height, width] for grey, [n, height, width, 3]
 * for red, green and blue; `data` row-major.
 */
export interface Samples {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/**
 * A picture, row by row from the top. Grey has one byte for each pixel, 0 black to 255 white; colour has three, red,
 * green and blue. The number of bytes tells which.
 */
export interface Picture {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The options of imageGrid(). */
export interface GridOptions {
  /** Images in a row; default 4. If there are fewer images, the picture is narrower. */
  readonly columns?: number | undefined;
  /** Pixels between the images and around them; default 2. */
  readonly margin?: number | undefined;
  /** Grey of the margin and of empty places, 0 to 255, in colour too; default 0, black. */
  readonly background?: number | undefined;
  /** Each pixel, of the margin too, becomes a square of so many pixels in width and height, 1 to 64; default 1. */
  readonly scale?: number | undefined;
}

interface GridSchema {
  readonly columns: Option<number, number, 'optional'>;
  readonly margin: Option<number, number, 'optional'>;
  readonly background: Option<number, number, 'optional'>;
  readonly scale: Option<number, number, 'optional'>;
}

/** saveImage() takes the same options. */
export const GRID_OPTIONS: GridSchema = {
  columns: integer(1).or(4),
  margin: integer(0, 4096).or(2),
  background: integer(0, 255).or(0),
  scale: integer(1, 64).or(1),
};

/**
 * Arranges `n` images in rows, grey or in colour as they are. Values outside [-1, 1], also infinities, are clipped.
 *
 * @returns a picture of width `scale * (columns * (w + margin) + margin)`; its height follows from the rows in the same
 *   way.
 * @throws ShapeError if the shape is not [n, h, w, 1], [n, h, w] or [n, h, w, 3] with sides of at least 1, or the data
 *   has another size; ArgumentError for an option out of range, or if a value is NaN.
 * @example
 * const samples = denseGenerator().predict(createRandom(1).normal([16, 100]));
 * imageGrid(samples, { columns: 4 }).width; // 122: four pictures of 28 pixels and five margins of 2
 * imageGrid(samples, { scale: 4 }).width; // 488, to look at
 */
export function imageGrid(samples: Samples, options: GridOptions = {}): Picture {
  const where = 'imageGrid';
  const images = byteImages(where, samples);
  const { columns, margin, background, scale } = readOptions(where, options, GRID_OPTIONS);
  return enlarge(where, arrangeImages(where, images, columns, margin, background), scale);
}

/** Images of one size, stored one after the other in `bytes`. */
interface ByteImages {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: Channels;
}

/** Checks samples and converts their values to bytes. */
export function byteImages(where: string, samples: Samples): ByteImages {
  const sizes = checkSamples(where, samples);
  const { data } = samples;
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < bytes.length; i++) {
    const value = data[i]!;
    if (Number.isNaN(value)) {
      throw new ArgumentError(
        `${where}: samples.data[${i}] is NaN; expected values in [-1, 1]. The network that made them has diverged.`,
      );
    }
    bytes[i] = Math.round((Math.min(Math.max(value, -1), 1) + 1) * 127.5);
  }
  return { bytes, ...sizes };
}

/** Arranges images in rows of `columns`, with the margin between and around them. */
export function arrangeImages(
  where: string,
  { bytes, count, height, width, channels }: ByteImages,
  columns: number,
  margin: number,
  background: number,
): Picture {
  const perRow = Math.min(columns, count);
  const gridWidth = perRow * (width + margin) + margin;
  const gridHeight = Math.ceil(count / perRow) * (height + margin) + margin;
  checkPixels(where, gridWidth, gridHeight);
  const pixels = new Uint8Array(gridWidth * gridHeight * channels).fill(background);
  for (let image = 0; image < count; image++) {
    const left = margin + (image % perRow) * (width + margin);
    const top = margin + Math.floor(image / perRow) * (height + margin);
    for (let y = 0; y < height; y++) {
      const row = (image * height + y) * width * channels;
      pixels.set(bytes.subarray(row, row + width * channels), ((top + y) * gridWidth + left) * channels);
    }
  }
  return { pixels, width: gridWidth, height: gridHeight };
}

/** Checks that shape and data fit, and returns the sizes. */
function checkSamples(where: string, samples: unknown): Omit<ByteImages, 'bytes'> {
  const expected = 'a tensor of shape [n, height, width, 1 or 3]';
  const { shape, data } = fieldsOf(where, 'samples', samples, ['shape', 'data'], expected);
  if (shape === undefined || data === undefined) return invalid(where, 'samples', expected, samples);
  if (!isArray(shape)) return invalid(where, 'samples.shape', 'a list of sizes such as [16, 28, 28, 1]', shape);
  if (!isInstance(data, Float32Array)) return invalid(where, 'samples.data', 'a Float32Array', data);
  const sizes = shape as readonly number[];
  const [count = 0, height = 0, width = 0, channels = 1] = sizes;
  if (
    sizes.length < 3 ||
    sizes.length > 4 ||
    (channels !== 1 && channels !== 3) ||
    !sizes.every((one) => Number.isSafeInteger(one) && one > 0)
  ) {
    throw new ShapeError(
      `${where}: samples have shape ${describe(shape)}; expected [n, height, width, 1] or [n, height, width] for ` +
        'grey, [n, height, width, 3] for colour, every size at least 1',
    );
  }
  if (sizeOf(sizes) !== data.length) {
    throw new ShapeError(
      `${where}: samples of shape ${formatShape(sizes)} need ${sizeOf(sizes)} values; data has ${data.length}`,
    );
  }
  return { count, height, width, channels };
}
