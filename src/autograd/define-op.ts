/**
 * defineOp(): an op of one's own. Its gradient is written as one pullback for each input, in ops that have gradients
 * themselves, so it can be differentiated as often as they can.
 */
import { checkFunction, checkOptions, invalid, isListOf } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { type PullbackOrZero, record, setRecording } from './record.ts';
import { scope } from './scope.ts';
import { checkTensor, Tensor } from './tensor.ts';

/** What the pullbacks of an op may read. */
export interface OpValues<Inputs extends readonly Tensor[]> {
  /** The tensors that the op was called with. */
  readonly inputs: Inputs;
  /** The result of the call. */
  readonly output: Tensor;
}

/**
 * Computes the gradient of one input, of that input's shape, from dy, the gradient of the output. 'zero' in its place
 * says that the derivative is zero wherever it exists, as that of sign(x).
 */
export type OpPullback<Inputs extends readonly Tensor[]> = ((dy: Tensor, values: OpValues<Inputs>) => Tensor) | 'zero';

/** What defineOp() makes an op of: its value and its gradient. */
export interface OpDefinition<Inputs extends readonly Tensor[]> {
  /**
   * Computes the result. It runs without recording, and the other tensors that it makes are freed. It must be
   * synchronous, and give the same result for the same inputs: random numbers come in as an input.
   */
  readonly forward: (...inputs: Inputs) => Tensor;
  /**
   * One for each input, written in ops on dy, the inputs and the output. A number that a pullback reads by item(),
   * toArray() or data is a constant in second derivatives.
   */
  readonly pullbacks: { readonly [I in keyof Inputs]: OpPullback<Inputs> };
}

/**
 * Makes your own op from its value and its gradient. Use it like every other op: in losses, in layers, and in gradients
 * of gradients. Test it with checkGradients().
 *
 * It is worth it where the gradient has a better formula than the one that the ops of `forward` give together: a
 * shorter one, one that does not overflow, or one that is meant to differ, as a straight-through estimator.
 *
 * @param name - shown in errors.
 * @returns a function of as many tensors as there are pullbacks.
 * @throws ArgumentError if a part of the definition is missing, and from the op if it is called with another number of
 *   tensors. gradients() throws a ShapeError if a pullback gives another shape than that of its input.
 * @example
 * const cube = defineOp('cube', {
 *   forward: (x: Tensor) => mul(x, square(x)),
 *   pullbacks: [(dy, { inputs: [x] }) => mul(dy, mul(3, square(x)))],
 * });
 * cube(tensor([1, 2])); // [1, 8]
 * checkGradients(cube, [tensor([1, 2, -0.5])], { order: 2 }).wrong; // 0
 */
export function defineOp<Inputs extends readonly Tensor[]>(
  name: string,
  definition: OpDefinition<Inputs>,
): (...inputs: Inputs) => Tensor {
  const where = 'defineOp';
  if (typeof name !== 'string' || name === '') invalid(where, 'name', 'a string that is not empty', name);
  checkOptions(where, definition ?? null, ['forward', 'pullbacks']);
  const { forward } = definition;
  checkFunction(where, 'forward', forward);
  const isPullback = (one: unknown): one is OpPullback<Inputs> => one === 'zero' || typeof one === 'function';
  if (!isListOf(definition.pullbacks, isPullback) || definition.pullbacks.length === 0) {
    invalid(where, 'pullbacks', "a list with a function, or 'zero', for each input", definition.pullbacks);
  }
  const pullbacks: readonly OpPullback<Inputs>[] = [...definition.pullbacks];

  return (...inputs) => {
    if (inputs.length !== pullbacks.length) {
      throw new ArgumentError(
        `${name}: it takes ${pullbacks.length} tensors, one for each of its pullbacks; got ${inputs.length} arguments`,
      );
    }
    inputs.forEach((one, i) => {
      checkTensor(name, `argument ${i}`, one);
    });
    const result = scope(() => setRecording(false, () => forward(...inputs)), name);
    checkTensor(name, 'the result of forward', result);
    // A tensor of its own: forward may return an input, or a tensor that it keeps.
    const output = new Tensor(result.shape, result.storage);
    const values = { inputs, output };
    return record(
      name,
      output,
      inputs,
      pullbacks.map((pullback): PullbackOrZero => (pullback === 'zero' ? pullback : (dy) => pullback(dy, values))),
    );
  };
}
