/** The safetensors target of the fuzzer: valid files to damage, and mutations that use the format. */
import assert from 'node:assert/strict';
import type { Dtype } from '../../src/io/dtype.ts';
import { DTYPES, tensorBytes } from '../../src/io/dtype.ts';
import { decodeTensorFile, encodeTensorFile, type TensorEntry, type TensorFile } from '../../src/io/tensor-file.ts';
import { type FuzzTarget, joinBytes, type Mutator, type TestRandom } from '../support/mutate.ts';

/** An entry whose bytes count up from 1. */
export function countingEntry(name: string, dtype: Dtype, shape: readonly number[]): TensorEntry {
  const size = shape.reduce((product, dimension) => product * dimension, tensorBytes(dtype, [])!);
  return { name, dtype, shape, bytes: Uint8Array.from({ length: size }, (_, i) => (i + 1) & 0xff) };
}

/**
 * A file of a header and data. Each character of `header` is one byte, so that it can hold bytes that are not UTF-8.
 */
export function fileFromHeader(header: string, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return joinBytes(length, Buffer.from(header, 'latin1'), data);
}

const corpus: readonly Uint8Array[] = [
  encodeTensorFile([]),
  encodeTensorFile([], { framework: 'ganvas', note: 'a "quoted"\n\\ text' }),
  encodeTensorFile([countingEntry('scalar', 'F32', [])]),
  encodeTensorFile([
    countingEntry('a', 'F32', [2, 3]),
    countingEntry('b', 'F16', [3]),
    countingEntry('\u00e9\u{1f600}', 'U8', [5]),
  ]),
  encodeTensorFile(
    DTYPES.map((dtype) => countingEntry(`every.${dtype}`, dtype, [2])),
    { '': '', format: 'pt' },
  ),
  encodeTensorFile([
    countingEntry('empty', 'F32', [0, 4]),
    countingEntry('none', 'I64', [0]),
    countingEntry('x', 'BOOL', [1, 1, 1]),
  ]),
  // Escapes, another order of fields and entries, white space between tokens: the writer never makes them, but they are
  // valid.
  fileFromHeader(
    '{ "\\u0061\\ud83d\\ude00\\n" :\t{"data_offsets" : [ 4 , 8 ],\r\n"shape":[1],"dtype":"F32"} ,"__metadata__":{}, ' +
      '"b":{"dtype":"I32","shape":[],"data_offsets":[0,4]}}   ',
    Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  ),
];

const ODD_NUMBERS: readonly string[] = [
  ...['0', '1', '2', '-0', '-1', '1.5', '1.0', '1e999', '1E2', '01', '+1', '0x10', 'NaN', 'Infinity', '', 'null'],
  ...['true', '"1"', '[]', '{}', '4294967296', '1099511627776', '9007199254740991', '9007199254740992'],
  ...['18446744073709551615', '18446744073709551616', '9'.repeat(400)],
];

const ODD_STRINGS: readonly string[] = [
  ...['""', '"__metadata__"', '"__proto__"', '"constructor"', '"a"', '"b"', '"dtype"', '"shape"', '"data_offsets"'],
  ...['"F32"', '"F33"', '"f32"', '"F4"', '"\\u0041"', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\ude00\\ud83d"'],
  ...['"\\ud83d\\u0041"', '"\\u12"', '"\\x"', '"\\', '"\\u005F_metadata__"', '"\xff"', '"\xc0\x80"'],
  ...['"\xed\xa0\x80"', '"\xf4\x90\x80\x80"', '"\xe2\\u0082\xac"', '"\xe2\x82\xac"', '"\x00"', '"\x1f"', '"\n"'],
  ...['"\xef\xbb\xbf"', 'null', '0', '[]', '{}', 'dtype', "'a'", '"' + 'x'.repeat(5000) + '"'],
];

const ODD_PIECES: readonly string[] = [
  ...[' ', '\n', '\t', '\r', '\x0b', '\x00', '\xa0', '\xef\xbb\xbf', ',', ',,', ':', '"', '\\', '{', '}', '[', ']'],
  ...['{}', '[]', '/**/', '"x":0,', '"__metadata__":{"k":"v"},'],
  ...['"z":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},', '['.repeat(20_000), '{"a":'.repeat(20_000)],
  ...['{"x":{"dtype":"F32","shape":'.repeat(3000)],
];

/** Damages the text of the header and corrects the length before it, so that the reader gets to the damage. */
function onHeader(edit: (header: string, random: TestRandom) => string): Mutator {
  return (bytes, random) => {
    if (bytes.length < 8) return bytes.slice();
    const end = Math.min(bytes.length, 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true));
    return fileFromHeader(edit(Buffer.from(bytes.subarray(8, end)).toString('latin1'), random), bytes.subarray(end));
  };
}

