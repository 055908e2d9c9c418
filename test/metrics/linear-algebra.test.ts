/**
 * Matrices with eigenvalues in closed form, residuals, and orthogonality. Bounds are multiples of n EPSILON |A|, the
 * backward error of Jacobi's method (Golub and Van Loan, 8.5). The factors leave room for the rounding of the tests
 * themselves.
 */
import { describe, expect, it } from 'vitest';
import {
  multiply,
  singularValues,
  squareRoot,
  symmetricEigen,
  traceOfRootProduct,
} from '../../src/metrics/linear-algebra.ts';
import { readMetrics } from '../support/fixtures.ts';
import { hashedFloats } from '../support/reference.ts';

const EPSILON = Number.EPSILON;

const matrix = (n: number, entry: (i: number, j: number) => number): Float64Array =>
  Float64Array.from({ length: n * n }, (_, at) => entry(Math.floor(at / n), at % n));
const length = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
const transpose = (a: Float64Array, n: number): Float64Array => matrix(n, (i, j) => a[j * n + i]!);

/** Seeded symmetric positive semidefinite: G^T G with `rank` rows in G. */
function gram(n: number, rank: number, salt: number): Float64Array {
  const g = hashedFloats(rank * n, salt);
  return matrix(n, (i, j) => {
    let sum = 0;
    for (let r = 0; r < rank; r++) sum += g[r * n + i]! * g[r * n + j]!;
    return sum;
  });
}

const laplacian = (n: number): Float64Array => matrix(n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
const hilbert = (n: number): Float64Array => matrix(n, (i, j) => 1 / (i + j + 1));
const SCALES = [1, 1e-300, 1e300, 3e-160, 7e155];

/** Each with its eigenvalues, descending. */
const KNOWN: readonly (readonly [name: string, n: number, a: Float64Array, values: readonly number[]])[] = [
  ['empty', 0, new Float64Array(0), []],
  ['1 x 1', 1, Float64Array.of(-3), [-3]],
  ['zero', 4, new Float64Array(16), [0, 0, 0, 0]],
  ['diagonal, unsorted', 4, matrix(4, (i, j) => (i === j ? [2, -7, 5, 2][i]! : 0)), [5, 2, 2, -7]],
  ['2 x 2', 2, Float64Array.of(2, 1, 1, 2), [3, 1]],
  [
    'all ones: the eigenvalues n and n - 1 zeros',
    9,
    new Float64Array(81).fill(1),
    [9, ...new Array<number>(8).fill(0)],
  ],
  [
    'identity + ones: repeated eigenvalues',
    30,
    matrix(30, (i, j) => (i === j ? 2 : 1)),
    [31, ...new Array<number>(29).fill(1)],
  ],
  ...[2, 17, 64, 128].map((n) => {
    const values = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((n - k) * Math.PI) / (n + 1)));
    return [`1-D Laplacian, n = ${n}: 2 - 2 cos(k pi / (n + 1))`, n, laplacian(n), values] as const;
  }),
  ['Hilbert, n = 8, by numpy', 8, hilbert(8), [...readMetrics().hilbert.values].reverse()],
];

describe('symmetricEigen', () => {
  it.each(KNOWN)('%s', (_, n, a, expected) => {
    const { values } = symmetricEigen(a, n);
    const bound = 4 * Math.max(n, 1) * EPSILON * length(a);
    expect(values.length).toBe(n);
    values.forEach((value, i) => {
      expect(Math.abs(value - expected[i]!), `value ${i}: ${value}`).toBeLessThanOrEqual(bound);
    });
  });

  it.each([
    ...KNOWN.map(([name, n, a]) => [name, n, a] as const),
    ['random, n = 128', 128, gram(128, 200, 5)] as const,
    ['rank 3 of 40', 40, gram(40, 3, 6)] as const,
    ['graded over 12 orders', 24, matrix(24, (i, j) => hilbert(24)[i * 24 + j]! * 10 ** (-(i + j) / 4))] as const,
    ...SCALES.map((scale) => [`Laplacian times ${scale}`, 12, laplacian(12).map((one) => one * scale)] as const),
  ])('%s: A v = value v, and the vectors are orthonormal', (_, n, a) => {
    const { values, vectors } = symmetricEigen(a, n);
    const size = Math.max(...a.map(Math.abs), 0);
    for (let e = 0; e < n; e++) {
      const v = vectors.subarray(e * n, e * n + n);
      if (e > 0) expect(values[e]!).toBeLessThanOrEqual(values[e - 1]!);
      // Divided by the size, so that norms of entries near 1e300 do not overflow.
      const residual = Array.from({ length: n }, (_, i) => {
        let sum = 0;
        for (let j = 0; j < n; j++) sum += (a[i * n + j]! / (size || 1)) * v[j]!;
        return sum - (values[e]! / (size || 1)) * v[i]!;
      });
      expect(length(residual), `residual ${e}`).toBeLessThanOrEqual(4 * n * EPSILON * n);
      for (let f = 0; f <= e; f++) {
        let dot = 0;
        for (let k = 0; k < n; k++) dot += v[k]! * vectors[f * n + k]!;
        expect(Math.abs(dot - (e === f ? 1 : 0)), `vectors ${e}, ${f}`).toBeLessThanOrEqual(4 * n * EPSILON);
      }
    }
  });

  it('keeps trace and Frobenius norm, n = 128', () => {
    const a = gram(128, 300, 8);
    const { values } = symmetricEigen(a, 128);
    const trace = Array.from({ length: 128 }, (_, i) => a[i * 129]!).reduce((sum, one) => sum + one, 0);
    const bound = 128 * EPSILON * length(a);
    expect(Math.abs(values.reduce((sum, one) => sum + one, 0) - trace)).toBeLessThanOrEqual(4 * bound);
    expect(Math.abs(length(values) - length(a))).toBeLessThanOrEqual(4 * bound);
  });

  it('does not change its argument, and reads only the upper triangle', () => {
    const a = gram(6, 9, 3);
    const upper = matrix(6, (i, j) => (i <= j ? a[i * 6 + j]! : NaN));
    const kept = upper.slice();
    expect(symmetricEigen(upper, 6)).toEqual(symmetricEigen(a, 6));
    expect(upper).toEqual(kept);
  });

  it('throws an error if it does not converge', () => {
    expect(() => symmetricEigen(Float64Array.of(NaN, 1, 1, 2), 2)).toThrow(/^eigenvalues: no convergence .* finite\?/);
  });
});

