/**
 * The order of every sum over rows or elements. One running float32 sum of n terms has an error of up to n roundings:
 * over a million rows the variance lost all but three digits. So terms are added in chains:
 *
 * - a chain adds up to CHAIN terms, one after the other, from 0;
 * - a block adds the sums of up to CHAIN chains, one after the other, from 0;
 * - the total adds the sums of the blocks, one after the other, from 0.
 *
 * A sum of at most CHAIN terms is one chain, the plain loop. With u = 2^-24 and gamma(k) = k u / (1 - k u), the error
 * of a sum of n terms is at most gamma(additions(n)) times the sum of their absolute values: 2 CHAIN + n / CHAIN^2
 * roundings instead of n, 528 for a million terms.
 *
 * Source: N. Higham, "Accuracy and Stability of Numerical Algorithms", 2nd edition, sections 3.1 and 4.2.
 */
import { type Expr, type FunctionBuilder, f32x4, i32, type Local, select, v128 } from '../wasm/index.ts';
import type { Arithmetic } from './sets.ts';
import { advance, forColumnGroups, keepLanes, type Pointer, sumLanes, toBytes, type Vector } from './simd/vectors.ts';

/** Length of the longest chain, a power of two. Changing it changes the bits. */
export const CHAIN = 256;

/** The largest number of additions that a term of a sum of n goes through: the k of the error bound gamma(k). */
export function additions(n: number): number {
  const chains = Math.ceil(n / CHAIN);
  return Math.min(n, CHAIN) + Math.min(chains, CHAIN) + Math.ceil(chains / CHAIN);
}

/** The portable sums of `count` terms, which `term` gives by their numbers. */
interface Sums {
  chained(count: number, term: (i: number) => number): number;
  /**
   * In four lanes: term i belongs to lane i mod 4, and lanes are added as (lane0 + lane1) + (lane2 + lane3).
   */
  inLanes(count: number, term: (i: number) => number): number;
}

export function createSums({ round }: Arithmetic): Sums {
  const chained: Sums['chained'] = (count, term) => {
    let block = 0;
    let total = 0;
    for (let from = 0; from < count; from += CHAIN) {
      const end = Math.min(from + CHAIN, count);
      let chain = 0;
      for (let i = from; i < end; i++) chain = round(chain + term(i));
      block = round(block + chain);
      if (end % (CHAIN * CHAIN) === 0) {
        total = round(total + block);
        block = 0;
      }
    }
    return round(total + block);
  };
  return {
    chained,
    inLanes(count, term) {
      const lane = (l: number): number => chained(Math.ceil((count - l) / 4), (i) => term(4 * i + l));
      return round(round(lane(0) + lane(1)) + round(lane(2) + lane(3)));
    },
  };
}

/**
 * SIMD sums of `count` terms each, `vectors` of them side by side.
 *
 * @param addTerms - emits the code that adds the next `length` terms to each vector of the chain. `left` is the number
 * of terms after them.
 */
export function chainedSums(
  f: FunctionBuilder,
  count: Local<'i32'>,
  vectors: number,
  addTerms: (chain: readonly Vector[], length: Local<'i32'>, left: Local<'i32'>) => void,
): readonly Vector[] {
  const zeros = (): Vector[] => Array.from({ length: vectors }, () => f.let(f32x4.const(0)));
  const [chain, block, total] = [zeros(), zeros(), zeros()];
  const left = f.let(count, 'left');
  const chains = f.let(i32.const(0), 'chains');
  const length = f.local('i32', 'length');
  /** Adds the second sums to the first ones, and sets them to 0. */
  const fold = (sums: readonly Vector[], terms: readonly Vector[]): void => {
    for (const [index, sum] of sums.entries()) {
      f.set(sum, f32x4.add(sum, terms[index]!));
      f.set(terms[index]!, f32x4.const(0));
    }
  };
  f.while(left, () => {
    f.set(length, select(left, i32.const(CHAIN), i32.lt_u(left, CHAIN)));
    f.set(left, i32.sub(left, length));
    addTerms(chain, length, left);
    fold(block, chain);
    f.set(chains, i32.add(chains, 1));
    f.if(i32.eqz(i32.and(chains, CHAIN - 1)), () => fold(total, block));
  });
  fold(total, block);
  return total;
}

