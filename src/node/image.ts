/** Saves images as PNG files, compressed by `node:zlib`. A file is written completely or not at all. */
import { deflateSync } from 'node:zlib';
import { describe, fieldsOf, invalid, isArray } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { readOptions } from '../core/options.ts';
import { enlarge } from '../image/enlarge.ts';
import { GRID_OPTIONS, type GridOptions, imageGrid, type Picture, type Samples } from '../image/grid.ts';
import { encodePng } from '../image/png.ts';
import { writeFileAtomic } from './files.ts';

/**
 * Writes a PNG, grey or in colour. A tensor of shape [n, h, w, 1], [n, h, w, 3] or [n, h, w] becomes a grid of n
 * images, one of shape [h, w], [h, w, 1] or [h, w, 3] a single image without a margin; values are in [-1, 1] and
 * clipped. A picture `{ pixels, width, height }` is written as it is, or enlarged by `scale`.
 *
 * The values are copied before the call returns its promise, so the tensor may be freed at once. The file gets its
 * name only when it is complete.
 *
 * @param options of the grid: `columns` (4), `margin` (2), `background` (0), `scale` (1; 4 makes small digits
 *   readable).
 * @throws ArgumentError or ShapeError for wrong arguments; RuntimeError if the file cannot be written.
 * @example
 * const samples = denseGenerator().predict(createRandom(1).normal([16, 100]));
 * await saveImage('digits.png', samples, { scale: 4 }); // four rows of four, 488 x 488 pixels
 */
export async function saveImage(path: string, image: Samples | Picture, options: GridOptions = {}): Promise<void> {
  if (typeof path !== 'string' || path === '') invalid('saveImage', 'path', 'the name of a file', path);
  const grid = readOptions('saveImage', options, GRID_OPTIONS);
  const { pixels, width, height } = toPicture(image, grid);
  const compress = (rows: Uint8Array): Uint8Array => deflateSync(rows, { level: 9 });
  await writeFileAtomic(path, encodePng(pixels, width, height, { compress }));
}

function toPicture(image: Samples | Picture, options: GridOptions & { readonly scale: number }): Picture {
  const expected = 'a tensor or a picture { pixels, width, height }';
  const { pixels, shape } = fieldsOf('saveImage', 'image', image, ['pixels', 'shape'], expected);
  if (pixels !== undefined) return enlarge('saveImage', image as Picture, options.scale);
  if (shape === undefined) return invalid('saveImage', 'image', expected, image);
  if (!isArray(shape)) return invalid('saveImage', 'image.shape', 'a list of sizes such as [16, 28, 28, 1]', shape);
  const samples = image as Samples;
  const sizes = samples.shape;
  if (sizes.length < 2 || sizes.length > 4) {
    throw new ShapeError(
      `saveImage: image has shape ${describe(shape)}; expected [n, h, w, 1], [n, h, w, 3] or [n, h, w] ` +
        'for a grid, [h, w], [h, w, 1] or [h, w, 3] for one image',
    );
  }
  const single = sizes.length === 2 || (sizes.length === 3 && (sizes[2] === 1 || sizes[2] === 3));
  if (!single) return imageGrid(samples, options);
  const [height, width, channels = 1] = sizes as readonly [number, number, number?];
  return imageGrid({ shape: [1, height, width, channels], data: samples.data }, { ...options, margin: 0 });
}
