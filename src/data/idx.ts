/**
 * IDX, the file format of MNIST, big-endian throughout:
 *   2 bytes          00 00
 *   1 byte           type code
 *   1 byte           rank
 *   4 bytes an axis  its size
 *   the rest         the values, row-major
 * The bytes are not trusted: every field is checked before it is used.
 * Source: "The IDX file format", on the page of the MNIST database.
 */
import { type FileBytes, fileBytes } from '../core/bytes.ts';
import { checkChoice, describe, fieldsOf, invalid, isArray, isInstance } from '../core/check.ts';
import { FormatError, ShapeError } from '../core/errors.ts';
import { formatShape, sizeOf } from '../core/shape.ts';

/** The typed array of each element type of IDX files. */
export interface IdxData {
  uint8: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  float32: Float32Array;
  float64: Float64Array;
}

/** The element types of IDX files. */
export type IdxType = keyof IdxData;

/**
 * The array in an IDX file: row-major, `data.length` is the product of `shape`, `type` is the element type of `data`.
 */
export type IdxArray = {
  [T in IdxType]: { readonly type: T; readonly shape: readonly number[]; readonly data: IdxData[T] };
}[IdxType];

/** The header of a file. The values begin at byte `headerBytes` and take `dataBytes` bytes. */
interface IdxHeader {
  readonly type: IdxType;
  readonly shape: readonly number[];
  readonly headerBytes: number;
  readonly dataBytes: number;
}

/** The highest rank that is read or written; the format allows 255. */
const MAX_IDX_RANK = 8;

/** The longest header, in bytes. */
export const MAX_IDX_HEADER: number = 4 + 4 * MAX_IDX_RANK;

const FORMATS: Readonly<
  Record<IdxType, { code: number; bytes: number; array: new (length: number) => ArrayBufferView }>
> = {
  uint8: { code: 0x08, bytes: 1, array: Uint8Array },
  int8: { code: 0x09, bytes: 1, array: Int8Array },
  int16: { code: 0x0b, bytes: 2, array: Int16Array },
  int32: { code: 0x0c, bytes: 4, array: Int32Array },
  float32: { code: 0x0d, bytes: 4, array: Float32Array },
  float64: { code: 0x0e, bytes: 8, array: Float64Array },
};

const TYPES: readonly IdxType[] = ['uint8', 'int8', 'int16', 'int32', 'float32', 'float64'];

/**
 * Parses the bytes of an uncompressed IDX file. 8-bit data is a view of `bytes`, not a copy; wider values are copied
 * and converted to the byte order of the machine.
 *
 * @throws FormatError, with the byte offset of the fault, for anything but a complete IDX file: wrong first bytes, an
 *   unknown type, a rank of 0 or above 8, missing values or extra bytes. ArgumentError if `bytes` is neither a
 *   Uint8Array nor an ArrayBuffer.
 * @example
 * const { type, shape, data } = parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 9));
 * type; // 'uint8'
 * shape; // [2]
 * data; // [7, 9]
 */
export function parseIdx(bytes: Uint8Array | ArrayBuffer): IdxArray {
  return decodeIdx('parseIdx', fileBytes('parseIdx', 'bytes', bytes));
}

/** parseIdx() with another name in its errors, such as a file name. */
export function decodeIdx(where: string, bytes: Uint8Array): IdxArray {
  const { type, shape, headerBytes, dataBytes } = checkIdxLength(where, bytes, bytes.length);
  const buffer = bytes.buffer;
  const start = bytes.byteOffset + headerBytes;
  switch (type) {
    case 'uint8':
      return { type, shape, data: new Uint8Array(buffer, start, dataBytes) };
    case 'int8':
      return { type, shape, data: new Int8Array(buffer, start, dataBytes) };
    case 'int16':
      return { type, shape, data: new Int16Array(swapOrder(bytes.subarray(headerBytes), 2)) };
    case 'int32':
      return { type, shape, data: new Int32Array(swapOrder(bytes.subarray(headerBytes), 4)) };
    case 'float32':
      return { type, shape, data: new Float32Array(swapOrder(bytes.subarray(headerBytes), 4)) };
    case 'float64':
      return { type, shape, data: new Float64Array(swapOrder(bytes.subarray(headerBytes), 8)) };
  }
}

/** Reads the header at the beginning of `head` and checks it against `length`, the size of the whole file. */
export function checkIdxLength(where: string, head: Uint8Array, length: number): IdxHeader {
  const header = readIdxHeader(where, head);
  const { type, shape, headerBytes, dataBytes } = header;
  const present = length - headerBytes;
  if (present === dataBytes) return header;
  const claim = `shape ${formatShape(shape)} of ${type} takes ${dataBytes} bytes of values`;
  if (present < dataBytes) throw new FormatError(`${where}: ${claim}, but only ${present} follow`, length);
  throw new FormatError(`${where}: ${claim}, but ${present} follow: too many`, headerBytes + dataBytes);
}

