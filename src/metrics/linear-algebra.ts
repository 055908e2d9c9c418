/**
 * Symmetric matrices in float64, as the Frechet distance needs them: eigenvalues by cyclic Jacobi rotations, the square root, and the
 * trace of (A B)^(1/2). Only + - * / and square roots, so the same bits on every engine.
 *
 * A matrix is a Float64Array, row-major, n x n. Jacobi's method takes O(n^3) per sweep and about ten sweeps: 0.05 s at n = 128.
 * Sources: Golub and Van Loan, Matrix Computations, section 8.5 (Jacobi) and 8.6.3 (one-sided Jacobi for singular values).
 */
import { RuntimeError } from '../core/errors.ts';

export interface SymmetricEigen {
  /** Descending. */
  readonly values: Float64Array;
  /** Row i is the unit eigenvector of values[i]. */
  readonly vectors: Float64Array;
}

const EPSILON: number = Number.EPSILON;

/** Sweeps until nothing is left to rotate: convergence is quadratic, ten are usual. */
const MAX_SWEEPS = 100;

/**
 * A = V^T diag(values) V. The upper triangle is read; all entries must be finite.
 * Errors: eigenvalues n EPSILON |A| in absolute terms, vectors orthogonal to n EPSILON.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const scale = powerOfTwoScale(matrix);
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = i; j < n; j++) a[i * n + j] = a[j * n + i] = matrix[i * n + j]! * scale;
  const v = identity(n);
  // With every entry off the diagonal below this, their Frobenius norm is below EPSILON |A|.
  const negligible = (EPSILON * norm(a)) / Math.max(n, 1);
  sweepUntilStill(n, (p, q) => {
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
 * The square root of a positive semidefinite matrix, itself symmetric. Eigenvalues of at most n EPSILON times the largest, negative ones
 * too, are rounding: they count as 0, so that the root of a rank-deficient matrix has its rank.
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
 * tr (A B)^(1/2) for positive semidefinite A and B: the sum of the square roots of the eigenvalues of A^(1/2) B A^(1/2), got as the singular
 * values of A^(1/2) B^(1/2). Those are the same numbers, but the root of an eigenvalue whose rounding error is EPSILON has an error of
 * EPSILON^(1/2), and a singular value has not.
 */
export function traceOfRootProduct(a: Float64Array, b: Float64Array, n: number): number {
  const product = multiply(squareRoot(a, n), squareRoot(b, n), n);
  return singularValues(product, n).reduce((sum, value) => sum + value, 0);
}

/** Descending, with errors of about n EPSILON times the largest. Rows are made orthogonal by rotations; their lengths remain. */
export function singularValues(matrix: Float64Array, n: number): Float64Array {
  const scale = powerOfTwoScale(matrix);
  const g = matrix.map((value) => value * scale);
  const total = norm(g);
  // Rows as short as that are rounding; their directions are random and would turn for ever.
  const negligible = EPSILON * total * (EPSILON * total);
  sweepUntilStill(n, (p, q) => {
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

/** Tangent, cosine and sine of the smaller of the two angles that make a pair orthogonal: cot(2 angle) = theta. */
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

/** Visits all pairs p < q, row by row, until a whole sweep has rotated none. */
function sweepUntilStill(n: number, rotate: (p: number, q: number) => boolean): void {
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let still = true;
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) if (rotate(p, q)) still = false;
    if (still) return;
  }
  throw new RuntimeError(`eigenvalues: no convergence in ${MAX_SWEEPS} sweeps; are all entries finite?`);
}

/** A power of two that brings the largest entry into [1, 2): squares then neither overflow nor vanish, and scaling is exact. */
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
