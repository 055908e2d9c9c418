import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError } from '../../src/core/errors.ts';
import { DTYPES, type Dtype } from '../../src/io/dtype.ts';
import { decodeTensorFile, encodeTensorFile, type TensorEntry } from '../../src/io/tensor-file.ts';
import { thrownBy } from '../support/thrown.ts';
import { countingEntry, fileFromHeader } from './safetensors-fuzz.ts';

const reference = new Uint8Array(readFileSync(new URL('./fixtures/reference.safetensors', import.meta.url)));

/** The text of the header of a file. */
function headerOf(file: Uint8Array): string {
  return new TextDecoder().decode(file.subarray(8, 8 + new DataView(file.buffer).getUint32(0, true)));
}

function refusal(bytes: Uint8Array): FormatError {
  try {
    decodeTensorFile(bytes);
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  }
  throw new Error(`accepted: ${new TextDecoder().decode(bytes)}`);
}

describe('against the reference implementation', () => {
  it('reads a file of safetensors 0.8.0 and writes the same bytes (test/safetensors-peer/reference.py)', () => {
    const { entries, metadata } = decodeTensorFile(reference);
    expect(entries.length).toBe(20);
    expect({ ...metadata }).toEqual({ 'made by': 'the "reference"\n\\ implementation é\u{1f600}' });
    // In the script, element i is i in unsigned types, i - 3 in signed ones, (i - 3) / 4 in floating ones.
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    expect(byName.get('uint16')).toEqual({
      name: 'uint16',
      dtype: 'U16',
      shape: [2, 2],
      bytes: Uint8Array.of(0, 0, 1, 0, 2, 0, 3, 0),
    });
    expect([...byName.get('int8')!.bytes]).toEqual([253, 254, 255, 0, 1, 2, 3]);
    expect([...byName.get('bool')!.bytes]).toEqual([0, 1, 0, 1, 0]);
    expect(new Float32Array(byName.get('float32')!.bytes.slice().buffer)).toEqual(
      Float32Array.from({ length: 24 }, (_, i) => (i - 3) / 4),
    );
    expect(byName.get('empty')!.shape).toEqual([0, 4]);
    expect(byName.get('scalar')!.shape).toEqual([]);
    expect(encodeTensorFile([...entries].reverse(), metadata)).toEqual(reference);
  });

  it('writes the bytes in its unit tests (safetensors/src/tensor.rs: test_serialization, test_empty)', () => {
    const values = Float32Array.of(0, 1, 2, 3, 4, 5);
    const entry = { name: 'attn.0', dtype: 'F32', shape: [1, 2, 3], bytes: new Uint8Array(values.buffer) } as const;
    const header = '{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}';
    expect(header.length).toBe(64);
    expect(encodeTensorFile([entry])).toEqual(fileFromHeader(header, entry.bytes));
    expect([...encodeTensorFile([])]).toEqual([8, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d, 32, 32, 32, 32, 32, 32]);
    expect(encodeTensorFile([], { framework: 'pt' })).toEqual(
      fileFromHeader('{"__metadata__":{"framework":"pt"}}     '),
    );
  });
});