/** Reads the header only; `bytes` may be just the beginning of a file. Throws FormatErrors like parseIdx(). */
export function readIdxHeader(where: string, bytes: Uint8Array): IdxHeader {
  if (bytes.length < 4) {
    throw new FormatError(`${where}: an IDX file has at least 4 bytes; got ${bytes.length}`, bytes.length);
  }
  const zero0 = bytes[0]!;
  const zero1 = bytes[1]!;
  const code = bytes[2]!;
  const rank = bytes[3]!;
  if (zero0 !== 0 || zero1 !== 0) {
    throw new FormatError(
      `${where}: an IDX file begins with bytes 00 00; got ${hex(zero0)} ${hex(zero1)}${hint(zero0, zero1)}`,
      0,
    );
  }
  const type = TYPES.find((name) => FORMATS[name].code === code);
  if (type === undefined) {
    const known = TYPES.map((name) => `${hex(FORMATS[name].code)} ${name}`).join(', ');
    throw new FormatError(`${where}: unknown type code ${hex(code)}; expected one of ${known}`, 2);
  }
  if (rank < 1 || rank > MAX_IDX_RANK) {
    throw new FormatError(`${where}: rank ${rank}; expected 1 to ${MAX_IDX_RANK}`, 3);
  }
  const headerBytes = 4 + 4 * rank;
  if (bytes.length < headerBytes) {
    throw new FormatError(
      `${where}: the header of rank ${rank} ends at byte ${headerBytes}, but the file has only ${bytes.length}`,
      bytes.length,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  // At most 8 (2^32)^8 = 2^259. Above 2^53 the product is rounded, but it is then larger than any file.
  const dataBytes = sizeOf(shape) * FORMATS[type].bytes;
  return { type, shape: Object.freeze(shape), headerBytes, dataBytes };
}

/**
 * Writes an array as the bytes of an IDX file, the inverse of parseIdx().
 *
 * @throws ArgumentError for an unknown type, a size of 2^32 or more, a rank of 0 or above 8, or data of another type.
 *   ShapeError if the length of `data` is not the product of `shape`.
 * @example
 * encodeIdx({ type: 'uint8', shape: [2], data: Uint8Array.of(7, 9) }); // [0, 0, 8, 1, 0, 0, 0, 2, 7, 9]
 */
export function encodeIdx(array: IdxArray): FileBytes {
  const fields = fieldsOf('encodeIdx', 'array', array, ['type', 'shape', 'data'], '{ type, shape, data }');
  const { shape, data } = fields as IdxArray;
  const type = checkChoice('encodeIdx', 'type', fields.type, TYPES);
  const format = FORMATS[type];
  const whole = (size: unknown): boolean => typeof size === 'number' && size >>> 0 === size;
  if (!isArray(shape) || shape.length < 1 || shape.length > MAX_IDX_RANK || !shape.every(whole)) {
    invalid('encodeIdx', 'shape', `a list of 1 to ${MAX_IDX_RANK} whole numbers below 2^32`, shape);
  }
  if (!isInstance(data, format.array))
    invalid('encodeIdx', 'data', `of type ${format.array.name} for ${array.type}`, data);
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `encodeIdx: shape ${formatShape(shape)} has ${sizeOf(shape)} elements, but data (${describe(data)}) has ` +
        `${data.length}`,
    );
  }
  const headerBytes = 4 + 4 * shape.length;
  const bytes = new Uint8Array(headerBytes + data.byteLength);
  bytes[2] = format.code;
  bytes[3] = shape.length;
  const view = new DataView(bytes.buffer);
  shape.forEach((size, axis) => {
    view.setUint32(4 + 4 * axis, size);
  });
  const values = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  bytes.set(new Uint8Array(swapOrder(values, format.bytes)), headerBytes);
  return bytes;
}

/** 1 if the machine is little-endian, else 0: the first byte of the 16-bit number 1. */
const LITTLE_ENDIAN: number = new Uint8Array(Uint16Array.of(1).buffer)[0]!;

/** A copy in which each element of `width` bytes is converted between big-endian and the order of the machine. */
function swapOrder(bytes: Uint8Array, width: number): ArrayBuffer {
  const swapped = new Uint8Array(bytes.length);
  const flip = LITTLE_ENDIAN * (width - 1);
  // width is a power of 2, so flipping the low bits of an index reverses the bytes within the element.
  for (let i = 0; i < bytes.length; i++) swapped[i ^ flip] = bytes[i]!;
  return swapped.buffer;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function hint(first: number, second: number): string {
  return first === 0x1f && second === 0x8b
    ? '. This is gzip: unpack it first, or use readIdxFile() of ganvas/node'
    : '';
}
