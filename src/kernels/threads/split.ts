/**
 * How each kernel's work is cut into chunks for threads: over elements, rows or columns, never over a sum, so that the bits do not
 * depend on the cut. A rule says how much work a call is, along what it may be cut, and what a part's arguments are. Here are the kinds of
 * rules; each family of kernels has its own.
 */

export type Arguments = readonly number[];

export interface SplitRule {
  /** Length of what is cut, and the multiple that cuts must fall on. */
  readonly length: (args: Arguments) => number;
  readonly grain: number;
  /** Elementary work of one unit of the length, in elements or multiply-adds. */
  readonly cost: (args: Arguments) => number;
  /** Writes into `out` the arguments of the part [begin, end). */
  readonly part: (out: number[], args: Arguments, begin: number, end: number) => void;
}

/** A cache line of floats: no two threads write to the same one. */
export const LINE = 16;

/** Cut along a count (argument `at`); the addresses listed move with it. */
export function elements(at: number, addresses: readonly number[], cost = 1): SplitRule {
  return {
    length: (args) => args[at]!,
    grain: LINE,
    cost: () => cost,
    part(out, args, begin, end) {
      copyArguments(out, args);
      for (const i of addresses) out[i] = args[i]! + begin;
      out[at] = end - begin;
    },
  };
}

/** Cut along rows (argument `at`); each listed address moves by its own step a row. */
export function rows(
  at: number,
  columnsAt: number,
  steps: Readonly<Record<number, (args: Arguments) => number>>,
  cost = 1,
): SplitRule {
  const moves = Object.entries(steps).map(([address, step]) => ({ address: Number(address), step }));
  return {
    length: (args) => args[at]!,
    grain: 1,
    cost: (args) => cost * args[columnsAt]!,
    part(out, args, begin, end) {
      copyArguments(out, args);
      for (const { address, step } of moves) out[address] = args[address]! + begin * step(args);
      out[at] = end - begin;
    },
  };
}

/** A step of one, or of whatever an argument says. */
export const one = (): number => 1;
export const argument =
  (index: number) =>
  (args: Arguments): number =>
    args[index]!;

/** Cut along columns of matrices whose stride stays. */
export function columns(at: number, rowsAt: number, addresses: readonly number[], cost = 1): SplitRule {
  return {
    length: (args) => args[at]!,
    grain: LINE,
    cost: (args) => cost * args[rowsAt]!,
    part(out, args, begin, end) {
      copyArguments(out, args);
      for (const i of addresses) out[i] = args[i]! + begin;
      out[at] = end - begin;
    },
  };
}

export function copyArguments(out: number[], args: Arguments): void {
  for (let i = 0; i < args.length; i++) out[i] = args[i]!;
}
