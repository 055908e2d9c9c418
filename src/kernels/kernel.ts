/**
 * A kernel is one value: its formula, its named parameters, a portable body (TypeScript on Float32Array), a SIMD body
 * (WebAssembly) and how its work is split over threads. An op imports the kernel and calls `run` with the arguments in
 * order:
 *
 * ```ts
 * // out = min(max(x, low), high)
 * export const clip: Kernel<[out: Address, x: Address, low: Float, high: Float, count: Integer]> = kernel('clip', {
 *   parameters: { out: 'address', x: 'address', low: 'f32', high: 'f32', count: 'i32' },
 *   portable: (heap, { round }) => (out, x, low, high, count) => { ... },
 *   simd: (f, { out, x, low, high, count }) => { ... },
 *   split: { along: 'count', move: ['out', 'x'] },
 * });
 * ```
 *
 * THE CONTRACT. Both bodies give the same bits, since every kernel fixes the order of its float32 operations:
 *
 * - elementwise kernels evaluate their formula from left to right as bracketed, each operation rounded to float32;
 * - sums are taken in chains of at most 256 terms, chains in blocks of 256, blocks one after the other (summation.ts);
 * - column sums go down the rows;
 * - full sums have four lanes: lane l adds elements l, l + 4, ...; the sum is (lane0 + lane1) + (lane2 + lane3);
 * - a count that divides is rounded to float32 first;
 * - gemm sums k upwards from 0 within a block of k, then adds block to block (gemm/portable.ts).
 *
 * Outputs come first. Kernels never allocate, and never check: their callers do. Matrices are row-major; a `stride` is
 * the distance between the starts of two rows, in floats. Outputs may not overlap inputs, but where a formula is
 * elementwise an output may be the same address as an input.
 */
import type { Expr, FunctionBuilder, Global, Local, ModuleBuilder } from '../wasm/index.ts';
import type { Heap } from './heap.ts';
import { link, register } from './runtime.ts';
import type { Arithmetic } from './sets.ts';
import { ruleOf, type Split, type SplitRule } from './split.ts';

declare const kind: unique symbol;
/** A plain number is accepted. A number of another kind, such as an address instead of a count, does not compile. */
type Of<Kind extends string> = number & { readonly [kind]?: Kind };

/** Position in the heap, in floats (4 bytes) from its start. */
export type Address = Of<'address'>;
/** A whole number, passed as int32. */
export type Integer = Of<'i32'>;
/** A number that is rounded to float32. */
export type Float = Of<'f32'>;
export type Flag = 0 | 1;

/** The parameters in order, with their kinds. */
export type KernelParameters = Readonly<Record<string, 'address' | 'i32' | 'f32'>>;

type WasmType<Kind> = Kind extends 'f32' ? 'f32' : 'i32';

/** The parameters of a SIMD body. Addresses are in bytes. */
export type SimdParameters<P extends KernelParameters> = {
  readonly [Name in keyof P]: Local<WasmType<P[Name]>>;
};

/** What a SIMD body may need beyond its parameters. */
export interface SimdContext {
  /** Defines functions that the kernel calls. */
  readonly module: ModuleBuilder;
  /** Address in bytes of the calling thread's workspace. */
  readonly workspace: Global<'i32'>;
  /** Columns of the GEMM's tile: 8, or 16 where the engine fuses pairs of 128-bit operations. */
  readonly tileColumns: 8 | 16;
}

/** A body on a heap. A kernel without a result returns undefined. */
export type KernelFunction = (...args: number[]) => number;

/** The result of a kernel: a count, which is summed over the parts of a call, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: it stands for what a function returns
type Result = number | void;

/** Only a kernel that returns a count declares this. */
type DefinitionOfResult<R extends Result> = R extends number
  ? { readonly result: 'i32' }
  : { readonly result?: 'void' };

interface Definition<Args extends readonly number[], R extends Result, P extends KernelParameters> {
  readonly parameters: P;
  /** The portable body on a heap. Each call must read `heap.floats` again, since the memory may have grown. */
  portable(heap: Heap, arithmetic: Arithmetic): (...args: Args) => R;
  /** Emits the SIMD body. Returns the expression of the result if the kernel has one. */
  simd(f: FunctionBuilder, parameters: SimdParameters<P>, context: SimdContext): R extends number ? Expr<'i32'> : void;
  /** How a call is cut into parts for threads. */
  readonly split: Split<keyof P & string>;
  /** Bytes of scratch memory that the SIMD body needs on each thread. */
  readonly workspaceBytes?: number;
  /**
   * Arguments for the check of kernels on the user's machine. Default: a count of 67, 5 rows, and 37 for other whole
   * numbers.
   */
  readonly sample?: Sample<keyof P & string>;
}

/**
 * For a whole number: its values in the calls of a check, in all combinations. For an address: what fills the operand.
 */
export type Sample<Name extends string> = { readonly [Parameter in Name]?: number | readonly number[] };

/** Any kernel, as kernel sets and threads see it. */
export interface AnyKernel {
  readonly name: string;
  readonly parameters: KernelParameters;
  readonly result: 'i32' | 'void';
  portable(heap: Heap, arithmetic: Arithmetic): KernelFunction;
  simd(
    f: FunctionBuilder,
    parameters: Readonly<Record<string, Local<'i32' | 'f32'>>>,
    context: SimdContext,
    // biome-ignore lint/suspicious/noConfusingVoidType: a body without a result returns nothing
  ): Expr<'i32'> | void;
  /** How calls are cut into parts for threads; undefined if a call stays on one thread. */
  readonly rule: SplitRule | undefined;
  readonly workspaceBytes: number;
  readonly sample: Sample<string>;
  run(...args: readonly number[]): Result;
  /** Makes the next run look up the body in use again. */
  unlink(): void;
}

export interface Kernel<Args extends readonly number[], R extends Result = void> extends AnyKernel {
  /** Runs the body in use: that of the current kernel set and threads, chosen by configure(). */
  run(...args: Args): R;
}

/**
 * Defines a kernel and registers it: one WebAssembly module with all registered kernels is emitted at first use. Write
 * `/*#__PURE__*\/` before the call, so that a bundler drops a kernel that no op imports.
 */
export function kernel<Args extends readonly number[], R extends Result, const P extends KernelParameters>(
  name: string,
  definition: Definition<Args, R, P> & DefinitionOfResult<R>,
): Kernel<Args, R>;
export function kernel(
  name: string,
  { parameters, result = 'void', portable, simd, split, workspaceBytes = 0, sample = {} }: AnyDefinition,
): AnyKernel {
  const unlinked: KernelFunction = (...args) => link(value)(...args);
  const value: AnyKernel = {
    name,
    parameters,
    result,
    portable,
    simd,
    rule: ruleOf(split, Object.keys(parameters)),
    workspaceBytes,
    sample,
    run: unlinked,
    unlink() {
      value.run = unlinked;
    },
  };
  register(value);
  return value;
}

interface AnyDefinition extends Pick<AnyKernel, 'parameters' | 'portable' | 'simd'> {
  readonly result?: AnyKernel['result'];
  readonly split: Split<string>;
  readonly workspaceBytes?: number;
  readonly sample?: Sample<string>;
}
