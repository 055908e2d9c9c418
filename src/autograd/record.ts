/**
 * Recording: every operation on a tracked tensor (a variable, or a tensor computed from one) attaches a node to its
 * output. The node says how to compute the gradients of the inputs. A graph lives as long as its last output is
 * referenced.
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

export interface OpNode {
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly pullbacks: readonly Pullback[];
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
  pullbacks: readonly Pullback[],
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
 */
export function withoutRecording<T>(body: () => T): T {
  checkFunction('withoutRecording', 'body', body);
  const before = recording;
  recording = false;
  try {
    const result = body();
    if (result instanceof Promise) {
      result.catch(() => undefined);
      throw new ArgumentError(
        'withoutRecording: body must be synchronous; got a Promise. Await outside, and put only the tensor work ' +
          'into withoutRecording().',
      );
    }
    return result;
  } finally {
    recording = before;
  }
}

/** A tensor that shares the values of `x` but has no node: no gradient flows through it. */
export function stopGradient(x: Tensor): Tensor {
  checkTensor('stopGradient', 'x', x);
  return new Tensor(x.shape, x.storage);
}
