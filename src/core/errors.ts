/**
 * The errors of ganvas. Every message names the function, what came, what was expected and, if there is one, the
 * remedy: `matmul: inner sizes differ: a is [2, 3], b is [4, 5]; expected a's columns (3) to equal b's rows (4). Did
 * you mean { transposeB: true }?`
 */
import { printableMessage } from './text.ts';

/**
 * The base class of all errors of this library. Messages have a limited length and are printable, whatever names and
 * texts they quote.
 *
 * @example
 * try {
 *   add(ones([2]), ones([3]));
 * } catch (error) {
 *   error instanceof GanvasError; // true
 *   error instanceof ShapeError; // true
 * }
 */
export class GanvasError extends Error {
  override name = 'GanvasError';

  constructor(message: string = '', options?: ErrorOptions) {
    super(printableMessage(message), options);
  }
}

/**
 * An argument or option of the wrong kind or value: a misspelt option, a negative size, a NaN learning rate.
 *
 * @example
 * try {
 *   adam({ learningRate: -1 });
 * } catch (error) {
 *   error instanceof ArgumentError; // true
 * }
 */
export class ArgumentError extends GanvasError {
  override name = 'ArgumentError';
}

/**
 * Shapes that do not fit each other or the operation.
 *
 * @example
 * try {
 *   matmul(ones([2, 3]), ones([4, 5]));
 * } catch (error) {
 *   error instanceof ShapeError; // true
 * }
 */
export class ShapeError extends GanvasError {
  override name = 'ShapeError';
}

/**
 * Bytes that do not have the expected format (IDX, safetensors, checkpoints). `offset` is the byte where reading
 * stopped.
 *
 * @example
 * try {
 *   parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7)); // two values announced, one there
 * } catch (error) {
 *   error instanceof FormatError; // true
 * }
 */
export class FormatError extends GanvasError {
  override name = 'FormatError';
  readonly offset: number | undefined;

  constructor(message: string, offset?: number, options?: ErrorOptions) {
    super(offset === undefined ? message : `${message} (at byte ${offset})`, options);
    this.offset = offset;
  }
}

/**
 * A failure at run time: the memory limit was reached, a freed tensor was used, a worker was lost, or a file cannot be
 * written.
 *
 * @example
 * const x = ones([2]);
 * x.dispose();
 * try {
 *   add(x, 1);
 * } catch (error) {
 *   error instanceof RuntimeError; // true
 * }
 */
export class RuntimeError extends GanvasError {
  override name = 'RuntimeError';
}

/**
 * A loss or weight became NaN or infinite; the message names the network and the layer.
 *
 * @example
 * const { images } = await loadMnist();
 * try {
 *   await trainGan({ images, batchSize: 64, generatorOptimizer: sgd({ learningRate: 1e30 }) });
 * } catch (error) {
 *   error instanceof DivergenceError; // true
 * }
 */
export class DivergenceError extends GanvasError {
  override name = 'DivergenceError';
}

/**
 * The gradients of a function are wrong: see checkGradients(). `report` says which, and by how much.
 *
 * @example
 * const wrong = defineOp('wrong', { forward: (x: Tensor) => square(x), pullbacks: [(dy) => dy] });
 * try {
 *   checkGradients(wrong, [tensor([3])]);
 * } catch (error) {
 *   error instanceof GradientError; // true
 * }
 */
export class GradientError<Report = unknown> extends GanvasError {
  override name = 'GradientError';
  readonly report: Report;

  constructor(message: string, report: Report, options?: ErrorOptions) {
    super(message, options);
    this.report = report;
  }
}

/** @internal The message of anything that was thrown. JavaScript can throw any value, not only errors. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
