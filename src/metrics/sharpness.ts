/**
 * Sharpness of images as the energy of their Laplacian, a focus measure from optics (Subbarao, Choi and Nikzad 1993),
 * with the 4-neighbour Laplacian of Gonzalez and Woods, Digital Image Processing:
 *   mean over inner pixels of (p(y - 1, x) + p(y + 1, x) + p(y, x - 1) + p(y, x + 1) - 4 p(y, x))^2
 * Of images in colour it is the mean over the three channels.
 */
import { visitBatches } from '../data/batches.ts';
import { type Images, imageSizes, imageSource } from './image-source.ts';

const BATCH = 1024;

/**
 * The mean squared Laplacian over all pixels that have four neighbours. It is low for blurred images and high for
 * noise. Better means nearer to the sharpness of real images, not higher.
 *
 * @param images - Tensor or Dataset [n, height, width, 1] (or [n, height, width]) or [n, height, width, 3], sides of
 *   at least 3.
 * @throws ShapeError if they are no images with sides of at least 3.
 * @example
 * const { images } = await loadMnist();
 * sharpness(images) > sharpness(zeros([1, 28, 28, 1])); // true: a plain picture has 0
 */
export function sharpness(images: Images): number {
  const where = 'sharpness';
  const source = imageSource(where, 'images', images);
  const { height, width, channels } = imageSizes(where, 'images', source, 3);
  const row = width * channels;
  let sum = 0;
  visitBatches(source, BATCH, ({ storage }) => {
    const data = storage.view();
    for (let image = 0; image < data.length; image += height * row) {
      sum += energy(data, image, height, row, channels);
    }
  });
  return sum / (source.count * (height - 2) * (width - 2) * channels);
}

/** The sum of one image, whose rows have `row` numbers. Neighbours in a row are `channels` numbers apart. */
function energy(data: Float32Array, start: number, height: number, row: number, channels: number): number {
  let sum = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = channels; x < row - channels; x++) {
      const at = start + y * row + x;
      const beside = data[at - channels]! + data[at + channels]!;
      const laplacian = data[at - row]! + data[at + row]! + beside - 4 * data[at]!;
      sum += laplacian * laplacian;
    }
  }
  return sum;
}