/** Replaces a random match of `pattern`. */
function replaceOne(text: string, pattern: RegExp, random: TestRandom, replacement: (match: string) => string): string {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return text;
  const match = random.pick(matches);
  return text.slice(0, match.index) + replacement(match[0]) + text.slice(match.index + match[0].length);
}

const STRING = /"(?:[^"\\]|\\.)*"/g;
const NUMBER = /\d+/g;
const FIELD = /"(?:dtype|shape|data_offsets)":(?:"[^"]*"|\[[\d,]*\]),?/g;
const ENTRY = /"(?:[^"\\]|\\.)*":\{[^{}]*\},?/g;

const mutators: readonly Mutator[] = [
  onHeader((text, random) => replaceOne(text, NUMBER, random, () => random.pick(ODD_NUMBERS))),
  onHeader((text, random) => replaceOne(text, NUMBER, random, (n) => String(Number(n) + random.below(17) - 8))),
  onHeader((text, random) => replaceOne(text, STRING, random, () => random.pick(ODD_STRINGS))),
  onHeader((text, random) => replaceOne(text, STRING, random, () => `"${random.pick(DTYPES)}"`)),
  onHeader((text, random) => replaceOne(text, FIELD, random, (field) => field.repeat(random.below(3)))),
  onHeader((text, random) => replaceOne(text, FIELD, random, (field) => `${field.replace(/,$/, '')},${field}`)),
  onHeader((text, random) => replaceOne(text, ENTRY, random, (entry) => entry.repeat(random.below(3)))),
  onHeader((text, random) => replaceOne(text, ENTRY, random, (entry) => `${entry.replace(/,$/, '')},${entry}`)),
  onHeader((text, random) =>
    replaceOne(text, /\[[\d,]*\]/g, random, (list) => `[${'1,'.repeat(random.below(80))}${list.slice(1)}`),
  ),
  onHeader((text, random) =>
    replaceOne(text, /[{}[\],:]/g, random, (mark) => random.pick([` ${mark}`, `${mark}\n`, '', mark + mark])),
  ),
  onHeader((text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(ODD_PIECES) + text.slice(at);
  }),
  onHeader((text, random) => text + random.pick([' ', '        ', '\n', '\x00', '{}', ' x'])),
  onHeader((text, random) => text.slice(0, random.below(text.length + 1))),
  function headerLength(bytes, random) {
    const copy = bytes.slice();
    if (copy.length < 8) return copy;
    const view = new DataView(copy.buffer);
    view.setUint32(0, view.getUint32(0, true) + random.below(33) - 16, true);
    return copy;
  },
];

/** Checks a file that was read: its entries cover the data without gaps, and writing and reading it gives the same. */
function verify(file: TensorFile, bytes: Uint8Array): void {
  const start = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  let end = start;
  for (const { bytes: data, shape, dtype } of file.entries) {
    assert.equal(data.buffer, bytes.buffer);
    assert.equal(data.byteOffset - bytes.byteOffset, end);
    assert.equal(
      data.length,
      shape.reduce((product, dimension) => product * dimension, tensorBytes(dtype, [])!),
    );
    end += data.length;
  }
  assert.equal(end, bytes.length);
  const again = decodeTensorFile(encodeTensorFile(file.entries, file.metadata));
  assert.deepEqual(again.metadata, file.metadata);
  assert.deepEqual(byName(again.entries), byName(file.entries));
}

function byName(entries: readonly TensorEntry[]): readonly TensorEntry[] {
  return [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
}

export const safetensorsTarget: FuzzTarget<TensorFile> = {
  name: 'safetensors',
  corpus,
  parse: (bytes) => decodeTensorFile(bytes),
  verify,
  mutators,
};
