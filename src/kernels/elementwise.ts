/**
 * Elementwise kernels from their formula: a function of numbers for the portable body, and a function of vectors for
 * the SIMD body. The rest (loops, the last lanes, threads) is written here once. Storing into the Float32Array rounds,
 * so a formula calls `round` only if it has more than one operation.
 */
import { type Expr, type FunctionBuilder, i32, v128 } from '../wasm/index.ts';
import { type Address, type Integer, type Kernel, kernel } from './kernel.ts';
import type { Arithmetic } from './sets.ts';
import { advance, mapVectors, type Pointer, toBytes, type Vector } from './simd/vectors.ts';
import { LINE } from './split.ts';

export type UnaryKernel = Kernel<[out: Address, x: Address, count: Integer]>;

interface Unary {
  readonly portable: (arithmetic: Arithmetic) => (x: number) => number;
  readonly simd: (f: FunctionBuilder, x: Vector) => Expr<'v128'>;
  /** Cost of one element; an addition costs 1. Default: 1. */
  readonly cost?: number;
}

/** out[i] = f(x[i]) */
export function unary(name: string, { portable, simd, cost = 1 }: Unary): UnaryKernel {
  return kernel(name, {
    parameters: { out: 'address', x: 'address', count: 'i32' },
    portable: (heap, arithmetic) => {
      const of = portable(arithmetic);
      return (out, x, count) => {
        const f = heap.floats;
        for (let i = 0; i < count; i++) f[out + i] = of(f[x + i]!);
      };
    },
    simd: (f, { out, x, count }) => mapVectors(f, out, [x], count, (value) => simd(f, value!)),
    split: { along: 'count', move: ['out', 'x'], cost },
  });
}

/** Computes the gradient dx from dy and from x, which is the input or the output of the forward pass. */
export type GradientKernel = Kernel<[dx: Address, dy: Address, x: Address, count: Integer]>;

interface Gradient {
  readonly portable: (arithmetic: Arithmetic) => (dy: number, x: number) => number;
  readonly simd: (f: FunctionBuilder, dy: Vector, x: Vector) => Expr<'v128'>;
  readonly cost?: number;
}

/** dx[i] = f(dy[i], x[i]) */
export function gradient(name: string, { portable, simd, cost = 1 }: Gradient): GradientKernel {
  return kernel(name, {
    parameters: { dx: 'address', dy: 'address', x: 'address', count: 'i32' },
    portable: (heap, arithmetic) => {
      const of = portable(arithmetic);
      return (dx, dy, x, count) => {
        const f = heap.floats;
        for (let i = 0; i < count; i++) f[dx + i] = of(f[dy + i]!, f[x + i]!);
      };
    },
    simd: (f, { dx, dy, x, count }) => mapVectors(f, dx, [dy, x], count, (g, value) => simd(f, g!, value!)),
    split: { along: 'count', move: ['dx', 'dy', 'x'], cost },
  });
}

/**
 * Elementwise with broadcasting over a matrix. `out` is dense; an operand with step 0 is repeated along that direction.
 */
export type BinaryKernel = Kernel<
  [
    out: Address,
    a: Address,
    b: Address,
    rows: Integer,
    columns: Integer,
    aRowStep: Integer,
    aColumnStep: 0 | 1,
    bRowStep: Integer,
    bColumnStep: 0 | 1,
  ]
>;

interface Binary {
  readonly portable: (a: number, b: number) => number;
  readonly simd: (a: Expr<'v128'>, b: Expr<'v128'>) => Expr<'v128'>;
}

/** out[r, c] = f(a[r, c], b[r, c]), where f is one operation. */
export function binary(name: string, { portable, simd }: Binary): BinaryKernel {
  return kernel(name, {
    parameters: {
      out: 'address',
      a: 'address',
      b: 'address',
      rows: 'i32',
      columns: 'i32',
      aRowStep: 'i32',
      aColumnStep: 'i32',
      bRowStep: 'i32',
      bColumnStep: 'i32',
    },
    portable: (heap) => (out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep) => {
      const f = heap.floats;
      for (let row = 0; row < rows; row++) {
        let i = a + row * aRowStep;
        let j = b + row * bRowStep;
        let o = out + row * columns;
        for (const end = o + columns; o < end; o++, i += aColumnStep, j += bColumnStep) f[o] = portable(f[i]!, f[j]!);
      }
    },
    // Row by row. Each operand is a vector or one repeated element.
    simd: (f, { out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep }) => {
      toBytes(f, aRowStep, bRowStep);
      const i = f.local('i32', 'i');
      const j = f.local('i32', 'j');
      const splat = (pointer: Pointer): Vector => f.let(v128.load32_splat(pointer));
      f.while(rows, () => {
        f.set(i, a);
        f.set(j, b);
        f.if(
          aColumnStep,
          () => {
            f.if(
              bColumnStep,
              () => mapVectors(f, out, [i, j], columns, (x, y) => simd(x!, y!)),
              () => {
                const y = splat(j);
                mapVectors(f, out, [i], columns, (x) => simd(x!, y));
              },
            );
          },
          () => {
            const x = splat(i);
            f.if(
              bColumnStep,
              () => mapVectors(f, out, [j], columns, (y) => simd(x, y!)),
              () => {
                const y = splat(j);
                mapVectors(f, out, [], columns, () => simd(x, y));
              },
            );
          },
        );
        advance(f, aRowStep, a);
        advance(f, bRowStep, b);
        f.set(rows, i32.sub(rows, 1));
      });
    },
    sample: { aColumnStep: [0, 1], bColumnStep: [0, 1] },
    // Cut along the rows; a single row is cut along its columns.
    split: (at) => {
      const manyRows = (args: readonly number[]): boolean => args[at.rows]! > 1;
      return {
        length: (args) => args[manyRows(args) ? at.rows : at.columns]!,
        grain: LINE,
        cost: (args) => (manyRows(args) ? args[at.columns]! : 1),
        part(out, args, begin, end) {
          const many = manyRows(args);
          out[at.out] = args[at.out]! + begin * (many ? args[at.columns]! : 1);
          out[at.a] = args[at.a]! + begin * args[many ? at.aRowStep : at.aColumnStep]!;
          out[at.b] = args[at.b]! + begin * args[many ? at.bRowStep : at.bColumnStep]!;
          out[many ? at.rows : at.columns] = end - begin;
        },
      };
    },
  });
}