describe('squareRoot', () => {
  it.each([
    ['random, n = 64', 64, gram(64, 90, 1)],
    ['Laplacian, n = 40', 40, laplacian(40)],
    ['Hilbert, n = 10', 10, hilbert(10)],
    ['rank 5 of 32', 32, gram(32, 5, 2)],
    ['zero', 3, new Float64Array(9)],
  ] as const)('%s: is symmetric, and its square is the matrix', (_, n, a) => {
    const root = squareRoot(a, n);
    const bound = 8 * n * EPSILON * length(a);
    const square = multiply(root, root, n);
    expect(length(square.map((one, i) => one - a[i]!))).toBeLessThanOrEqual(bound);
    const turned = transpose(root, n);
    expect(length(root.map((one, i) => one - turned[i]!))).toBeLessThanOrEqual(8 * EPSILON * length(root));
  });

  it('of a matrix of rank 5 has rank 5: the roots of rounding errors are not added', () => {
    const values = symmetricEigen(squareRoot(gram(32, 5, 2), 32), 32).values;
    expect(values[4]!).toBeGreaterThan(0.1);
    // An eigenvalue of EPSILON that was not cut off would leave its root, 1e-8.
    for (const value of values.slice(5)) expect(Math.abs(value)).toBeLessThan(1e-13);
  });
});

describe('singularValues', () => {
  it('of a symmetric matrix are the absolute values of its eigenvalues', () => {
    const entries = hashedFloats(40 * 40, 4);
    const a = matrix(40, (i, j) => entries[Math.min(i, j) * 40 + Math.max(i, j)]!);
    const expected = symmetricEigen(a, 40)
      .values.map(Math.abs)
      .sort((x, y) => y - x);
    singularValues(a, 40).forEach((value, i) => {
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(4 * 40 * EPSILON * length(a));
    });
  });

  it('of a rank-deficient matrix are rounding errors beyond its rank, also at extreme scales', () => {
    for (const scale of SCALES) {
      const values = singularValues(
        gram(20, 4, 9).map((one) => one * scale),
        20,
      );
      expect(values[3]! / values[0]!).toBeGreaterThan(0.1);
      for (const value of values.slice(4)) expect(value / values[0]!).toBeLessThan(20 * EPSILON);
    }
  });
});

describe('traceOfRootProduct', () => {
  it('of A and A is the trace of A, for any rank', () => {
    for (const [n, rank] of [
      [1, 1],
      [16, 40],
      [16, 16],
      [16, 2],
      [100, 30],
      [128, 500],
    ] as const) {
      const a = gram(n, rank, n + rank);
      const trace = Array.from({ length: n }, (_, i) => a[i * (n + 1)]!).reduce((sum, one) => sum + one, 0);
      expect(Math.abs(traceOfRootProduct(a, a, n) / trace - 1), `${n}, ${rank}`).toBeLessThan(8 * n * EPSILON);
    }
  });

  it('of diagonal matrices is the sum of sqrt(a b)', () => {
    const [a, b] = [
      [4, 9, 0, 1e-6],
      [1, 16, 5, 1e-6],
    ] as const;
    const diagonal = (values: readonly number[]): Float64Array => matrix(4, (i, j) => (i === j ? values[i]! : 0));
    expect(traceOfRootProduct(diagonal(a), diagonal(b), 4)).toBeCloseTo(2 + 12 + 0 + 1e-6, 13);
  });

  it('of matrices whose ranges are orthogonal is 0', () => {
    const a = matrix(6, (i, j) => (i < 3 && j < 3 ? gram(3, 5, 1)[i * 3 + j]! : 0));
    const b = matrix(6, (i, j) => (i >= 3 && j >= 3 ? gram(3, 5, 2)[(i - 3) * 3 + j - 3]! : 0));
    expect(traceOfRootProduct(a, b, 6)).toBeLessThan(1e-14);
  });

  it('is symmetric, and scales as the root of both factors', () => {
    const [a, b] = [gram(24, 30, 3), gram(24, 10, 4)];
    const value = traceOfRootProduct(a, b, 24);
    expect(Math.abs(traceOfRootProduct(b, a, 24) / value - 1)).toBeLessThan(1e-13);
    const fourfold = traceOfRootProduct(
      a.map((one) => 4 * one),
      b.map((one) => 9 * one),
      24,
    );
    expect(Math.abs(fourfold / value - 6)).toBeLessThan(1e-12);
  });
});
