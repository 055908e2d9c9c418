/** SIMD sums in chains, in the order of summation.ts: down the rows with columns side by side, or along a row in four lanes. */
import { type Expr, type FunctionBuilder, f32x4, i32, type Local, select } from '../../wasm/index.ts';
import { CHAIN } from '../summation.ts';
import { keepLanes, sumLanes, type Vector } from './vectors.ts';

/**
 * Sums of `count` terms each, `vectors` of them side by side.
 *
 * @param addTerms - emits the code that adds the next `length` terms to each vector of the chain. `left` is how many come after them.
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
 * Sums down the rows of a matrix, for columns side by side.
 *
 * @param i - walks from the first row, where it must stand, to behind the last; `stride` is in bytes.
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
 * The sum of `count` terms in four lanes.
 *
 * @param pointer - walks over the terms, 16 bytes a vector.
 * @param terms - emits the code of four terms and gives their value. What lies past the last term is masked.
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
