/**
 * Finds the nearest training image for each generated one, by the Euclidean distance over all pixels. A generator that
 * has memorised its training images draws them again, at far smaller distances than those of unseen real images.
 */
import { integer, readOptions } from '../core/options.ts';
import type { Dataset } from '../data/dataset.ts';
import { BLOCK_ROWS, visitDistances } from './distance-blocks.ts';
import { checkSameImages, type Images, imageSource } from './image-source.ts';

/** The options of nearestNeighbours(). */
export interface NearestNeighboursOptions {
  /** Images of each set in a block of distances, which takes 4 blockSize^2 bytes. Default 1024. */
  readonly blockSize?: number | undefined;
}

const OPTIONS = { blockSize: integer(1, 16384).or(BLOCK_ROWS) };

/** For each image the nearest training image. */
export interface NearestNeighbours {
  /** The index of each image's nearest training image. */
  readonly indices: Int32Array;
  /** Its distance: the root of the summed squared differences, in the unit of the pixels (from -1 to 1). */
  readonly distances: Float64Array;
  /** The mean of the distances. */
  readonly mean: number;
}

/**
 * Finds the nearest training image for each image. The search is in float32, with errors of about 1e-6 of the images'
 * squared length. The distance to the image found is then computed in float64, so that a copy has distance 0.
 *
 * @param images - Tensor or Dataset [n, ...item].
 * @param trainingImages - Tensor or Dataset [m, ...item]. A dataset is unpacked one block at a time.
 * @throws ShapeError if the sets have images of different shapes; ArgumentError for a wrong option.
 * @example
 * const { images } = await loadMnist();
 * const { indices, distances } = nearestNeighbours(images.gather([7, 3]), images);
 * indices; // [7, 3]
 * distances; // [0, 0]
 */
export function nearestNeighbours(
  images: Images,
  trainingImages: Images,
  options: NearestNeighboursOptions = {},
): NearestNeighbours {
  const where = 'nearestNeighbours';
  const own = imageSource(where, 'images', images);
  const training = imageSource(where, 'trainingImages', trainingImages);
  checkSameImages(where, ['images', 'trainingImages'], own, training);
  const { blockSize } = readOptions(where, options, OPTIONS);

  const indices = new Int32Array(own.count);
  const squares = new Float32Array(own.count).fill(Infinity);
  visitDistances(
    own,
    training,
    (block) => {
      for (let i = 0; i < block.rowCount; i++) {
        const at = block.row + i;
        for (let j = 0; j < block.columnCount; j++) {
          const square = block.squares[i * block.columnCount + j]!;
          if (square >= squares[at]!) continue;
          squares[at] = square;
          indices[at] = block.column + j;
        }
      }
    },
    blockSize,
  );
  const distances = pairDistances(own, training, indices);
  return { indices, distances, mean: distances.reduce((sum, one) => sum + one, 0) / own.count };
}

/** The distance of each image to the training image at its index, in float64. */
function pairDistances(own: Dataset, training: Dataset, indices: Int32Array): Float64Array {
  return Float64Array.from(indices, (index, i) => {
    const [a, b] = [own.gather([i]), training.gather([index])];
    const [x, y] = [a.storage.view(), b.storage.view()];
    let sum = 0;
    for (let k = 0; k < x.length; k++) sum += (x[k]! - y[k]!) * (x[k]! - y[k]!);
    a.dispose();
    b.dispose();
    return Math.sqrt(sum);
  });
}
