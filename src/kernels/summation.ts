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
import { type Expr, type FunctionBuilder, f32x4, i32, type Local, select } from '../wasm/index.ts';
import type { Floats, Heap } from './heap.ts';
import { keepLanes, sumLanes, type Vector } from './simd/vectors.ts';

/** Length of the longest chain, a power of two. Changing it changes the bits. */
export const CHAIN = 256;

/** The largest number of additions that a term of a sum of n goes through: the k of the error bound gamma(k). */
export function additions(n: number): number {
  const chains = Math.ceil(n / CHAIN);
  return Math.min(n, CHAIN) + Math.min(chains, CHAIN) + Math.ceil(chains / CHAIN);
}

/**
 * Adds to chain[s], for each sum s, its terms from `from` to before `to`. Storing rounds. Implementations must copy
 * heap.floats to a local variable: V8 reads a captured one again for every element.
 */
type AddTerms = (chain: Floats, from: number, to: number) => void;

/** Portable sums, several side by side: columns or lanes. */
export interface Sums {
  /** `width` sums of `count` terms each. The result is scratch memory: read it before the next call. */
  chained(count: number, width: number, add: AddTerms): Floats;
  /**
   * One sum of `count` terms in four lanes: term i belongs to lane i mod 4, and lanes are added as (lane0 + lane1) +
   * (lane2 + lane3).
   */
  inLanes(count: number, add: AddTerms): number;
}

export function createSums(heap: Heap, round: (x: number) => number): Sums {
  let chain = scratchOf(heap, 4);
  let block = scratchOf(heap, 4);
  let total = scratchOf(heap, 4);

  const chained: Sums['chained'] = (count, width, add) => {
    if (chain.length < width)
      [chain, block, total] = [scratchOf(heap, width), scratchOf(heap, width), scratchOf(heap, width)];
    clear(chain, width);
    if (count <= CHAIN) {
      add(chain, 0, count);
      return chain;
    }
    clear(block, width);
    clear(total, width);
    let chains = 0;
    for (let from = 0; from < count; from += CHAIN) {
      add(chain, from, Math.min(from + CHAIN, count));
      fold(block, chain, width);
      if (++chains % CHAIN === 0) fold(total, block, width);
    }
    fold(total, block, width);
    return total;
  };
  return {
    chained,
    inLanes(count, add) {
      let lanes = chain;
      if (count <= 4 * CHAIN) {
        clear(lanes, 4);
        add(lanes, 0, count);
      } else lanes = chained(Math.ceil(count / 4), 4, (four, from, to) => add(four, 4 * from, Math.min(4 * to, count)));
      return round(round(lanes[0]! + lanes[1]!) + round(lanes[2]! + lanes[3]!));
    },
  };
}

/** Scratch memory outside the heap, with the heap's precision. */
function scratchOf({ floats }: Heap, length: number): Floats {
  return floats instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
}

function clear(sums: Floats, width: number): void {
  for (let s = 0; s < width; s++) sums[s] = 0;
}

/** Adds the second sums to the first ones, and sets them to 0. */
function fold(sums: Floats, terms: Floats, width: number): void {
  for (let s = 0; s < width; s++) {
    sums[s] = sums[s]! + terms[s]!;
    terms[s] = 0;
  }
}

/** Number of columns that are summed side by side: their sums fit in the first-level cache. */
const TILE = 256;

/** Calls `body` for consecutive runs of columns that cover all of them. */
export function inTiles(columns: number, body: (first: number, width: number) => void): void {
  for (let first = 0; first < columns; first += TILE) body(first, Math.min(TILE, columns - first));
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

/**
 * SIMD sums down the rows of a matrix, for columns side by side.
 *
 * @param i - points to the first row before and past the last row afterwards; `stride` is in bytes.
 * @param addRow - emits the code that adds the row at `i`.
 */
export function sumsDownRows(
  f: FunctionBuilder,
  i: Local<'i32'>,
  rows: Local<'i32'>,
  stride: Local<'i32'>,
  vectors: number,
  addRow: (chain: readonly Vector[]) => void,
): readonly Vector[] {
  return chainedSums(f, rows, vectors, (chain, length) => {
    const end = f.let(i32.add(i, i32.mul(length, stride)));
    f.for(i, end, stride, () => addRow(chain));
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
