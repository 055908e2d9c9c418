/**
 * A kernel is one value: its formula, its signature, a portable body (TypeScript on Float32Array), a SIMD body
 * (WebAssembly) and how its work is split over threads. An op imports the kernel and calls `run` with the arguments in
 * order:
 *
 * ```ts
 * const COPY = 'out, x: address; count: i32';
 *
 * // out[i] = x[i]
 * export const copy: KernelOf<typeof COPY> = kernel('copy', COPY, {
 *   portable: (heap) => (out, x, count) => { ... },
 *   simd: (f, { out, x, count }) => { ... },
 *   split: { along: 'count', move: ['out', 'x'] },
 * });
 * ```
 *
 * The signature lists the parameters in order: groups of names with their kind. The types of the arguments and of both
 * bodies follow from it. The kinds are `address` (a position in the heap), `i32`, `flag` (0 or 1) and `f32`. A kernel
 * that returns a count ends its signature with ` -> i32`; the counts of the parts of a call are added.
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
import type { Expr, FunctionBuilder, Local, ModuleBuilder } from '../wasm/index.ts';
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

interface Kinds {
  address: Address;
  i32: Integer;
  flag: Flag;
  f32: Float;
}

/** The parameters in order, with their kinds. */
export type KernelParameters = Readonly<Record<string, keyof Kinds>>;

type Parts<S extends string, Separator extends string> = S extends `${infer First}${Separator}${infer Rest}`
  ? [First, ...Parts<Rest, Separator>]
  : [S];
type Groups<Signature extends string> = Parts<Signature extends `${infer List} -> i32` ? List : Signature, '; '>;
type Each<Names extends readonly string[], Value> = { [I in keyof Names]: Value };
type ArgumentsOfGroups<List extends readonly string[]> = List extends [
  `${infer Names}: ${infer Kind extends keyof Kinds}`,
  ...infer Rest extends string[],
]
  ? [...Each<Parts<Names, ', '>, Kinds[Kind]>, ...ArgumentsOfGroups<Rest>]
  : List extends []
    ? []
    : [unknownKind: never];
type NamesOfGroup<Group, Kind extends string> = Group extends `${infer Names}: ${Kind}`
  ? Parts<Names, ', '>[number]
  : never;

/** The arguments of a call. Of a signature that is made at run time, only their kinds are unknown. */
type ArgumentsOf<Signature extends string> = string extends Signature ? number[] : ArgumentsOfGroups<Groups<Signature>>;

/** The names of the parameters of some kinds. */
export type NamesOf<Signature extends string, Kind extends string = string> = string extends Signature
  ? string
  : NamesOfGroup<Groups<Signature>[number], Kind>;

/** A count, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: it stands for what a function returns
type Result = number | void;
type ResultOf<Signature extends string> = Signature extends `${string} -> i32` ? number : Exclude<Result, number>;

/** The parameters of a SIMD body. Addresses are in bytes. */
type LocalsOf<Signature extends string> = string extends Signature
  ? Readonly<Record<string, Local<'i32' | 'f32'>>>
  : { readonly [Name in NamesOf<Signature, 'address' | 'i32' | 'flag'>]: Local<'i32'> } & {
      readonly [Name in NamesOf<Signature, 'f32'>]: Local<'f32'>;
    };

/** What a SIMD body may need beyond its parameters. */
export interface SimdContext {
  /** Defines functions that the kernel calls. */
  readonly module: ModuleBuilder;
  /** Address in bytes of the calling thread's workspace. */
  readonly workspace: Expr<'i32'>;
  /** Columns of the GEMM's tile: 8, or 16 where the engine fuses pairs of 128-bit operations. */
  readonly tileColumns: 8 | 16;
}

/** A body on a heap. A kernel without a result returns undefined. */
export type KernelFunction = (...args: number[]) => number;

interface Definition<Signature extends string> {
  /** The portable body on a heap. Each call must read `heap.floats` again, since the memory may have grown. */
  portable(heap: Heap, arithmetic: Arithmetic): (...args: ArgumentsOf<Signature>) => ResultOf<Signature>;
  /** Emits the SIMD body. Returns the expression of the result if the kernel has one. */
  simd(
    f: FunctionBuilder,
    parameters: LocalsOf<Signature>,
    context: SimdContext,
  ): ResultOf<Signature> extends number ? Expr<'i32'> : void;
  /** How a call is cut into parts for threads. */
  readonly split: Split<NamesOf<Signature>>;
  /** Bytes of scratch memory that the SIMD body needs on each thread. */
  readonly workspaceBytes?: number;
  /**
   * Most programs never run it. It is not part of the module that is emitted at first use, which makes that one
   * quicker; its own first run emits a module with all kernels. Default: false.
   */
  readonly rare?: boolean;
  /**
   * Arguments for the check of kernels on the user's machine. Default: a count of 67, 5 rows, 37 for other whole
   * numbers, both values of a flag.
   */
  readonly sample?: Sample<NamesOf<Signature>>;
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
  portable(heap: Heap, arithmetic: Arithmetic): (...args: number[]) => Result;
  simd(
    f: FunctionBuilder,
    parameters: Readonly<Record<string, Local<'i32' | 'f32'>>>,
    context: SimdContext,
    // biome-ignore lint/suspicious/noConfusingVoidType: a body without a result returns nothing
  ): Expr<'i32'> | void;
  /** How calls are cut into parts for threads; undefined if a call stays on one thread. */
  readonly rule: SplitRule | undefined;
  readonly workspaceBytes: number;
  readonly rare: boolean;
  readonly sample: Sample<string>;
  run(...args: readonly number[]): Result;
  /** Makes the next run look up the body in use again. */
  unlink(): void;
}

export interface Kernel<Args extends readonly number[], R extends Result = void> extends AnyKernel {
  /** Runs the body in use: that of the current kernel set and threads, chosen by configure(). */
  run(...args: Args): R;
}

/** The kernel with a signature. */
export type KernelOf<Signature extends string> = Kernel<ArgumentsOf<Signature>, ResultOf<Signature>>;

/**
 * Defines a kernel and registers it: one WebAssembly module with all registered kernels but the rare ones is emitted at
 * first use. Write `/*#__PURE__*\/` before the call, so that a bundler drops a kernel that no op imports.
 */
export function kernel<Signature extends string>(
  name: string,
  signature: Signature,
  definition: Definition<Signature>,
): KernelOf<Signature>;
export function kernel(
  name: string,
  signature: string,
  { portable, simd, split, workspaceBytes = 0, rare = false, sample = {} }: AnyDefinition,
): AnyKernel {
  const [list = '', result] = signature.split(' -> ');
  const entries = list.split('; ').flatMap((group) => {
    const [names = '', kind] = group.split(': ');
    return names.split(', ').map((one) => [one, kind as keyof Kinds] as const);
  });
  const parameters = Object.fromEntries(entries);
  const unlinked: KernelFunction = (...args) => link(value)(...args);
  const value: AnyKernel = {
    name,
    parameters,
    result: result === undefined ? 'void' : 'i32',
    portable,
    simd,
    rule: ruleOf(split, Object.keys(parameters)),
    workspaceBytes,
    rare,
    sample,
    run: unlinked,
    unlink() {
      value.run = unlinked;
    },
  };
  register(value);
  return value;
}

interface AnyDefinition extends Pick<AnyKernel, 'portable' | 'simd'> {
  readonly split: Split<string>;
  readonly workspaceBytes?: number;
  readonly rare?: boolean;
  readonly sample?: Sample<string>;
}
