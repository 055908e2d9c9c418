/**
 * Recording: every operation on a tracked tensor (a variable, or computed from one) leaves a node that says how gradients flow back.
 * Nodes hang on their outputs, so a graph lives exactly as long as somebody holds its end.
 */
import { checkFunction } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { checkTensor, Tensor, Variable } from './tensor.ts';

/**
 * From the gradient of the output to the gradient of one input, of that input's shape. Called only if that gradient is asked for.
 *
 * It may give a tensor that it makes, dy itself, or a tensor that existed before: gradients() frees none of the latter and hands out a copy. What it
 * makes belongs to the call of gradients() and is freed with it, so what later calls need must be made in the forward pass.
 */
export type Pullback = (dy: Tensor) => Tensor;

export interface OpNode {
  readonly op: string;
  readonly inputs: readonly Tensor[];
  readonly pullbacks: readonly Pullback[];
  /** Versions of the inputs' blocks when they were used, and of the output's when it was made: pullbacks may read either. */
  readonly versions: readonly number[];
  readonly outputVersion: number;
  /** What else pullbacks read, and its versions. */
  readonly saved: readonly Tensor[];
  readonly savedVersions: readonly number[];
}

let recording = true;

export function isTracked(tensor: Tensor): boolean {
  return tensor.node !== undefined || tensor instanceof Variable;
}

/** Whether record() will attach something for these inputs: whether an op has to save what its pullbacks need. */
export function isRecorded(inputs: readonly Tensor[]): boolean {
  return recording && inputs.some(isTracked);
}

/**
 * Attaches to `output` how it came from `inputs`, one pullback for each, if any input is tracked.
 *
 * @param saved - tensors beside the inputs and the output that the pullbacks read and that others may change: if one was, gradients() throws.
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
 * Runs `body` without leaving nodes: inference, and the pullbacks themselves. `body` must be synchronous: what it does after an await
 * would be recorded again.
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
        'withoutRecording: body must be synchronous; got a Promise. Await outside, and put only the tensor work into withoutRecording().',
      );
    }
    return result;
  } finally {
    recording = before;
  }
}

/** The same values, cut off from how they were computed: no gradient flows through. */
export function stopGradient(x: Tensor): Tensor {
  checkTensor('stopGradient', 'x', x);
  return new Tensor(x.shape, x.storage);
}
