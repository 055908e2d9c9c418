/** Shuffles of 32-bit lanes, and the 4 x 4 transpose built of them. */
import { type Expr, type FunctionBuilder, i8x16 } from '../../wasm/index.ts';
import type { Vector } from './vectors.ts';

/** Lanes picked from a (0 to 3) and b (4 to 7). */
export function shuffleWords(a: Expr<'v128'>, b: Expr<'v128'>, lanes: readonly number[]): Expr<'v128'> {
  return i8x16.shuffle(
    a,
    b,
    lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  );
}

/** Four rows in, four columns out. */
export function transpose4x4(f: FunctionBuilder, rows: readonly Vector[]): Vector[] {
  const [a, b, c, d] = rows as readonly [Vector, Vector, Vector, Vector];
  const ab01 = f.let(shuffleWords(a, b, [0, 4, 1, 5]));
  const ab23 = f.let(shuffleWords(a, b, [2, 6, 3, 7]));
  const cd01 = f.let(shuffleWords(c, d, [0, 4, 1, 5]));
  const cd23 = f.let(shuffleWords(c, d, [2, 6, 3, 7]));
  return [
    f.let(shuffleWords(ab01, cd01, [0, 1, 4, 5])),
    f.let(shuffleWords(ab01, cd01, [2, 3, 6, 7])),
    f.let(shuffleWords(ab23, cd23, [0, 1, 4, 5])),
    f.let(shuffleWords(ab23, cd23, [2, 3, 6, 7])),
  ];
}
