/**
 * How a call of a kernel is cut into parts for threads: along elements, rows or columns, never along a sum, so that the
 * bits do not depend on the cut. A kernel declares its split with the names of its parameters. ruleOf() turns it into a
 * rule on lists of arguments.
 */

/** The split of a kernel with these parameters, or the reason why it runs on one thread. */
export type Split<Name extends string> = { readonly oneThread: string } | Cut<Name> | CustomCut<Name>;

interface Cut<Name extends string> {
  /** The parameter that holds the count to be cut. Each part gets its own count. */
  readonly along: Name;
  /**
   * The addresses that differ between parts. A list: they move by one float a unit, and cuts are at cache lines. A
   * record: they move by this many floats a unit, or by the value of a parameter (rows). Numbers of rows move too.
   */
  readonly move: readonly Name[] | { readonly [Parameter in Name]?: Name | number };
  /** Cost of one unit: `cost` (default 1) times the parameter `each`, in elements of an elementwise kernel. */
  readonly each?: Name;
  readonly cost?: number;
}

/** For all other cuts: a rule made from the positions of the parameters in the list of arguments. */
type CustomCut<Name extends string> = (at: Readonly<Record<Name, number>>) => SplitRule;

type Arguments = readonly number[];

export interface SplitRule {
  /** The length to be cut, and the multiple that cuts must fall on. */
  readonly length: (args: Arguments) => number;
  readonly grain: number;
  /** Cost of one unit of the length, in elements of an elementwise kernel. */
  readonly cost: (args: Arguments) => number;
  /** Changes `out` from the arguments of the whole call to those of the part [begin, end). */
  readonly part: (out: number[], args: Arguments, begin: number, end: number) => void;
}

/** Floats in a cache line: two threads never write to the same line. */
export const LINE = 16;

/** The rule of a split, given the parameters in order; undefined if a call stays on one thread. */
export function ruleOf<Name extends string>(split: Split<Name>, names: readonly string[]): SplitRule | undefined {
  if ('oneThread' in split) return undefined;
  if (typeof split === 'function') {
    return split(Object.fromEntries(names.map((name, i) => [name, i])) as Record<Name, number>);
  }
  const { along, move, each, cost = 1 } = split;
  const count = names.indexOf(along);
  const factor = each === undefined ? -1 : names.indexOf(each);
  const byElement = Array.isArray(move);
  const steps = byElement ? move.map((name) => [name, 1] as const) : Object.entries<Name | number | undefined>(move);
  const moves = steps.map(([name, step]) => ({
    address: names.indexOf(name),
    step: typeof step === 'string' ? names.indexOf(step) : -1,
    fixed: step,
  }));
  return {
    length: (args) => args[count]!,
    grain: byElement ? LINE : 1,
    cost: (args) => (factor < 0 ? cost : cost * args[factor]!),
    part(out, args, begin, end) {
      for (const { address, step, fixed } of moves) {
        out[address] = args[address]! + begin * (typeof fixed === 'number' ? fixed : args[step]!);
      }
      out[count] = end - begin;
    },
  };
}
