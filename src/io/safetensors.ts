/**
 * Tensors to and from safetensors files, the format that other machine-learning libraries read and write. As bytes:
 * this module touches no disk. The format itself is in tensor-file.ts, the conversion of element types in
 * to-float32.ts.
 */
import { checkTensor, type Tensor, tensor } from '../autograd/tensor.ts';
import { fileBytes } from '../core/bytes.ts';
import { describe, invalid, isInstance, isPlainObject } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import { shapeProblem } from '../core/shape.ts';
import { littleEndianBytes } from './little-endian.ts';
import { decodeTensorFile, encodeTensorFile, type TensorEntry } from './tensor-file.ts';
import { toFloat32 } from './to-float32.ts';

/**
 * Writes tensors as a safetensors file, each as F32 with its exact bits. The bytes depend on names, values and metadata
 * alone, not on the order in which they are given, so equal content gives equal files.
 *
 * @param tensors from name to tensor, as an object or a Map. Any text is a name, but for `__metadata__` and half
 * surrogate pairs.
 * @param metadata texts to keep with them; absent from the file if not given
 * @throws ArgumentError for a value that is no tensor, or a name or text that the format cannot hold
 *
 * @example
 * const bytes = encodeSafetensors({ 'dense/kernel': kernel, 'dense/bias': bias }, { epoch: '12' });
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
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
 * Reads a safetensors file into tensors. F32 keeps its bits, F16 and BF16 are exact, F64 is rounded to the nearest
 * float32 (ties to even, beyond its range to an infinity), integers and BOOL must be exact; 8-bit floats and complex
 * numbers are refused.
 *
 * @param source the whole file; it may be a Buffer, begin at any offset of its memory, or be shared between threads
 * (but must
 *   not change meanwhile)
 * @returns the tensors by name, in the order of their data (names that are whole numbers come first, as in any object),
 * and the
 *   metadata, empty where the file has none. Neither object has a prototype, so a name such as `__proto__` is only a
 *   name.
 * @throws FormatError for anything that is not a complete, correct file, with the byte offset of the fault; nothing
 * stays allocated
 *
 * @example
 * const { tensors, metadata } = decodeSafetensors(await readFile('generator.safetensors'));
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