/** Neighbouring columns of a matrix, four in each vector. */
interface ColumnGroup {
  /** These columns of a row. */
  load(row: Pointer): readonly Vector[];
  /**
   * Sums down the rows. `terms` emits the terms of four columns from the elements of the matrices there; `index` is the
   * number of the vector. Returns the sums of each term.
   */
  sum(
    matrices: readonly Pointer[],
    terms: (elements: readonly Expr<'v128'>[], index: number) => readonly Expr<'v128'>[],
  ): readonly (readonly Vector[])[];
  store(out: Pointer, values: readonly Vector[]): void;
}

/**
 * Runs `body` for groups of columns that cover all of them, of `widest` vectors where so many are left. `stride` is
 * that of all matrices. `sums` is the number of terms.
 */
export function forColumnSums(
  f: FunctionBuilder,
  { rows, columns, stride }: Readonly<Record<'rows' | 'columns' | 'stride', Local<'i32'>>>,
  widest: number,
  sums: number,
  body: (group: ColumnGroup) => void,
): void {
  toBytes(f, stride);
  forColumnGroups(f, columns, widest, (vectors, offset, store) => {
    const indices = Array.from({ length: vectors }, (_, index) => index);
    body({
      load: (row) => indices.map((index) => f.let(v128.load(i32.add(row, offset), 16 * index))),
      sum(matrices, terms) {
        const [i, ...others] = matrices.map((matrix) => f.let(i32.add(matrix, offset)));
        const totals = chainedSums(f, rows, sums * vectors, (chain, length) => {
          const end = f.let(i32.add(i!, i32.mul(length, stride)));
          f.for(i!, end, stride, () => {
            for (const index of indices) {
              const elements = [i!, ...others].map((pointer) => v128.load(pointer, 16 * index));
              for (const [k, term] of terms(elements, index).entries()) {
                const sum = chain[k * vectors + index]!;
                f.set(sum, f32x4.add(sum, term));
              }
            }
            advance(f, stride, ...others);
          });
        });
        return Array.from({ length: sums }, (_, k) => totals.slice(k * vectors, (k + 1) * vectors));
      },
      store(out, values) {
        for (const [index, value] of values.entries()) store(out, index, value);
      },
    });
  });
}

/**
 * The SIMD sum of `count` terms in four lanes.
 *
 * @param pointer - moves over the terms, 16 bytes a vector.
 * @param terms - emits the code of four terms and returns their value. Lanes past the last term are masked.
 * @param next - moves further pointers to the next four terms.
 */
export function sumInLanes(
  f: FunctionBuilder,
  pointer: Local<'i32'>,
  count: Local<'i32'>,
  terms: () => Expr<'v128'>,
  next: () => void = () => {},
): Expr<'f32'> {
  const rest = f.let(i32.and(count, 3), 'rest');
  const vectors = f.let(i32.shr_u(i32.add(count, 3), 2), 'vectors');
  const [total] = chainedSums(f, vectors, 1, ([lanes], length, left) => {
    const partial = f.let(i32.and(i32.ne(rest, 0), i32.eqz(left)));
    const end = f.let(i32.add(pointer, i32.shl(i32.sub(length, partial), 4)));
    f.for(pointer, end, 16, () => {
      f.set(lanes!, f32x4.add(lanes!, terms()));
      next();
    });
    f.if(partial, () => f.set(lanes!, f32x4.add(lanes!, keepLanes(terms(), rest))));
  });
  return sumLanes(total!);
}
