/** Checks of the memory of typed arrays, and of bytes, that a user passes. */
import { invalid, isInstance } from './check.ts';
import { ArgumentError } from './errors.ts';

/**
 * The bytes of a file that was made here: a Uint8Array of its own, which Blob and fetch() take. Since TypeScript 5.7
 * that is Uint8Array<ArrayBuffer>, a name that earlier versions do not have.
 */
export type FileBytes = ReturnType<typeof Uint8Array.of>;

/** Throws an ArgumentError if the buffer of a typed array was transferred to a worker, or made smaller. */
export function checkMemory(where: string, argument: string, value: object): void {
  try {
    // This throws a TypeError if the memory is gone.
    Uint8Array.prototype.at.call(value, 0);
  } catch {
    throw new ArgumentError(
      `${where}: ${argument} has lost its memory: its buffer was transferred or made smaller. Pass a copy, or ` +
        'call this first.',
    );
  }
}

/**
 * Returns the value. Throws unless it is a Uint8Array whose memory still exists. One that has lost its memory reads as
 * empty: without this check an empty file would be written.
 */
export function checkBytes(where: string, argument: string, value: unknown, expected = 'a Uint8Array'): Uint8Array {
  if (!isInstance(value, Uint8Array)) return invalid(where, argument, expected, value);
  checkMemory(where, argument, value);
  return value;
}

/** The bytes of a file, as readFile() and fetch() return them: a Uint8Array, or a view of an ArrayBuffer. */
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
