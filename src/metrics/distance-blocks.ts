/**
 * Squared Euclidean distances between the rows of two matrices, computed in blocks so that memory stays bounded:
 *   |x - y|^2 = |x|^2 + |y|^2 - 2 x . y
 * The products of a block are one GEMM. Its float32 rounding gives an absolute error of about 1e-6 (|x|^2 + |y|^2).
 */
import { withoutRecording } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import type { Tensor } from '../autograd/tensor.ts';
import type { Dataset } from '../data/dataset.ts';
import { matmul } from '../ops/matmul.ts';
import { reshape } from '../ops/reshape.ts';

/** Rows of x and of y in a block: 4 MB of distances. */
export const BLOCK_ROWS = 1024;

interface DistanceBlock {
  /** Row-major, [rowCount, columnCount]. Valid only during the visit. */
  readonly squares: Float32Array;
  /** Index of the block's first row in x, and of its first column in y. */
  readonly row: number;
  readonly column: number;
  readonly rowCount: number;
  readonly columnCount: number;
}

/** Visits the distances of all items of x (rows) to all of y (columns), block by block. */
export function visitDistances(
  x: Dataset,
  y: Dataset,
  visit: (block: DistanceBlock) => void,
  blockRows: number = BLOCK_ROWS,
): void {
  const inner = (row: number, left: Tensor, leftSquares: Float64Array, column: number): void => {
    const right = rowsOf(y, column, blockRows);
    const rightSquares = squaredNorms(right);
    const products = matmul(left, right, { transposeB: true });
    const squares = products.storage.view();
    const [rowCount, columnCount] = products.shape as readonly [number, number];
    for (let i = 0; i < rowCount; i++) {
      const own = leftSquares[i]!;
      for (let j = 0, at = i * columnCount; j < columnCount; j++, at++) {
        squares[at] = Math.max(0, own + rightSquares[j]! - 2 * squares[at]!);
      }
    }
    visit({ squares, row, column, rowCount, columnCount });
  };
  for (let row = 0; row < x.count; row += blockRows) {
    withoutRecording(() =>
      scope(() => {
        const left = rowsOf(x, row, blockRows);
        const leftSquares = squaredNorms(left);
        for (let column = 0; column < y.count; column += blockRows) {
          scope(() => inner(row, left, leftSquares, column), 'distances');
        }
      }, 'distances'),
    );
  }
}

/** A block of items from `start` on, each flattened to a row. */
function rowsOf(source: Dataset, start: number, blockRows: number): Tensor {
  const count = Math.min(blockRows, source.count - start);
  const items = source.gather(Int32Array.from({ length: count }, (_, i) => start + i));
  return items.rank === 2 ? items : reshape(items, [count, items.size / count]);
}

function squaredNorms(rows: Tensor): Float64Array {
  const [n, d] = rows.shape as readonly [number, number];
  const data = rows.storage.view();
  const squares = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let k = i * d; k < i * d + d; k++) sum += data[k]! * data[k]!;
    squares[i] = sum;
  }
  return squares;
}
