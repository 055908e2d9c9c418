/** Checks of bytes that a caller hands over. */
import { invalid, isInstance } from './check.ts';
import { ArgumentError } from './errors.ts';

/**
 * A Uint8Array whose memory is still there. That of one whose buffer was transferred to a worker, or made smaller,
 * reads as empty: without this check a file would be replaced by nothing.
 */
export function checkBytes(where: string, argument: string, value: unknown, expected = 'a Uint8Array'): Uint8Array {
  if (!isInstance(value, Uint8Array)) return invalid(where, argument, expected, value);
  try {
    // Throws a TypeError if the memory is gone, and reads nothing otherwise.
    Uint8Array.prototype.at.call(value, 0);
  } catch {
    throw new ArgumentError(
      `${where}: ${argument} has lost its memory: its buffer was transferred or made smaller. Pass a copy, or ` +
        'call this first.',
    );
  }
  return value;
}

/** A file's bytes as readFile() or fetch() give them: a Uint8Array, or an ArrayBuffer, of which a view is returned. */
export function fileBytes(
  where: string,
  argument: string,
  value: unknown,
  expected = 'a Uint8Array or an ArrayBuffer',
): Uint8Array {
  if (!isInstance(value, ArrayBuffer)) return checkBytes(where, argument, value, expected);
  try {
    return new Uint8Array(value);
  } catch {
    throw new ArgumentError(`${where}: ${argument} was transferred and is empty now. Pass a copy, or call this first.`);
  }
}
