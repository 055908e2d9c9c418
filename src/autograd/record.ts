/**
 * Recording: every operation on a tracked tensor (a variable, a watched tensor, or a tensor computed from one) attaches
 * a node to its output. The node says how to compute the gradients of the inputs. A graph lives as long as its last
 * output is referenced.
 *
 * How to write a pullback, so that gradients can be differentiated again:
 *
 * - Write it in ops that are recorded themselves: `(dy) => mul(dy, y)`. It reads inputs, output and dy as they are,
 *   never a copy without a node.
 * - A backward with its own kernel is an op too: it runs the kernel and calls record() with pullbacks for dy and for
 *   the tensor that it reads (tanh in ops/unary.ts).
 * - A derivative that is constant on each piece, as that of relu, takes one line: recordPiecewise() in
 *   ops/internal/elementwise.ts.
 * - A fused backward of many tensors (batch normalisation, cross-entropies) serves only calls that are not recorded.
 *   The pullback asks isRecorded([dy, x, ...]) and, if so, computes the same formula with ops.
 * - 'zero' in the place of a pullback says that the derivative by that input is zero wherever it exists.
 */
import { checkFunction } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { checkTensor, Tensor, Variable } from './tensor.ts';

/**
 * Computes the gradient of one input, of that input's shape, from dy, the gradient of the output. It is called only if
 * the gradient of that input is needed.
 *
 * It may return a new tensor, dy itself, or a tensor that existed before: gradients() frees no older tensor and returns
 * a copy of it. Tensors that it makes are freed when gradients() ends. Whatever several calls of gradients() need must
 * be computed in the forward pass.
 */
export type Pullback = (dy: Tensor) => Tensor;

/** 'zero': the output depends on the input, but the derivative is zero wherever it exists, as that of sign(x). */
export type PullbackOrZero = Pullback | 'zero';

export interface OpNode {
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly pullbacks: readonly PullbackOrZero[];
  /** Versions of the inputs when they were used. Pullbacks may read the inputs and the output. */
  readonly versions: readonly number[];
  /** Version of the output when it was made. */
  readonly outputVersion: number;
  /** Other tensors that the pullbacks read, and their versions. */
  readonly saved: readonly Tensor[];
  readonly savedVersions: readonly number[];
}

let recording = true;

export function isTracked(tensor: Tensor): boolean {
  return tensor.node !== undefined || tensor instanceof Variable;
}

/** Whether record() will attach a node for these inputs. An op saves what its pullbacks need only if so. */
export function isRecorded(inputs: readonly Tensor[]): boolean {
  return recording && inputs.some(isTracked);
}

/**
 * Attaches a node to `output` if any input is tracked and recording is on.
 *
 * @param pullbacks - one for each input.
 * @param saved - other tensors that the pullbacks read and that may change later: gradients() throws if one did.
 */
export function record(
  op: string,
  output: Tensor,
  inputs: readonly Tensor[],
  pullbacks: readonly PullbackOrZero[],
  saved: readonly Tensor[] = [],
): Tensor {
  if (isRecorded(inputs)) {
    const [versions, savedVersions] = [inputs.map(versionOf), saved.map(versionOf)];
    output.node = { op, inputs, pullbacks, versions, outputVersion: versionOf(output), saved, savedVersions };
  }
  return output;
}

export function versionOf(tensor: Tensor): number {
  return tensor.storage.version;
}

/**
 * Runs `body` without recording, for inference and for pullbacks. `body` must be synchronous: recording would be on
 * again after an await.
 *
 * @returns what `body` returns.
 * @throws ArgumentError if `body` is no function; what `body` throws.
 * @example
 * const w = variable(tensor([2]));
 * withoutRecording(() => square(w)); // [4], not tracked
 */
export function withoutRecording<T>(body: () => T): T {
  checkFunction('withoutRecording', 'body', body);
  const result = setRecording(false, body);
  if (result instanceof Promise) {
    result.catch(() => undefined);
    throw new ArgumentError(
      'withoutRecording: body must be synchronous; got a Promise. Await outside, and put only the tensor work ' +
        'into withoutRecording().',
    );
  }
  return result;
}

/** Runs `body` with recording on or off. */
export function setRecording<T>(on: boolean, body: () => T): T {
  const before = recording;
  recording = on;
  try {
    return body();
  } finally {
    recording = before;
  }
}

/**
 * Makes an input one that gradients can be taken of, as they are of variables: a tensor that shares the values of `x`
 * and is tracked. Compute with the result, not with `x`. If `x` is tracked itself, gradients flow on to it.
 *
 * @throws ArgumentError if x is no tensor.
 * @example
 * const discriminator = denseDiscriminator();
 * const x = watch(zeros([4, 28, 28, 1]));
 * const [dx] = gradients(sum(discriminator.call(x)), [x]); // how each pixel changes the logits
 * dx!.shape; // [4, 28, 28, 1]
 */
export function watch(x: Tensor): Tensor {
  checkTensor('watch', 'x', x);
  const watched = record('watch', new Tensor(x.shape, x.storage), [x], [(dy) => dy]);
  watched.node ??= { ...WATCHED, outputVersion: versionOf(x) };
  return watched;
}

const WATCHED = { op: 'watch', inputs: [], pullbacks: [], versions: [], saved: [], savedVersions: [] };

/**
 * A tensor that shares the values of `x` but has no node: no gradient flows through it.
 *
 * @throws ArgumentError if x is no tensor.
 * @example
 * const w = variable(tensor([2, 3]));
 * const [dw] = gradients(sum(mul(w, stopGradient(w))), [w]);
 * dw; // [2, 3], not [4, 6]
 */
export function stopGradient(x: Tensor): Tensor {
  checkTensor('stopGradient', 'x', x);
  return new Tensor(x.shape, x.storage);
}
