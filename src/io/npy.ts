/**
 * NumPy's files: .npy is one array, .npz a zip archive of them. A .npy file begins with "\x93NUMPY", a version, and the
 * text of a Python dictionary, such as {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }, padded to a
 * multiple of 64 bytes. Source: numpy.lib.format, versions 1.0 to 3.0.
 */
import { checkTensor, type Tensor, tensor } from '../autograd/tensor.ts';
import type { Fail } from '../compression/inflate.ts';
import { decodeZip, encodeZip } from '../compression/zip.ts';
import { type FileBytes, fileBytes } from '../core/bytes.ts';
import { describe, invalid, isPlainObject } from '../core/check.ts';
import { ArgumentError, FormatError } from '../core/errors.ts';
import { integer, readOptions } from '../core/options.ts';
import { type Shape, shapeProblem, sizeOf } from '../core/shape.ts';
import { printable } from '../core/text.ts';
import { type Dtype, tensorBytes } from './dtype.ts';
import { littleEndianBytes } from './little-endian.ts';
import { toFloat32 } from './to-float32.ts';

/** The options of decodeNpz(). */
export interface DecodeNpzOptions {
  /** The most bytes that all arrays may unpack to. Default 2^30 (1 GiB). */
  readonly maxBytes?: number | undefined;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Data begin at a multiple of it. */
const ALIGNMENT = 64;
const MAX_HEADER = 2 ** 16;
const MAX_ARRAYS = 65_535;
const MAX_ARCHIVE = 2 ** 32 - 1;
const SUFFIX = '.npy';
const MAX_BYTES = 2 ** 30;
const OPTIONS = { maxBytes: integer(1).or(MAX_BYTES) };

/** NumPy's names of the element types. '|' and '=' say that the order of bytes does not matter, or is the host's. */
const DTYPES: Readonly<Record<string, Dtype>> = {
  ...{ '<f4': 'F32', '<f8': 'F64', '<f2': 'F16', '|b1': 'BOOL', '|i1': 'I8', '|u1': 'U8' },
  ...{ '<i2': 'I16', '<u2': 'U16', '<i4': 'I32', '<u4': 'U32', '<i8': 'I64', '<u8': 'U64' },
};

/**
 * Writes a tensor as a .npy file of float32, for `numpy.load`.
 *
 * @throws ArgumentError if it is no tensor.
 * @example
 * const bytes = encodeNpy(tensor([[1, 2], [3, 4]]));
 * decodeNpy(bytes).toArray(); // [[1, 2], [3, 4]]
 */
export function encodeNpy(x: Tensor): FileBytes {
  const { shape, storage } = checkTensor('encodeNpy', 'x', x);
  // A tuple of one has a comma at its end.
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((MAGIC.length + 4 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const data = littleEndianBytes(storage.view());
  const out = new Uint8Array(start + data.length).fill(0x20, 0, start);
  out.set([...MAGIC, 1, 0]);
  new DataView(out.buffer).setUint16(8, start - 10, true);
  out.set(new TextEncoder().encode(text), 10);
  out[start - 1] = 0x0a;
  out.set(data, start);
  return out;
}

/**
 * Reads a .npy file, as `numpy.save` writes it. float32 keeps its bits; other types are converted as in
 * decodeSafetensors(). Rows may come first or columns (Fortran order).
 *
 * @throws FormatError, with the offset of the fault, for anything that is not such a file of numbers.
 * @example
 * decodeNpy(encodeNpy(ones([2, 3]))).shape; // [2, 3]
 */
export function decodeNpy(source: Uint8Array | ArrayBuffer): Tensor {
  const where = 'decodeNpy';
  return readArray(fileBytes(where, 'bytes', source), (problem, position) => {
    throw new FormatError(`${where}: ${problem}`, position);
  });
}

/**
 * Writes tensors as a .npz file, for `numpy.load`: a zip archive with a .npy file of float32 for each. Equal tensors
 * give equal bytes.
 *
 * @throws ArgumentError for a value that is not a tensor, for more than 65,535 of them, or 4 GiB.
 * @example
 * const weights = encodeNpz({ kernel: ones([2, 3]), bias: zeros([3]) });
 * Object.keys(decodeNpz(weights)); // ['kernel', 'bias']
 */
export function encodeNpz(tensors: Readonly<Record<string, Tensor>>): FileBytes {
  const where = 'encodeNpz';
  if (!isPlainObject(tensors)) return invalid(where, 'tensors', 'an object of tensors by name', tensors);
  const pairs = Object.entries(tensors);
  if (pairs.length > MAX_ARRAYS) invalid(where, 'tensors', `at most ${MAX_ARRAYS} tensors`, pairs.length);
  const total = pairs.reduce((sum, [name, value]) => {
    const { size } = checkTensor(where, `the tensor ${describe(name)}`, value);
    return sum + 4 * size + 6 * name.length + 1000;
  }, 0);
  if (total > MAX_ARCHIVE)
    throw new ArgumentError(`${where}: the tensors have ${total} bytes; a zip archive has at most 4 GiB`);
  return encodeZip(pairs.map(([name, value]) => ({ name: `${name}${SUFFIX}`, bytes: encodeNpy(value) })));
}

/**
 * Reads a .npz file, as `numpy.savez` and `numpy.savez_compressed` write it.
 *
 * @returns the tensors by name. The object has no prototype, so `__proto__` is a name like any other.
 * @throws FormatError, with the offset of the fault, for anything that is not such a file, an array that decodeNpy()
 *   refuses, or more than `maxBytes`. No tensor stays allocated then.
 * @example
 * const { kernel } = decodeNpz(encodeNpz({ kernel: tensor([1, 2]) }));
 * kernel!.toArray(); // [1, 2]
 */
export function decodeNpz(source: Uint8Array | ArrayBuffer, options: DecodeNpzOptions = {}): Record<string, Tensor> {
  const where = 'decodeNpz';
  const bytes = fileBytes(where, 'bytes', source);
  const { maxBytes } = readOptions(where, options, OPTIONS);
  const entries = decodeZip(bytes, maxBytes, (problem, position) => {
    throw new FormatError(`${where}: ${problem}`, position);
  });
  const tensors: Record<string, Tensor> = Object.create(null);
  try {
    for (const { name, bytes: file, place } of entries) {
      const key = name.endsWith(SUFFIX) ? name.slice(0, -SUFFIX.length) : name;
      const label = `${where}: the array ${describe(key)}`;
      if (tensors[key] !== undefined) throw new FormatError(`${label} is there twice`, place);
      tensors[key] = readArray(file, (problem) => {
        throw new FormatError(`${label}: ${problem}`, place);
      });
    }
  } catch (error) {
    for (const made of Object.values(tensors)) made.dispose();
    throw error;
  }
  return tensors;
}

function readArray(bytes: Uint8Array, fail: Fail): Tensor {
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte)) fail('a .npy file begins with "\\x93NUMPY"', 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6]!;
  if (version < 1 || version > 3) fail(`version ${version} of the format is unknown`, 6);
  const from = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = from + length;
  if (length > MAX_HEADER || start > bytes.length) fail(`its header cannot have ${length} bytes`, 8);
  const { dtype, fortran, shape } = readHeader(bytes.subarray(from, start), (problem) => fail(problem, from));
  const data = bytes.subarray(start);
  const expected = tensorBytes(dtype, shape);
  if (data.length !== expected) fail(`its data have ${data.length} bytes; its header says ${expected}`, start);
  const values = convert(dtype, data, start, fail);
  return tensor(fortran ? rowsFirst(values, shape) : values, shape);
}

function convert(dtype: Dtype, data: Uint8Array, start: number, fail: Fail): Float32Array {
  try {
    return toFloat32(dtype, data, start, 'its data');
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return fail(error.message.replace(/ \(at byte \d+\)$/, ''), error.offset ?? start);
  }
}

interface Header {
  readonly dtype: Dtype;
  readonly fortran: boolean;
  readonly shape: Shape;
}

/** The three entries may stand in any order. */
function readHeader(bytes: Uint8Array, fail: (problem: string) => never): Header {
  const text = String.fromCharCode(...bytes);
  const dictionary = /^\{(.*)\}\s*$/s.exec(text)?.[1];
  const found = new Map<string, string>();
  let rest = dictionary ?? '';
  for (let entry = ENTRY.exec(rest); entry !== null; entry = ENTRY.exec(rest)) {
    found.set(entry[1]!, entry[2]!);
    rest = rest.slice(entry[0].length);
  }
  const [descr, order, tuple] = ['descr', 'fortran_order', 'shape'].map((key) => found.get(key));
  if (dictionary === undefined || rest.trim() !== '' || found.size !== 3 || !descr || !order || !tuple) {
    return fail(`its header must have descr, fortran_order and shape, got ${printable(text.trim(), 200)}`);
  }
  const name = descr.slice(1, -1);
  const dtype = Object.hasOwn(DTYPES, name) ? DTYPES[name] : undefined;
  if (dtype === undefined) {
    fail(`its type ${printable(name)} is none of ${Object.keys(DTYPES).join(', ')}; save x.astype("<f4")`);
  }
  const shape = tuple
    .slice(1, -1)
    .split(',')
    .map((size) => size.trim())
    .filter((size) => size !== '')
    .map(Number);
  const problem = shape.every(Number.isSafeInteger) ? shapeProblem(shape) : 'is no list of whole numbers';
  if (problem !== undefined) fail(`its shape ${printable(tuple)} ${problem}`);
  return { dtype: dtype!, fortran: order === 'True', shape };
}

const ENTRY = /^\s*'(descr|fortran_order|shape)'\s*:\s*('[^']*'|True|False|\([\d, L]*\))\s*(?:,|$)/;

/** The same values with the last axis varying fastest, from an order in which the first one does. */
function rowsFirst(values: Float32Array, shape: Shape): Float32Array {
  const result = new Float32Array(values.length);
  const places = shape.map(() => 0);
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)));
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = values[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++places[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      places[axis] = 0;
    }
  }
  return result;
}
