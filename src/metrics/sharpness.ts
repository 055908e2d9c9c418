/**
 * Sharpness of images as the energy of their Laplacian, a focus measure from optics (Subbarao, Choi and Nikzad 1993),
 * with the 4-neighbour Laplacian of Gonzalez and Woods, Digital Image Processing:
 *   mean over inner pixels of (p(y - 1, x) + p(y + 1, x) + p(y, x - 1) + p(y, x + 1) - 4 p(y, x))^2
 */
import { visitBatches } from '../data/batches.ts';
import { greySides, type Images, imageSource } from './image-source.ts';

const BATCH = 1024;

/**
 * The mean squared Laplacian over all pixels that have four neighbours. It is low for blurred images and high for
 * noise. Better means nearer to the sharpness of real images, not higher.
 *
 * @param images - Tensor or Dataset [n, height, width, 1] (or [n, height, width]), sides of at least 3.
 * @example
 * sharpness(generated) / sharpness(real); // below 1 if blurred
 */
export function sharpness(images: Images): number {
  const where = 'sharpness';
  const source = imageSource(where, 'images', images);
  const { height, width } = greySides(where, 'images', source, 3);
  let sum = 0;
  visitBatches(source, BATCH, ({ storage }) => {
    const data = storage.view();
    for (let image = 0; image < data.length; image += height * width) sum += energy(data, image, height, width);
  });
  return sum / (source.count * (height - 2) * (width - 2));
}

function energy(data: Float32Array, start: number, height: number, width: number): number {
  let sum = 0;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = start + y * width + x;
      const laplacian = data[at - width]! + data[at + width]! + data[at - 1]! + data[at + 1]! - 4 * data[at]!;
      sum += laplacian * laplacian;
    }
  }
  return sum;
}
