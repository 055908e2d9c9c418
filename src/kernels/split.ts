/**
 * How a call of a kernel is cut into parts for threads: along elements, rows or columns, never along a sum, so that the
 * bits do not depend on the cut. A kernel declares its split by the names of its parameters; it becomes a rule on lists
 * of arguments.
 */

/** The split of a kernel with these parameters: how it is cut, or why it is not. */
export type Split<Name extends string> = { readonly oneThread: string } | Cut<Name> | CustomCut<Name>;

interface Cut<Name extends string> {
  /** The parameter that counts what is cut; each part gets its own count. */
  readonly along: Name;
  /**
   * The addresses that move from part to part. A list: by one float a unit, and cuts fall on cache lines. A record: by
   * so many floats a unit, or as many as a parameter says (rows).
   */
  readonly move: readonly Name[] | { readonly [Address in Name]?: Name | number };
  /** What one unit costs: `cost` (default 1) times the parameter `each`, in elements of an elementwise kernel. */
  readonly each?: Name;
  readonly cost?: number;
}

/** For what the above cannot say: a rule made from the places of the parameters in the list of arguments. */
type CustomCut<Name extends string> = (at: Readonly<Record<Name, number>>) => SplitRule;

export type Arguments = readonly number[];

export interface SplitRule {
  /** Length of what is cut, and the multiple that cuts must fall on. */
  readonly length: (args: Arguments) => number;
  readonly grain: number;
  /** Elementary work of one unit of the length, in elements of an elementwise kernel. */
  readonly cost: (args: Arguments) => number;
  /** Changes `out`, which holds the arguments of the whole call, to those of the part [begin, end). */
  readonly part: (out: number[], args: Arguments, begin: number, end: number) => void;
}

/** A cache line of floats: no two threads write to the same one. */
export const LINE = 16;

/** The rule of a split, given the parameters in order; undefined where a call stays on one thread. */
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
