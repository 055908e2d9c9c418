/**
 * Elementwise kernels from their formula: a function of numbers for the portable body, and a function of vectors for
 * the SIMD body. The rest (loops, the last lanes, threads) is written here once. Storing into the Float32Array rounds,
 * so a formula calls `round` only if it has more than one operation.
 */
import { type Expr, type FunctionBuilder, f32x4, type Local, v128 } from '../wasm/index.ts';
import { type Address, type Float, type Integer, type Kernel, type KernelOf, kernel } from './kernel.ts';
import type { Arithmetic } from './sets.ts';
import { advance, mapVectors, type Pointer, repeat, toBytes, type Vector } from './simd/vectors.ts';
import { LINE } from './split.ts';

/** A kernel that computes each element of `out` from the elements of its inputs and from scalars. */
export type ElementwiseKernel<Inputs extends readonly Address[], Scalars extends readonly Float[] = []> = Kernel<
  [out: Address, ...inputs: Inputs, ...scalars: Scalars, count: Integer]
>;

/** Both formulas get the elements, then the scalars, rounded to float32. */
interface Elementwise<Inputs extends number, Scalars extends number> {
  readonly inputs: Inputs;
  readonly portable: (arithmetic: Arithmetic) => (...values: number[]) => number;
  readonly simd: (f: FunctionBuilder, ...values: Vector[]) => Expr<'v128'>;
  /** Number of scalars, at most two. Default: 0. */
  readonly scalars?: Scalars;
  /** Cost of one element; an addition costs 1. Default: 1. */
  readonly cost?: number;
  /** As for any kernel: not emitted before it first runs. Default: false. */
  readonly rare?: boolean;
}

/** out[i] = f(inputs[i]..., scalars...), with at most three inputs */
export function elementwise<Inputs extends readonly Address[], Scalars extends readonly Float[] = []>(
  name: string,
  definition: Elementwise<Inputs['length'], Scalars['length']>,
): ElementwiseKernel<Inputs, Scalars>;
export function elementwise(
  name: string,
  { inputs, portable, simd, scalars = 0, cost = 1, rare = false }: Elementwise<number, number>,
): Kernel<number[]> {
  const addresses = ['out', 'x', 'y', 'z'].slice(0, 1 + inputs);
  const constants = ['a', 'b'].slice(0, scalars);
  const floats = constants.length > 0 ? `${constants.join(', ')}: f32; ` : '';
  const signature: string = `${addresses.join(', ')}: address; ${floats}count: i32`;
  return kernel(name, signature, {
    portable: (heap, arithmetic) => {
      const of = portable(arithmetic);
      return (...args) => {
        const f = heap.floats;
        const [out, x, y, z] = args.slice(0, -1) as [number, number, number, number];
        const [a, b] = args.slice(1 + inputs).map(arithmetic.round) as [number, number];
        const count = args.at(-1)!;
        if (inputs === 0) for (let i = 0; i < count; i++) f[out + i] = of(a, b);
        else if (inputs === 1) for (let i = 0; i < count; i++) f[out + i] = of(f[x + i]!, a, b);
        else if (inputs === 2) for (let i = 0; i < count; i++) f[out + i] = of(f[x + i]!, f[y + i]!, a, b);
        else for (let i = 0; i < count; i++) f[out + i] = of(f[x + i]!, f[y + i]!, f[z + i]!, a, b);
      };
    },
    simd: (f, locals) => {
      const [out, ...pointers] = addresses.map((address) => locals[address] as Pointer);
      const splats = constants.map((constant) => f.let(f32x4.splat(locals[constant] as Local<'f32'>)));
      mapVectors(f, out!, pointers, locals['count'] as Pointer, (...values) => simd(f, ...values, ...splats));
    },
    split: { along: 'count', move: addresses, cost },
    rare,
  });
}

type Formulas<Scalars extends number> = Omit<Elementwise<number, Scalars>, 'inputs'>;

/** out[i] = f(x[i], scalars...) */
export type UnaryKernel<Scalars extends readonly Float[] = []> = ElementwiseKernel<[x: Address], Scalars>;

export function unary<Scalars extends readonly Float[] = []>(
  name: string,
  formulas: Formulas<Scalars['length']>,
): UnaryKernel<Scalars> {
  return elementwise(name, { inputs: 1, ...formulas });
}

/** dx[i] = f(dy[i], x[i], scalars...), where x is the input or the output of the forward pass. */
export type GradientKernel<Scalars extends readonly Float[] = []> = ElementwiseKernel<
  [dy: Address, x: Address],
  Scalars
>;

export function gradient<Scalars extends readonly Float[] = []>(
  name: string,
  formulas: Formulas<Scalars['length']>,
): GradientKernel<Scalars> {
  return elementwise(name, { inputs: 2, ...formulas });
}

/**
 * Elementwise with broadcasting over a matrix. `out` is dense; an operand with step 0 is repeated along that direction.
 */
const BINARY = 'out, a, b: address; rows, columns, aRowStep: i32; aColumnStep: flag; bRowStep: i32; bColumnStep: flag';
export type BinaryKernel = KernelOf<typeof BINARY>;

interface Binary {
  readonly portable: (a: number, b: number) => number;
  readonly simd: (a: Expr<'v128'>, b: Expr<'v128'>) => Expr<'v128'>;
  readonly rare?: boolean;
}

/** out[r, c] = f(a[r, c], b[r, c]), where f is one operation. */
export function binary(name: string, { portable, simd, rare = false }: Binary): BinaryKernel {
  return kernel(name, BINARY, {
    rare,
    portable: (heap) => (out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep) => {
      const f = heap.floats;
      for (let row = 0; row < rows; row++) {
        let i = a + row * aRowStep;
        let j = b + row * bRowStep;
        let o = out + row * columns;
        for (const end = o + columns; o < end; o++, i += aColumnStep, j += bColumnStep) f[o] = portable(f[i]!, f[j]!);
      }
    },
    simd: (f, { out, a, b, rows, columns, aRowStep, aColumnStep, bRowStep, bColumnStep }) => {
      toBytes(f, aRowStep, bRowStep);
      /** Runs `then` for an operand that moves along the columns, and for one that is the same in all of them. */
      const forKinds = (moves: Pointer, start: Pointer, then: (pointers: Pointer[], repeated?: Vector) => void): void =>
        f.if(
          moves,
          () => then([f.let(start)]),
          () => then([], f.let(v128.load32_splat(start))),
        );
      repeat(f, rows, () => {
        forKinds(aColumnStep, a, (i, x) =>
          forKinds(bColumnStep, b, (j, y) =>
            mapVectors(f, out, [...i, ...j], columns, (...values) => simd(x ?? values[0]!, y ?? values.at(-1)!)),
          ),
        );
        advance(f, aRowStep, a);
        advance(f, bRowStep, b);
      });
    },
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
