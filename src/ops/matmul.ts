/**
 * Matrix product Y = op(A) op(B), where op() transposes its operand if the options say so.
 *   dop(A) = dY op(B)^T;  dop(B) = op(A)^T dY
 * The gradient of a transposed operand is the transpose of this product, which is again a product: (P Q)^T = Q^T P^T.
 * The kernel reads transposed operands in place, so no transpose is copied.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { boolean, readOptions } from '../core/options.ts';
import { formatShape } from '../core/shape.ts';
import { gemm } from '../kernels/library/gemm.ts';

export interface MatmulOptions {
  /** a is [k, m] and is transposed. Default false. */
  readonly transposeA?: boolean | undefined;
  /** b is [n, k] and is transposed. Default false. */
  readonly transposeB?: boolean | undefined;
}

const OPTIONS = { transposeA: boolean().or(false), transposeB: boolean().or(false) };

/**
 * The product of two matrices: [m, k] times [k, n] gives [m, n].
 *
 * @example
 * matmul(tensor([[1, 2]]), tensor([[3, 4]]), { transposeB: true }); // [[11]]
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  checkTensor('matmul', 'a', a);
  checkTensor('matmul', 'b', b);
  const { transposeA, transposeB } = readOptions('matmul', options, OPTIONS);
  checkSizes(a, b, transposeA, transposeB);
  return product(a, b, transposeA, transposeB);
}

function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const [aRows, aColumns] = a.shape as readonly [number, number];
  const [bRows, bColumns] = b.shape as readonly [number, number];
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const n = transposeB ? bRows : bColumns;
  const y = new Tensor([m, n]);
  gemm.run(y.address, a.address, b.address, m, n, k, n, aColumns, bColumns, transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
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

function checkSizes(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): void {
  if (a.rank !== 2 || b.rank !== 2) {
    throw new ShapeError(
      `matmul: both operands must be matrices; got a ${formatShape(a.shape)} and b ${formatShape(b.shape)}. ` +
        'Use reshape() first.',
    );
  }
  const inner = a.shape[transposeA ? 0 : 1];
  const other = b.shape[transposeB ? 1 : 0];
  if (inner === other) return;
  const flags = `{ transposeA: ${transposeA}, transposeB: ${transposeB} }`;
  throw new ShapeError(
    `matmul: inner sizes differ: a ${formatShape(a.shape)} gives ${inner}, b ${formatShape(b.shape)} gives ${other} ` +
      `with ${flags}; they must be equal. Is an operand transposed?`,
  );
}
