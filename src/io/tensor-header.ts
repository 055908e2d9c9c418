/**
 * The header of a safetensors file, one JSON object:
 *   {"__metadata__": {"key": "text"}, "name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}
 * The offsets count from the end of the header. This reader refuses duplicate keys and unknown fields, which the
 * reference reader accepts. Source: the format section of the README of huggingface/safetensors.
 */
import { describe } from '../core/check.ts';
import { MAX_RANK } from '../core/shape.ts';
import { type Dtype, isDtype } from './dtype.ts';
import { HeaderReader } from './header-reader.ts';

/** The longest header, as in the reference implementation. */
export const MAX_HEADER_BYTES = 100_000_000;
/**
 * The most tensors and metadata keys in a header, together. It bounds the memory that a header of tiny entries takes.
 */
export const MAX_NAMES: number = 2 ** 17;
/** The one key that is not a tensor's name. */
export const METADATA_KEY = '__metadata__';

/** One tensor in the header. */
interface TensorInfo {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The first byte of the data, counted from the end of the header. */
  readonly begin: number;
  /** One past the last byte. */
  readonly end: number;
  /** The offset of the name in the file, for errors. */
  readonly at: number;
}

export interface Header {
  /** In the order of the header. */
  readonly tensors: TensorInfo[];
  readonly metadata: Record<string, string> | undefined;
}

/**
 * Reads a header. It checks the syntax, but does not compare offsets and shapes with each other or with the file.
 *
 * @param bytes - the header; it is overwritten.
 * @param base - the offset of the header in the file.
 */
export function readHeader(bytes: Uint8Array, base: number, where: string): Header {
  const reader = new HeaderReader(bytes, base, where);
  // The format requires the brace as the first byte; JSON would allow white space before it.
  if (bytes[0] !== 0x7b) reader.fail("the header must begin with '{'", base);
  const tensors: TensorInfo[] = [];
  const names = new Set<string>();
  let metadata: Record<string, string> | undefined;
  let keys = 0;
  const count = (at: number): void => {
    if (++keys > MAX_NAMES) reader.fail(`more than ${MAX_NAMES} names in the header`, at);
  };
  readObject(reader, 'a name', (name, at) => {
    if (name === METADATA_KEY) {
      if (metadata !== undefined) reader.fail(`${METADATA_KEY} appears twice`, at);
      metadata = readMetadata(reader, count);
      return;
    }
    count(at);
    if (names.has(name)) reader.fail(`the tensor ${describe(name)} appears twice`, at);
    names.add(name);
    tensors.push(readTensorInfo(reader, name, at));
  });
  reader.finish();
  return { tensors, metadata };
}

/** Reads an object with strings as values. The result has no prototype, so that `__proto__` is a key like any other. */
function readMetadata(reader: HeaderReader, count: (at: number) => void): Record<string, string> {
  const metadata: Record<string, string> = Object.create(null);
  readObject(reader, 'a metadata key', (key, at) => {
    count(at);
    if (key in metadata) reader.fail(`the metadata key ${describe(key)} appears twice`, at);
    metadata[key] = reader.string('a metadata value');
  });
  return metadata;
}

function readTensorInfo(reader: HeaderReader, name: string, at: number): TensorInfo {
  let dtype: Dtype | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  readObject(reader, "a tensor's field", (field, fieldAt) => {
    if (field === 'dtype' && dtype === undefined) dtype = readDtype(reader);
    else if (field === 'shape' && shape === undefined) shape = readIntegers(reader, 'a dimension', MAX_RANK);
    else if (field === 'data_offsets' && offsets === undefined) offsets = readIntegers(reader, 'a data offset', 2);
    else {
      const twice = field === 'dtype' || field === 'shape' || field === 'data_offsets';
      reader.fail(
        `the tensor ${describe(name)} has ${twice ? 'twice the' : 'an unknown'} field ${describe(field)}`,
        fieldAt,
      );
    }
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    const missing = dtype === undefined ? 'dtype' : shape === undefined ? 'shape' : 'data_offsets';
    return reader.fail(`the tensor ${describe(name)} has no ${missing}`, at);
  }
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined) {
    return reader.fail(`the tensor ${describe(name)} has fewer than two data_offsets`, at);
  }
  return { name, dtype, shape, begin, end, at };
}

function readDtype(reader: HeaderReader): Dtype {
  const at = reader.offset;
  const name = reader.string('a dtype');
  return isDtype(name) ? name : reader.fail(`unknown dtype ${describe(name)}`, at);
}

/** Reads `{ key: value, ... }`; `readValue` reads each value. */
function readObject(reader: HeaderReader, what: string, readValue: (key: string, at: number) => void): void {
  reader.expect('{', `before ${what}`);
  if (reader.accept('}')) return;
  do {
    const at = reader.offset;
    const key = reader.string(what);
    reader.expect(':', `after ${what}`);
    readValue(key, at);
  } while (reader.accept(','));
  reader.expect('}', `or ',' after the value of ${what}`);
}

/** Reads `[1, 2, ...]`, a list of at most `most` whole numbers. */
function readIntegers(reader: HeaderReader, what: string, most: number): number[] {
  const values: number[] = [];
  reader.expect('[', `before ${what}`);
  if (reader.accept(']')) return values;
  do {
    if (values.length === most) reader.fail(`${what} too many; at most ${most} fit`);
    values.push(reader.integer(what));
  } while (reader.accept(','));
  reader.expect(']', `or ',' after ${what}`);
  return values;
}

/** The text of a header, without padding. */
export function writeHeader(
  tensors: readonly Omit<TensorInfo, 'at'>[],
  metadata: readonly (readonly [key: string, value: string])[] | undefined,
): string {
  // Not JSON.stringify() of one object, which would move names that are whole numbers to the front and lose
  // `__proto__`.
  const parts: string[] = [];
  if (metadata !== undefined) {
    const pairs = metadata.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    parts.push(`${JSON.stringify(METADATA_KEY)}:{${pairs.join(',')}}`);
  }
  for (const { name, dtype, shape, begin, end } of tensors) {
    parts.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`);
  }
  return `{${parts.join(',')}}`;
}
