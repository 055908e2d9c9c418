/**
 * Tensors to and from the bytes of safetensors files, a format that other machine-learning libraries read and write
 * too. tensor-file.ts has the format, to-float32.ts the conversion of element types.
 */
import { checkTensor, type Tensor, tensor } from '../autograd/tensor.ts';
import { type FileBytes, fileBytes } from '../core/bytes.ts';
import { describe, invalid, isInstance, isPlainObject } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import { shapeProblem } from '../core/shape.ts';
import { littleEndianBytes } from './little-endian.ts';
import { decodeTensorFile, encodeTensorFile, type TensorEntry } from './tensor-file.ts';
import { toFloat32 } from './to-float32.ts';

/**
 * Writes tensors as a safetensors file, as F32 with their exact bits. Equal names, values and metadata give equal
 * bytes, in whatever order they are given.
 *
 * @param tensors - an object or a Map from names to tensors. Any text may be a name, except `__metadata__` and text
 *   with half a surrogate pair.
 * @param metadata - strings to store with the tensors. Default: none.
 * @throws ArgumentError for a value that is not a tensor, or for a name or text that the format cannot store.
 * @example
 * import { writeFile } from 'node:fs/promises';
 * const bytes = encodeSafetensors({ 'dense/kernel': ones([2, 3]), 'dense/bias': zeros([3]) }, { epoch: '12' });
 * await writeFile('dense.safetensors', bytes);
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>,
  metadata?: Readonly<Record<string, string>>,
): FileBytes {
  const where = 'encodeSafetensors';
  if (!(isInstance(tensors, Map) || isPlainObject(tensors))) {
    invalid(where, 'tensors', 'an object or a Map from names to tensors', tensors);
  }
  const pairs: Iterable<readonly [string, Tensor]> = tensors instanceof Map ? tensors : Object.entries(tensors);
  const entries: TensorEntry[] = [];
  for (const [name, value] of pairs) {
    const { shape, storage } = checkTensor(where, `the tensor ${describe(name)}`, value);
    entries.push({ name, dtype: 'F32', shape, bytes: littleEndianBytes(storage.view()) });
  }
  return encodeTensorFile(entries, metadata, where);
}

/**
 * Reads a safetensors file into tensors. F32 keeps its bits; F16 and BF16 are exact. F64 is rounded to the nearest
 * float32, ties to even, and to an infinity beyond its range. Integers and BOOL must be exact. 8-bit floats and complex
 * numbers are refused.
 *
 * @param source - the bytes of the whole file: an ArrayBuffer, or a Uint8Array at any offset of its memory, such as a
 *   Buffer. It may be shared between threads, but must not change during the call.
 * @returns the tensors by name, in the order of their data (names that are whole numbers come first, as in any
 *   object), and the metadata, empty if the file has none. Neither object has a prototype, so `__proto__` is a name
 *   like any other.
 * @throws FormatError, with the byte offset of the fault, for anything that is not a complete, correct file. No tensor
 *   stays allocated then.
 * @example
 * const file = encodeSafetensors({ kernel: tensor([[1, 2]]) }, { epoch: '12' });
 * const { tensors, metadata } = decodeSafetensors(file);
 * tensors['kernel']; // [[1, 2]]
 * metadata['epoch']; // '12'
 */
export function decodeSafetensors(source: Uint8Array | ArrayBuffer): {
  tensors: Record<string, Tensor>;
  metadata: Record<string, string>;
} {
  const where = 'decodeSafetensors';
  const bytes = fileBytes(where, 'bytes', source);
  const file = decodeTensorFile(bytes, where);
  const tensors: Record<string, Tensor> = Object.create(null);
  try {
    for (const { name, dtype, shape, bytes: data } of file.entries) {
      const label = `${where}: the tensor ${describe(name)}`;
      const offset = data.byteOffset - bytes.byteOffset;
      const problem = shapeProblem(shape);
      if (problem !== undefined) throw new FormatError(`${label} ${problem}`, offset);
      tensors[name] = tensor(toFloat32(dtype, data, offset, label), shape);
    }
  } catch (error) {
    for (const made of Object.values(tensors)) made.dispose();
    throw error;
  }
  return { tensors, metadata: file.metadata ?? Object.create(null) };
}
