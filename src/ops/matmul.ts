/**
 * Matrix product Y = op(A) op(B), op transposing where asked.
 *   dA = dY op(B)^T, db likewise; a transposed operand gets the transposed product, so no transpose is ever copied.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { boolean, readOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { gemm } from '../kernels/library/gemm.ts';

export interface MatmulOptions {
  /** Use the transpose of a: a is [k, m]. Default false. */
  readonly transposeA?: boolean | undefined;
  /** Use the transpose of b: b is [n, k]. Default false. */
  readonly transposeB?: boolean | undefined;
}

const OPTIONS = { transposeA: boolean().or(false), transposeB: boolean().or(false) };

/**
 * The product of two matrices, [m, k] x [k, n] -> [m, n].
 *
 * @example
 * matmul(tensor([[1, 2]]), tensor([[3, 4]]), { transposeB: true }); // [[11]]
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  checkTensor('matmul', 'a', a);
  checkTensor('matmul', 'b', b);
  const { transposeA, transposeB } = readOptions('matmul', options, OPTIONS);
  checkSizes(a, b, transposeA, transposeB);
  const y = product(a, b, transposeA, transposeB);
  return record(
    'matmul',
    y,
    [a, b],
    [
      (dy) => (transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB)),
      (dy) => (transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false)),
    ],
  );
}

function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const [aRows, aColumns] = a.shape as readonly [number, number];
  const [bRows, bColumns] = b.shape as readonly [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const n = transposeB ? bRows : bColumns;
  const y = new Tensor([m, n]);
  gemm.run(y.address, a.address, b.address, m, n, k, n, aColumns, bColumns, transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
  return y;
}

function checkSizes(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): void {
  if (a.rank !== 2 || b.rank !== 2) {
    throw new ShapeError(
      `matmul: both operands must be matrices; got a ${formatShape(a.shape)} and b ${formatShape(b.shape)}. Use reshape() first.`,
    );
  }
  const inner = a.shape[transposeA ? 0 : 1];
  const other = b.shape[transposeB ? 1 : 0];
  if (inner === other) return;
  const flags = `{ transposeA: ${transposeA}, transposeB: ${transposeB} }`;
  throw new ShapeError(
    `matmul: inner sizes differ: a ${formatShape(a.shape)} gives ${inner}, b ${formatShape(b.shape)} gives ${other} with ${flags}; they must be equal. Is an operand transposed?`,
  );
}