describe('encodeTensorFile', () => {
  it('puts data at a multiple of 8, wide types first, then names by code point', () => {
    // U+FFEE comes before U+1F600, whose first UTF-16 unit is D83D.
    const names = ['b', '\u{1f600}', 'a', '\uffee', '10', '9', '__proto__', '', 'B'];
    const entries = [
      ...DTYPES.map((dtype) => countingEntry(dtype, dtype, [1])).reverse(),
      ...names.map((name) => countingEntry(name, 'BF16', [3])),
    ];
    const file = encodeTensorFile(entries);
    expect(new DataView(file.buffer).getUint32(0, true) % 8).toBe(0);
    const half = ['', '10', '9', 'B', 'BF16', '__proto__', 'a', 'b', '\uffee', '\u{1f600}'];
    const wide = ['U64', 'I64', 'F64', 'C64', 'F32', 'U32', 'I32'];
    const rest = [
      ...['F16', 'U16', 'I16', 'F8_E5M2FNUZ', 'F8_E4M3FNUZ', 'F8_E8M0', 'F8_E4M3', 'F8_E5M2', 'I8', 'U8', 'BOOL'],
    ];
    expect(decodeTensorFile(file).entries.map(({ name }) => name)).toEqual([...wide, ...half, ...rest]);
    expect(encodeTensorFile([...entries].reverse())).toEqual(file);
  });

  it('sorts metadata, accepts any key and writes no metadata by default', () => {
    const odd: Record<string, string> = JSON.parse(
      '{"b":"1","__proto__":"2","1":"3","\\uffee":"4","\\ud83d\\ude00":"5"}',
    );
    const file = encodeTensorFile([], odd);
    expect(headerOf(file).trimEnd()).toBe(
      '{"__metadata__":{"1":"3","__proto__":"2","b":"1","\uffee":"4","\u{1f600}":"5"}}',
    );
    expect(Object.entries(decodeTensorFile(file).metadata!).sort()).toEqual(Object.entries(odd).sort());
    expect(headerOf(encodeTensorFile([], {})).trimEnd()).toBe('{"__metadata__":{}}');
    expect(decodeTensorFile(encodeTensorFile([])).metadata).toBeUndefined();
  });

  const one = countingEntry('a', 'F32', [1]);
  const cases: readonly [string, readonly TensorEntry[], Record<string, string> | undefined, RegExp][] = [
    ['a name twice', [one, countingEntry('a', 'U8', [1])], undefined, /tensors' names must be distinct; got "a"/],
    ['the reserved name', [{ ...one, name: '__metadata__' }], undefined, /anything but __metadata__/],
    ['half a surrogate pair', [{ ...one, name: 'x\ud800' }], undefined, /half a surrogate pair/],
    ['bytes that do not fit', [{ ...one, shape: [2] }], undefined, /bytes of the tensor "a" must be 8, .*got 4/],
    ['a fraction of an element', [{ ...one, shape: [0.5] }], undefined, /shape of the tensor "a".*whole numbers/],
    ['a negative dimension', [{ ...one, shape: [-1] }], undefined, /whole numbers of at least 0/],
    ['a size past 2^53', [{ ...one, shape: [2 ** 40, 2 ** 40] }], undefined, /below 2\^53/],
    ['too many dimensions', [{ ...one, shape: new Array<number>(65).fill(1) }], undefined, /at most 64/],
    ['an unknown dtype', [{ ...one, dtype: JSON.parse('"F31"') as Dtype }], undefined, /one of U64/],
    ['metadata that are no text', [], JSON.parse('{"epoch":1}'), /metadata "epoch" must be a string/],
    ['half a pair in metadata', [], { a: '\udc00' }, /metadata "a"/],
  ];
  it.each(cases)('refuses %s', (_, entries, metadata, message) => {
    expect(() => encodeTensorFile(entries, metadata)).toThrow(ArgumentError);
    expect(() => encodeTensorFile(entries, metadata)).toThrow(message);
  });

  it('refuses files that decodeTensorFile would refuse: more than 2^17 names, a header above 100 MB', () => {
    const many = new Array<TensorEntry>(2 ** 17).fill(one);
    const says = 'entries must be at most 131072 tensors and metadata keys; got 131073';
    expect(thrownBy(ArgumentError, () => encodeTensorFile([...many, one])).message).toContain(says);
    expect(thrownBy(ArgumentError, () => encodeTensorFile(many, { key: '' })).message).toContain(says);
    // 2^17 names are allowed, so the error is that they are not distinct.
    expect(thrownBy(ArgumentError, () => encodeTensorFile(many)).message).toContain('distinct');
    const long = { note: 'x'.repeat(100_000_000) };
    expect(thrownBy(ArgumentError, () => encodeTensorFile([], long)).message).toMatch(
      /the header must be at most 100000000 bytes long; got 100000032/,
    );
  });
});

describe('decodeTensorFile', () => {
  it('returns views of its input, at any offset, of a Buffer or shared memory, and does not change it', () => {
    const escaped = fileFromHeader('{"\\u0061":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', Uint8Array.of(7, 9));
    const shared = new Uint8Array(new SharedArrayBuffer(escaped.length + 3), 3);
    shared.set(escaped);
    const buffer = Buffer.concat([Buffer.alloc(1), escaped]).subarray(1);
    for (const bytes of [escaped, shared, buffer]) {
      const [entry] = decodeTensorFile(bytes).entries;
      expect(entry!.name).toBe('a');
      expect([...entry!.bytes]).toEqual([7, 9]);
      expect(entry!.bytes.buffer).toBe(bytes.buffer);
      expect(entry!.bytes.constructor).toBe(Uint8Array);
      expect([...bytes]).toEqual([...escaped]);
    }
  });

  it('accepts any order of entries, white space between tokens, padding, and empty tensors anywhere', () => {
    const header =
      '{\n"z" : {"shape":[0,3],"data_offsets":[4,4],"dtype":"F64"},' +
      '"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]},' +
      '\t"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"__metadata__":{"k":""}} \n\r\t ';
    const { entries, metadata } = decodeTensorFile(fileFromHeader(header, Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7)));
    expect(entries.map(({ name }) => name)).toEqual(['a', 'z', 'b']);
    expect([...entries[2]!.bytes]).toEqual([4, 5, 6, 7]);
    expect({ ...metadata }).toEqual({ k: '' });
  });

  const entry = (shape: string, offsets: string, dtype = 'F32'): string =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
  const good = entry('[1]', '[0,4]');
  // Name of the case, header, number of data bytes, message, offset of the fault (default: the start of the header).
  const cases: readonly [what: string, header: string, data: number, message: RegExp, offset: number][] = [
    ['an empty header', '', 0, /must begin with '\{'/, 8],
    ['space before the brace', ' {}', 0, /must begin with '\{'/, 8],
    ['a list', '[]', 0, /must begin with '\{'/, 8],
    ['text after the header', '{} x', 0, /only white space after the header, got 'x'/, 11],
    ['a null byte as padding', '{}\0', 0, /only white space after the header, got byte 0x00/, 10],
    ['a no-break space as padding', '{}\xa0', 0, /only white space after the header, got byte 0xa0/, 10],
    ['an unfinished header', `{"a":${good}`, 4, /got the end of the header/, 61],
    ['a comma at the end', `{"a":${good},}`, 4, /expected a name, a string in double quotes, got '\}'/, 62],
    ['a tensor twice', `{"a":${good},"a":${good}}`, 4, /the tensor "a" appears twice/, 62],
    ['a tensor twice, once escaped', `{"a":${good},"\\u0061":${good}}`, 4, /the tensor "a" appears twice/, 62],
    ['metadata twice', '{"__metadata__":{},"__metadata__":{}}', 0, /__metadata__ appears twice/, 27],
    ['a metadata key twice', '{"__metadata__":{"k":"1","k":"1"}}', 0, /the metadata key "k" appears twice/, 33],
    ['a metadata number', '{"__metadata__":{"k":1}}', 0, /a metadata value, a string in double quotes, got '1'/, 29],
    ['metadata null', '{"__metadata__":null}', 0, /expected '\{'/, 24],
    ['a field twice', `{"a":${good.replace('"shape"', '"shape":[1],"shape"')}}`, 4, /has twice the field "shape"/, 40],
    ['an unknown field', '{"a":{"kind":1}}', 0, /unknown field "kind"/, 14],
    ['no dtype', '{"a":{"shape":[],"data_offsets":[0,0]}}', 0, /has no dtype/, 9],
    ['no shape', '{"a":{"dtype":"F32","data_offsets":[0,0]}}', 0, /has no shape/, 9],
    ['no offsets', '{"a":{"dtype":"F32","shape":[]}}', 0, /has no data_offsets/, 9],
    ['one offset', `{"a":${entry('[0]', '[0]')}}`, 0, /fewer than two data_offsets/, 9],
    ['three offsets', `{"a":${entry('[0]', '[0,0,0]')}}`, 0, /a data offset too many/, 60],
    ['an unknown dtype', `{"a":${entry('[0]', '[0,0]', 'F4')}}`, 0, /unknown dtype "F4"/, 22],
    ['a fraction', `{"a":${entry('[1.5]', '[0,4]')}}`, 4, /expected '\]' or ',' after a dimension, got '\.'/, 38],
    ['an exponent', `{"a":${entry('[1e999]', '[0,4]')}}`, 4, /got 'e'/, 38],
    ['a negative zero', `{"a":${entry('[-0]', '[0,0]')}}`, 0, /a whole number of at least 0, got '-'/, 37],
    ['a leading zero', `{"a":${entry('[01]', '[0,4]')}}`, 4, /a dimension has a leading zero/, 37],
    ['a number past 2^53', `{"a":${entry('[9007199254740992]', '[0,4]')}}`, 4, /a dimension is above 2\^53 - 1/, 37],
    [
      'a huge shape',
      `{"a":${entry('[1099511627776,1099511627776]', '[0,4]')}}`,
      4,
      /the size of the tensor "a" overflows/,
      9,
    ],
    [
      'a huge size in bytes',
      `{"a":${entry('[9007199254740991]', '[0,4]')}}`,
      4,
      /the size of the tensor "a" overflows/,
      9,
    ],
    ['65 dimensions', `{"a":${entry(`[${'1,'.repeat(64)}1]`, '[0,4]')}}`, 4, /at most 64 fit/, 165],
    ['a shape that is nested', `{"a":${entry('[[1]]', '[0,4]')}}`, 4, /a dimension.*got '\['/, 37],
    [
      'a size that differs',
      `{"a":${entry('[2]', '[0,4]')}}`,
      4,
      /takes 8 bytes by its shape and dtype, but its offsets give 4/,
      9,
    ],
    ['offsets in reverse', `{"a":${entry('[1]', '[4,0]')}}`, 4, /ends at 0, before it begins at 4/, 9],
    ['a hole in front', `{"a":${entry('[1]', '[4,8]')}}`, 8, /begins at 4, but the data before it end at 0/, 9],
    [
      'a gap between tensors',
      `{"a":${good},"b":${entry('[1]', '[8,12]')}}`,
      12,
      /"b" begins at 8, but the data before it end at 4/,
      62,
    ],
    [
      'an overlap',
      `{"a":${entry('[2]', '[0,8]')},"b":${entry('[1]', '[4,8]')}}`,
      8,
      /begins at 4, but .* end at 8/,
      62,
    ],
    ['the same data twice', `{"a":${good},"b":${good}}`, 4, /"b" begins at 0, but the data before it end at 4/, 62],
    ['data missing', `{"a":${good}}`, 3, /ends at 4, but the file holds only 3 bytes of data/, 9],
    ['bytes left over', `{"a":${good}}`, 5, /1 bytes at the end belong to no tensor/, 66],
    ['bytes and no tensor', '{}', 1, /1 bytes at the end/, 10],
    ['a raw control character', '{"a\n":1}', 0, /unescaped control character/, 11],
    ['an unknown escape', '{"\\x":1}', 0, /unknown escape/, 10],
    ['three hexadecimal digits', '{"\\u00g0":1}', 0, /four hexadecimal digits/, 14],
    ['half a surrogate pair', '{"\\ud800":1}', 0, /half a surrogate pair/, 10],
    ['a surrogate pair in reverse', '{"\\udc00\\ud800":1}', 0, /half a surrogate pair/, 10],
    ['a string without end', '{"a', 0, /no closing quote/, 9],
    ['bytes that are no UTF-8', '{"\xff":1}', 0, /not UTF-8/, 9],
    ['an overlong UTF-8 form', '{"\xc0\x80":1}', 0, /not UTF-8/, 9],
    ['half a UTF-8 form, then an escape', '{"\xe2\\u0082\xac":1}', 0, /not UTF-8/, 9],
  ];
  it.each(cases)('refuses %s', (_, header, data, message, offset) => {
    const error = refusal(fileFromHeader(header, new Uint8Array(data)));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^decodeTensorFile: not a safetensors file: /);
    expect(error.offset).toBe(offset);
  });

  it('refuses lengths beyond the file, 100 MB or 32 bits', () => {
    expect(refusal(new Uint8Array(7)).message).toMatch(/7 bytes are too few/);
    const file = encodeTensorFile([]);
    const claim = (low: number, high: number): Uint8Array => {
      const copy = file.slice();
      new DataView(copy.buffer).setUint32(0, low, true);
      new DataView(copy.buffer).setUint32(4, high, true);
      return copy;
    };
    expect(refusal(claim(9, 0)).message).toMatch(/claims 9 bytes, but only 8 follow/);
    expect(refusal(claim(100_000_001, 0)).message).toMatch(/claims 100000001 bytes; at most 100000000/);
    expect(refusal(claim(8, 1)).message).toMatch(/claims 4294967304 bytes/);
    expect(refusal(claim(0xffffffff, 0xffffffff)).message).toMatch(/at most 100000000 are read/);
  });

  it('refuses nesting of any depth without recursion', () => {
    for (const piece of ['[', '{"a":', '{"a":{"dtype":"F32","shape":[', '{"__metadata__":']) {
      expect(refusal(fileFromHeader(piece.repeat(100_000))).offset).toBeLessThan(80);
    }
  });

  it('refuses more than 2^17 names, since each costs a few hundred bytes of memory', () => {
    const names = Array.from({ length: 2 ** 17 + 1 }, (_, i) => `"${i}":""`);
    expect(refusal(fileFromHeader(`{"__metadata__":{${names.join(',')}}}`)).message).toMatch(/more than 131072 names/);
    const file = decodeTensorFile(fileFromHeader(`{"__metadata__":{${names.slice(1).join(',')}}}`));
    expect(Object.keys(file.metadata!).length).toBe(2 ** 17);
  });

  it('resolves escapes as JSON.parse does (20,000 strings of random escapes and characters, seed 5)', () => {
    let state = 5;
    const below = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const unit = (): string => `\\u${below(65536).toString(16).padStart(4, '0')}`;
    const pair = (): string => `\\ud${(0x800 + below(0x400)).toString(16)}\\uD${(0xc00 + below(0x400)).toString(16)}`;
    const plain = [
      ...['a', '/', '\\/', '\\n', '\\t', '\\b', '\\f', '\\r', '\\"', '\\\\', 'é', '\u2028', '\u{1f600}', '\x7f'],
    ];
    for (let i = 0; i < 20_000; i++) {
      const parts = Array.from({ length: 1 + below(6) }, () =>
        [unit, pair, () => plain[below(plain.length)]!][below(3)]!(),
      );
      const text = `"${parts.join('')}"`;
      const expected: string = JSON.parse(text);
      const header = Buffer.from(`{"__metadata__":{"k":${text}}}`).toString('latin1');
      if (/\p{Surrogate}/u.test(expected)) {
        expect(refusal(fileFromHeader(header)).message, text).toMatch(/half a surrogate pair/);
      } else {
        expect(decodeTensorFile(fileFromHeader(header)).metadata!['k'], text).toBe(expected);
      }
    }
  });
});
