/** Wrong calls as data: what is called with what, which error comes, and what its message says. */
import { Tensor, tensor } from '../../src/autograd/tensor.ts';
import { ArgumentError, type GanvasError, RuntimeError } from '../../src/core/errors.ts';

type ErrorKind = abstract new (...args: never[]) => GanvasError;

/**
 * The arguments for the function in whose list the entry stands, or a call that is made as it is. The message begins
 * with the name of that function, which the expression may leave out.
 */
export type WrongCall = readonly [ErrorKind, readonly unknown[] | (() => unknown), RegExp];

/** Wrong calls by the names of a module's functions; classes, which have no call signature, are not among them. */
export type Calls<M> = Readonly<Partial<Record<FunctionNames<M>, readonly WrongCall[]>>>;

type FunctionNames<M> = {
  [K in keyof M]: M[K] extends (...args: never[]) => unknown ? K : never;
}[keyof M];

export const FREED: Tensor = tensor([1, 2]);
FREED.dispose();

const kept: { readonly operand: Tensor | Uint8Array; readonly before: readonly number[] }[] = [];

/** Operands whose values no wrong call may change. */
export function keepsData(...operands: readonly (Tensor | Uint8Array)[]): void {
  for (const operand of operands) kept.push({ operand, before: valuesOf(operand) });
}

/** The operands that have changed since they were named to keepsData(). */
export function changedOperands(): readonly (Tensor | Uint8Array)[] {
  return kept.flatMap(({ operand, before }) => {
    const now = valuesOf(operand);
    return now.length === before.length && now.every((value, i) => Object.is(value, before[i])) ? [] : [operand];
  });
}

function valuesOf(operand: Tensor | Uint8Array): readonly number[] {
  return Array.from(operand instanceof Tensor ? operand.data : operand);
}

/** Six things that are no tensor and one that was freed, between other arguments that are right. */
export function wrongTensors(
  name: string,
  argument: string,
  front: readonly unknown[] = [],
  behind: readonly unknown[] = [],
): readonly WrongCall[] {
  const pictures: readonly (readonly [unknown, string])[] = [
    [undefined, 'undefined'],
    [null, 'null'],
    ['5', '"5"'],
    [[1, 2], '\\[1, 2\\]'],
    [{ a: 1 }, '\\{ a \\}'],
    [new Float32Array(3), 'a Float32Array'],
  ];
  return [
    ...pictures.map(([value, picture]): WrongCall => {
      const message = new RegExp(
        `^${name}: ${argument} must be a Tensor; got ${picture}. Make one with tensor\\(values\\)`,
      );
      return [ArgumentError, [...front, value, ...behind], message];
    }),
    [
      RuntimeError,
      [...front, FREED, ...behind],
      new RegExp(`^${name}: ${argument}: tensor: it was freed by dispose\\(\\)`),
    ],
  ];
}
