/**
 * Matrix product Y = op(A) op(B), where op() transposes its operand if the options say so.
 *   dop(A) = dY op(B)^T;  dop(B) = op(A)^T dY
 * The gradient of a transposed operand is the transpose of this product, which is again a product: (P Q)^T = Q^T P^T.
 * The kernel reads transposed operands in place, so no transpose is copied. Stacks of matrices are one product for each
 * pair of matrices. An operand that is repeated along leading axes gets the sum over them as its gradient.
 */
import { record } from '../autograd/record.ts';
import { checkTensor, Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { boolean, readOptions } from '../core/options.ts';
import { broadcastShapes, formatShape, type Shape, sizeOf } from '../core/shape.ts';
import type { Address } from '../kernels/kernel.ts';
import { gemm } from '../kernels/library/gemm.ts';
import { sumTo } from './internal/broadcasting.ts';
import { stretchedStrides } from './internal/strided.ts';
import { reshape } from './reshape.ts';

/** The options of matmul(). */
export interface MatmulOptions {
  /** a is [..., k, m] and is transposed. Default false. */
  readonly transposeA?: boolean | undefined;
  /** b is [..., n, k] and is transposed. Default false. */
  readonly transposeB?: boolean | undefined;
}

const OPTIONS = { transposeA: boolean().or(false), transposeB: boolean().or(false) };

/**
 * The product of two matrices: [m, k] times [k, n] gives [m, n]. Of stacks of matrices, [..., m, k] and [..., k, n], it
 * is that of each pair, [..., m, n]; the leading axes are broadcast as in NumPy.
 *
 * @throws ShapeError if an operand is no matrix, the inner sizes differ or the leading axes do not broadcast;
 *   ArgumentError if an operand is no tensor, or for a wrong option.
 * @example
 * matmul(tensor([[1, 2]]), tensor([[3, 4]]), { transposeB: true }); // [[11]]
 * matmul(zeros([8, 1, 5, 3]), zeros([2, 3, 4])).shape; // [8, 2, 5, 4]
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  checkTensor('matmul', 'a', a);
  checkTensor('matmul', 'b', b);
  const { transposeA, transposeB } = readOptions('matmul', options, OPTIONS);
  checkSizes(a, b, transposeA, transposeB);
  if (a.rank === 2 || b.rank > 2 || transposeA) return product(a, b, transposeA, transposeB);
  // One matrix b for all: the rows of all matrices of a are those of a single one, also in the gradient of b.
  const rows = a.shape.slice(0, -1);
  const y = product(reshape(a, [sizeOf(rows), a.shape[a.rank - 1]!]), b, false, transposeB);
  return reshape(y, [...rows, y.shape[1]!]);
}

function product(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor {
  const [aRows, aColumns] = matrixOf(a);
  const [bRows, bColumns] = matrixOf(b);
  const [m, k] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const n = transposeB ? bRows : bColumns;
  const multiply = (y: Address, x: Address, w: Address): void => {
    gemm.run(y, x, w, m, n, k, n, aColumns, bColumns, transposeA ? 1 : 0, transposeB ? 1 : 0, 0);
  };
  let y: Tensor;
  if (a.rank === 2 && b.rank === 2) {
    y = new Tensor([m, n]);
    multiply(y.address, a.address, b.address);
  } else {
    const stack = broadcastShapes('matmul: leading axes', a.shape.slice(0, -2), b.shape.slice(0, -2));
    y = new Tensor([...stack, m, n]);
    forPairs(y, a, b, stack, multiply);
  }
  return record(
    'matmul',
    y,
    [a, b],
    [
      (dy) => sumTo(transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB), a.shape),
      (dy) => sumTo(transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false), b.shape),
    ],
  );
}

/** Runs `visit` for each matrix of y, with the two that it is the product of. */
function forPairs(
  y: Tensor,
  a: Tensor,
  b: Tensor,
  stack: Shape,
  visit: (y: Address, a: Address, b: Address) => void,
): void {
  const stepsA = stretchedStrides(a.shape, [...stack, ...matrixOf(a)]);
  const stepsB = stretchedStrides(b.shape, [...stack, ...matrixOf(b)]);
  const [rows, columns] = matrixOf(y);
  let out = y.address;
  const walk = (axis: number, i: Address, j: Address): void => {
    if (axis === stack.length) {
      visit(out, i, j);
      out += rows * columns;
    } else for (let t = 0; t < stack[axis]!; t++) walk(axis + 1, i + t * stepsA[axis]!, j + t * stepsB[axis]!);
  };
  walk(0, a.address, b.address);
}

/** The rows and columns of the matrices of a stack. */
function matrixOf({ shape, rank }: Tensor): readonly [rows: number, columns: number] {
  return [shape[rank - 2]!, shape[rank - 1]!];
}

function checkSizes(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): void {
  if (a.rank < 2 || b.rank < 2) {
    throw new ShapeError(
      `matmul: both operands must be matrices or stacks of them; got a ${formatShape(a.shape)} and b ` +
        `${formatShape(b.shape)}. Use reshape() first.`,
    );
  }
  const inner = matrixOf(a)[transposeA ? 0 : 1];
  const other = matrixOf(b)[transposeB ? 1 : 0];
  if (inner === other) return;
  const flags = `{ transposeA: ${transposeA}, transposeB: ${transposeB} }`;
  throw new ShapeError(
    `matmul: inner sizes differ: a ${formatShape(a.shape)} gives ${inner}, b ${formatShape(b.shape)} gives ${other} ` +
      `with ${flags}; they must be equal. Is an operand transposed?`,
  );
}
