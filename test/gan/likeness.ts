/**
 * How much samples look like digits, in one number that learning moves and nothing else does.
 *
 * The discriminator of the dense GAN begins with a batch normalisation, so a shift of all images by the same picture is
 * invisible to it: the mean image is not learned (its gradient is exactly 0), and no distance that sees it would tell a
 * trained generator from another. What is learned first is which strokes come together. So: average 4x4 pixels (28x28
 * -> 7x7), take the covariance of each of the 1,176 pairs of cells over the samples, and correlate these numbers with
 * those of real digits. 1 is the same structure; independent pixels, even with the right mean and variance each, give
 * 0.
 */
import { IMAGE_SIZE } from './small-pair.ts';

const SIDE = 28;
const CELL = 4;
const CELLS_PER_SIDE = SIDE / CELL;
const CELLS = CELLS_PER_SIDE ** 2;

/** The correlation of the covariances of `samples` and `real`, each [n, 784], in [-1, 1]. */
export function likeness(samples: ArrayLike<number>, real: ArrayLike<number>): number {
  return correlation(covariances(cellMeans(samples)), covariances(cellMeans(real)));
}

/** [n, 784] -> [n, 49] */
function cellMeans(images: ArrayLike<number>): Float64Array {
  const count = images.length / IMAGE_SIZE;
  const cells = new Float64Array(count * CELLS);
  for (let i = 0; i < images.length; i++) {
    const pixel = i % IMAGE_SIZE;
    const row = Math.floor(pixel / SIDE / CELL);
    const column = Math.floor((pixel % SIDE) / CELL);
    const cell = Math.floor(i / IMAGE_SIZE) * CELLS + row * CELLS_PER_SIDE + column;
    cells[cell] = cells[cell]! + images[i]! / CELL ** 2;
  }
  return cells;
}

/** Of each pair of different cells. */
function covariances(cells: Float64Array): number[] {
  const count = cells.length / CELLS;
  const mean = new Float64Array(CELLS);
  for (let i = 0; i < cells.length; i++) mean[i % CELLS] = mean[i % CELLS]! + cells[i]! / count;
  const pairs: number[] = [];
  for (let a = 0; a < CELLS; a++) {
    for (let b = 0; b < a; b++) {
      let sum = 0;
      for (let at = 0; at < cells.length; at += CELLS) sum += (cells[at + a]! - mean[a]!) * (cells[at + b]! - mean[b]!);
      pairs.push(sum / count);
    }
  }
  return pairs;
}

function correlation(x: readonly number[], y: readonly number[]): number {
  const meanOf = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const [mx, my] = [meanOf(x), meanOf(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i]! - mx, y[i]! - my];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xy / Math.sqrt(xx * yy);
}
