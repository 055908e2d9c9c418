/**
 * Safetensors files as plain data: names, element types, shapes and bytes, without tensors.
 *
 *   8 bytes   length of the header, little-endian
 *   n bytes   the header (tensor-header.ts), padded with spaces so that the data begin at a multiple of 8
 *   the rest  the elements of the tensors, little-endian, row-major, one tensor after the other without gaps
 *
 * Source: the format section of the README of huggingface/safetensors. Tensors are written in the order of its version
 * 0.8.0.
 */
import { checkBytes, type FileBytes } from '../core/bytes.ts';
import { describe, fieldsOf, invalid, isArray, isPlainObject } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import { MAX_RANK } from '../core/shape.ts';
import { DTYPES, type Dtype, isDtype, tensorBytes } from './dtype.ts';
import { type Header, MAX_HEADER_BYTES, MAX_NAMES, METADATA_KEY, readHeader, writeHeader } from './tensor-header.ts';

/** One tensor of a file. */
export interface TensorEntry {
  /** Any well-formed Unicode text except `__metadata__`. */
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The elements, little-endian, row-major. */
  readonly bytes: Uint8Array;
}

/** What a safetensors file holds. */
export interface TensorFile {
  /** In the order of their data. */
  readonly entries: TensorEntry[];
  /** Undefined if the file has none. The object has no prototype, so that `__proto__` is a key like any other. */
  readonly metadata: Record<string, string> | undefined;
}

/** Where the header begins: after its length. */
const HEADER_START = 8;
const ALIGNMENT = 8;

/**
 * Writes a file. Equal content gives equal bytes, in whatever order it is given: tensors are sorted by element type,
 * widest first, then by the code points of their names; metadata are sorted by the code points of their keys.
 *
 * @param where - the name of the function in errors.
 * @throws ArgumentError for a duplicate name, bytes that do not fit the shape, or text with half a surrogate pair.
 * @example
 * const entry = { name: 'steps', dtype: 'U8', shape: [2], bytes: Uint8Array.of(7, 9) } as const;
 * const file = encodeTensorFile([entry], { author: 'me' });
 * decodeTensorFile(file).metadata?.['author']; // 'me'
 */
export function encodeTensorFile(
  entries: readonly TensorEntry[],
  metadata?: Readonly<Record<string, string>>,
  where: string = 'encodeTensorFile',
): FileBytes {
  checkWhere('encodeTensorFile', where);
  if (!isArray(entries)) invalid(where, 'entries', 'a list of { name, dtype, shape, bytes }', entries);
  const pairs = metadata === undefined ? undefined : sortedMetadata(metadata, where);
  const names = entries.length + (pairs?.length ?? 0);
  if (names > MAX_NAMES) invalid(where, 'entries', `at most ${MAX_NAMES} tensors and metadata keys`, names);
  checkEntries(entries, where);
  const sorted = [...entries].sort(
    (a, b) => DTYPES.indexOf(a.dtype) - DTYPES.indexOf(b.dtype) || compareCodePoints(a.name, b.name),
  );
  let end = 0;
  const infos = sorted.map(({ name, dtype, shape, bytes }) => {
    const begin = end;
    end += bytes.length;
    return { name, dtype, shape, begin, end };
  });

  const header = new TextEncoder().encode(writeHeader(infos, pairs));
  const headerBytes = Math.ceil(header.length / ALIGNMENT) * ALIGNMENT;
  if (headerBytes > MAX_HEADER_BYTES)
    invalid(where, 'the header', `at most ${MAX_HEADER_BYTES} bytes long`, headerBytes);
  const start = HEADER_START + headerBytes;
  const file = new Uint8Array(start + end);
  new DataView(file.buffer).setUint32(0, headerBytes, true);
  file.fill(0x20, HEADER_START, start);
  file.set(header, HEADER_START);
  infos.forEach((info, i) => {
    file.set(sorted[i]!.bytes, start + info.begin);
  });
  return file;
}

/**
 * Reads a file. The bytes of the entries are views of `bytes`, not copies, and may begin at any offset. Every rule of
 * the format is checked before anything is returned. The memory used is a small multiple of the header, whatever sizes
 * it claims.
 *
 * @param where - the name of the function in errors.
 * @throws FormatError, with the byte offset of the fault, for anything that is not a complete, correct file.
 * @example
 * const bytes = encodeSafetensors({ kernel: ones([2, 3]) });
 * const [entry] = decodeTensorFile(bytes).entries;
 * entry!.name; // 'kernel'
 * entry!.shape; // [2, 3]
 */
