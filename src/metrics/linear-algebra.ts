/**
 * Symmetric matrices in float64 for the Frechet distance: eigenvalues by cyclic Jacobi rotations, the square root, and
 * the trace of (A B)^(1/2). Only + - * / and square roots are used, so every engine gives the same bits.
 *
 * A matrix is a row-major Float64Array, n x n. Jacobi's method takes O(n^3) per sweep and about ten sweeps: 0.05 s for
 * n = 128. Source: Golub and Van Loan, Matrix Computations, sections 8.5 (Jacobi) and 8.6.3 (one-sided Jacobi).
 */
import { RuntimeError } from '../core/errors.ts';

interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Row i is the unit eigenvector of values[i]. */
  readonly vectors: Float64Array;
}

const EPSILON: number = Number.EPSILON;

/** Convergence is quadratic and usually takes ten sweeps; more than this is an error. */
const MAX_SWEEPS = 100;

/**
 * A = V^T diag(values) V. Only the upper triangle is read; all entries must be finite.
 * Eigenvalues have an absolute error of about n EPSILON |A|; vectors are orthogonal to about n EPSILON.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const scale = powerOfTwoScale(matrix);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) a[i * n + j] = a[j * n + i] = matrix[i * n + j]! * scale;
  const v = identity(n);
  // If every entry off the diagonal is below this, their Frobenius norm is below EPSILON |A|.
  const negligible = (EPSILON * norm(a)) / Math.max(n, 1);
  sweepUntilDiagonal(n, (p, q) => {
    const off = a[p * n + q]!;
    if (Math.abs(off) <= negligible) return false;
    const [t, c, s] = rotation((a[q * n + q]! - a[p * n + p]!) / (2 * off));
    a[p * n + p]! -= t * off;
    a[q * n + q]! += t * off;
    a[p * n + q] = a[q * n + p] = 0;
    for (let k = 0; k < n; k++) {
      if (k === p || k === q) continue;
      const ap = a[p * n + k]!;
      const aq = a[q * n + k]!;
      a[p * n + k] = a[k * n + p] = c * ap - s * aq;
      a[q * n + k] = a[k * n + q] = s * ap + c * aq;
    }
    rotateRows(v, n, p, q, c, s);
    return true;
  });
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => a[j * n + j]! - a[i * n + i]!);
  const values = Float64Array.from(order, (i) => a[i * n + i]! / scale);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * n, from * n + n), to * n);
  });
  return { values, vectors };
}

/**
 * The symmetric square root of a positive semidefinite matrix. Eigenvalues up to n EPSILON times the largest, and
 * negative ones, are rounding errors and count as 0, so that the root of a rank-deficient matrix has the same rank.
 */
export function squareRoot(matrix: Float64Array, n: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, n);
  const rounding = n * EPSILON * (values[0] ?? 0);
  const root = new Float64Array(n * n);
  for (let e = 0; e < n; e++) {
    const value = values[e]!;
    if (!(value > 0 && value > rounding)) continue;
    const factor = Math.sqrt(value);
    for (let i = 0; i < n; i++) {
      const left = factor * vectors[e * n + i]!;
      for (let j = 0; j < n; j++) root[i * n + j]! += left * vectors[e * n + j]!;
    }
  }
  return root;
}

/**
 * tr (A B)^(1/2) for positive semidefinite A and B, as the sum of the singular values of A^(1/2) B^(1/2). These equal
 * the square roots of the eigenvalues of A^(1/2) B A^(1/2), but are more accurate: the root of an eigenvalue with an
 * error of EPSILON has an error of EPSILON^(1/2).
 */
export function traceOfRootProduct(a: Float64Array, b: Float64Array, n: number): number {
  const product = multiply(squareRoot(a, n), squareRoot(b, n), n);
  return singularValues(product, n).reduce((sum, value) => sum + value, 0);
}

/**
 * Rotates the rows until they are orthogonal and returns their lengths, in descending order. Errors are about n EPSILON
 * times the largest.
 */
export function singularValues(matrix: Float64Array, n: number): Float64Array {
  const scale = powerOfTwoScale(matrix);
  const g = matrix.map((value) => value * scale);
  const total = norm(g);
  // Such short rows are rounding errors. Their directions are random, and rotating them would never end.
  const negligible = EPSILON * total * (EPSILON * total);
  sweepUntilDiagonal(n, (p, q) => {
    let pp = 0;
    let qq = 0;
    let pq = 0;
    for (let k = 0; k < n; k++) {
      const gp = g[p * n + k]!;
      const gq = g[q * n + k]!;
      pp += gp * gp;
      qq += gq * gq;
      pq += gp * gq;
    }
    if (pp <= negligible || qq <= negligible || Math.abs(pq) <= n * EPSILON * Math.sqrt(pp) * Math.sqrt(qq))
      return false;
    const [, c, s] = rotation((qq - pp) / (2 * pq));
    rotateRows(g, n, p, q, c, s);
    return true;
  });
  const values = Float64Array.from({ length: n }, (_, i) => norm(g.subarray(i * n, i * n + n)) / scale);
  return values.sort((x, y) => y - x);
}

export function trace(matrix: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += matrix[i * n + i]!;
  return sum;
}

export function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const left = a[i * n + k]!;
      for (let j = 0; j < n; j++) c[i * n + j]! += left * b[k * n + j]!;
    }
  }
  return c;
}

/** Tangent, cosine and sine of the smaller angle that makes a pair orthogonal: cot(2 angle) = theta. */
function rotation(theta: number): readonly [t: number, c: number, s: number] {
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  return [t, c, t * c];
}

function rotateRows(m: Float64Array, n: number, p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < n; k++) {
    const mp = m[p * n + k]!;
    const mq = m[q * n + k]!;
    m[p * n + k] = c * mp - s * mq;
    m[q * n + k] = s * mp + c * mq;
  }
}

/** Visits all pairs p < q, row by row, until a whole sweep rotates none. */
function sweepUntilDiagonal(n: number, rotate: (p: number, q: number) => boolean): void {
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let done = true;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) if (rotate(p, q)) done = false;
    if (done) return;
  }
  throw new RuntimeError(`eigenvalues: no convergence in ${MAX_SWEEPS} sweeps; are all entries finite?`);
}

/** The power of two that brings the largest entry into [1, 2). Scaling by it is exact, and squares do not overflow. */
function powerOfTwoScale(matrix: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < matrix.length; i++) largest = Math.max(largest, Math.abs(matrix[i]!));
  let scale = 1;
  if (largest === 0 || !Number.isFinite(largest)) return scale;
  while (largest * scale >= 2 && scale > 2 ** -1000) scale /= 2;
  while (largest * scale < 1 && scale < 2 ** 1000) scale *= 2;
  return scale;
}

function norm(values: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return Math.sqrt(sum);
}

function identity(n: number): Float64Array {
  const one = new Float64Array(n * n);
  for (let i = 0; i < n; i++) one[i * n + i] = 1;
  return one;
}
