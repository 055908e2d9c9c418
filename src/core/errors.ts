/**
 * The errors of ganvas. Every message names the function, what came, what was expected and, if there is one, the
 * remedy: `matmul: inner sizes differ: a is [2, 3], b is [4, 5]; expected a's columns (3) to equal b's rows (4). Did
 * you mean { transposeB: true }?`
 */
import { printableMessage } from './text.ts';

/**
 * Base class of all errors of this library: `catch (e) { if (e instanceof GanvasError) ... }`. Messages have a limited
 * length and are printable, whatever names and texts they quote.
 */
export class GanvasError extends Error {
  override name = 'GanvasError';

  constructor(message: string = '', options?: ErrorOptions) {
    super(printableMessage(message), options);
  }
}

/** An argument or option of the wrong kind or value: a misspelt option, a negative size, a NaN learning rate. */
export class ArgumentError extends GanvasError {
  override name = 'ArgumentError';
}

/** Shapes that do not fit each other or the operation. */
export class ShapeError extends GanvasError {
  override name = 'ShapeError';
}

/**
 * Bytes that do not have the expected format (IDX, safetensors, checkpoints). `offset` is the byte where reading
 * stopped.
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
 */
export class RuntimeError extends GanvasError {
  override name = 'RuntimeError';
}

/** A loss or weight became NaN or infinite; the message names the network and the layer. */
export class DivergenceError extends GanvasError {
  override name = 'DivergenceError';
}

/** The gradients of a function are wrong: see checkGradients(). `report` says which, and by how much. */
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