export function decodeTensorFile(bytes: Uint8Array, where: string = 'decodeTensorFile'): TensorFile {
  checkWhere('decodeTensorFile', where);
  checkBytes(where, 'bytes', bytes);
  const fail = (problem: string, offset: number): never => {
    throw new FormatError(`${where}: not a safetensors file: ${problem}`, offset);
  };
  const start = readHeaderEnd(bytes, bytes.length, where);
  const { tensors, metadata } = readHeaderOf(bytes, start, where);
  tensors.sort((a, b) => a.begin - b.begin || a.end - b.end);
  const available = bytes.length - start;
  let filled = 0;
  for (const { name, dtype, shape, begin, end, at } of tensors) {
    const label = `the tensor ${describe(name)}`;
    if (end < begin) fail(`${label} ends at ${end}, before it begins at ${begin}`, at);
    if (begin !== filled) fail(`${label} begins at ${begin}, but the data before it end at ${filled}`, at);
    if (end > available) fail(`${label} ends at ${end}, but the file holds only ${available} bytes of data`, at);
    const size = tensorBytes(dtype, shape);
    if (size === undefined) fail(`the size of ${label} overflows`, at);
    if (size !== end - begin)
      fail(`${label} takes ${size} bytes by its shape and dtype, but its offsets give ${end - begin}`, at);
    filled = end;
  }
  if (filled !== available) fail(`${available - filled} bytes at the end belong to no tensor`, start + filled);

  const entries = tensors.map(({ name, dtype, shape, begin, end }) => ({
    name,
    dtype,
    shape,
    bytes: new Uint8Array(bytes.buffer, bytes.byteOffset + start + begin, end - begin),
  }));
  return { entries, metadata };
}

/**
 * Reads from the first 8 bytes of a file where the header ends and the data begin.
 *
 * @param size - the size of the whole file.
 */
export function readHeaderEnd(beginning: Uint8Array, size: number, where: string): number {
  const fail = (problem: string): never => {
    throw new FormatError(`${where}: not a safetensors file: ${problem}`, 0);
  };
  if (size < HEADER_START) fail(`${size} bytes are too few; the header's length alone takes 8`);
  const view = new DataView(beginning.buffer, beginning.byteOffset, HEADER_START);
  const headerBytes = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (headerBytes > MAX_HEADER_BYTES)
    fail(`the header claims ${headerBytes} bytes; at most ${MAX_HEADER_BYTES} are read`);
  const end = HEADER_START + headerBytes;
  if (end > size) fail(`the header claims ${headerBytes} bytes, but only ${size - HEADER_START} follow`);
  return end;
}

/** The size of the whole file according to its header. `beginning` is the file up to the end of the header. */
export function readFileSize(beginning: Uint8Array, where: string): number {
  const { tensors } = readHeaderOf(beginning, beginning.length, where);
  return tensors.reduce((size, { end }) => Math.max(size, beginning.length + end), beginning.length);
}

function readHeaderOf(bytes: Uint8Array, headerEnd: number, where: string): Header {
  // A copy, because the reader writes into it, and because another thread may write into the original if it is shared.
  const header = new Uint8Array(headerEnd - HEADER_START);
  header.set(bytes.subarray(HEADER_START, headerEnd));
  return readHeader(header, HEADER_START, where);
}

function checkEntries(entries: readonly TensorEntry[], where: string): void {
  const names = new Set<string>();
  for (const [i, entry] of entries.entries()) {
    if (typeof entry !== 'object' || entry === null) {
      invalid(where, `entries[${i}]`, 'an object { name, dtype, shape, bytes }', entry);
    }
    const { name, dtype, shape, bytes } = fieldsOf(where, `entries[${i}]`, entry, [
      'name',
      'dtype',
      'shape',
      'bytes',
    ]) as TensorEntry;
    checkText(where, "a tensor's name", name);
    if (name === METADATA_KEY)
      invalid(where, "a tensor's name", `anything but ${METADATA_KEY}, which the format reserves`, name);
    if (names.has(name)) invalid(where, "tensors' names", 'distinct', name);
    names.add(name);
    const label = `the tensor ${describe(name)}`;
    if (typeof dtype !== 'string' || !isDtype(dtype))
      invalid(where, `the dtype of ${label}`, `one of ${DTYPES.join(', ')}`, dtype);
    checkBytes(where, `the bytes of ${label}`, bytes);
    if (
      !isArray(shape) ||
      shape.length > MAX_RANK ||
      !shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0)
    ) {
      invalid(where, `the shape of ${label}`, `at most ${MAX_RANK} whole numbers of at least 0`, shape);
    }
    const size = tensorBytes(dtype, shape);
    if (size !== bytes.length) {
      invalid(
        where,
        `the bytes of ${label}`,
        size === undefined ? 'below 2^53' : `${size}, as its shape and dtype say`,
        bytes.length,
      );
    }
  }
}

function sortedMetadata(metadata: Readonly<Record<string, string>>, where: string): [string, string][] {
  if (!isPlainObject(metadata)) {
    invalid(where, 'metadata', 'an object whose values are strings', metadata);
  }
  const pairs = Object.entries(metadata);
  for (const [key, value] of pairs) {
    checkText(where, 'a metadata key', key);
    checkText(where, `metadata ${describe(key)}`, value);
  }
  return pairs.sort(([a], [b]) => compareCodePoints(a, b));
}

function checkWhere(name: string, where: unknown): void {
  if (typeof where !== 'string') invalid(name, 'where', 'the name of a function', where);
}

/**
 * UTF-8 cannot encode half a surrogate pair. TextEncoder would replace it silently, and two names could become equal.
 */
function checkText(where: string, argument: string, text: unknown): void {
  if (typeof text !== 'string' || /\p{Surrogate}/u.test(text)) {
    invalid(where, argument, 'a string without half a surrogate pair', text);
  }
}

/** Compares by code points, the order of UTF-8 bytes. UTF-16 units have another order above U+D7FF. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const unitA = a.charCodeAt(i);
    const unitB = b.charCodeAt(i);
    if (unitA !== unitB) return rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

/** Surrogates encode the code points above U+FFFF, so they come after all other units. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
