import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../src/wasm/byte-writer.ts';
import { i32, i64 } from '../../src/wasm/index.ts';
import { run } from './helpers.ts';

const written = (write: (writer: ByteWriter) => void): string => {
  const writer = new ByteWriter();
  write(writer);
  return Buffer.from(writer.view()).toString('hex');
};

describe('LEB128: 7 bits a byte, lowest first; worked by hand from the definition', () => {
  test.each([
    [0, '00'],
    [1, '01'],
    [127, '7f'],
    [128, '8001'],
    [16383, 'ff7f'],
    [16384, '808001'],
    [624485, 'e58e26'],
    [2 ** 31 - 1, 'ffffffff07'],
    [2 ** 31, '8080808008'],
    [2 ** 32 - 1, 'ffffffff0f'],
  ])('unsigned %d', (value, hex) => {
    expect(written((writer) => writer.unsigned(value))).toBe(hex);
  });

  test.each([
    [0, '00'],
    [63, '3f'],
    [64, 'c000'],
    [-1, '7f'],
    [-64, '40'],
    [-65, 'bf7f'],
    [-123456, 'c0bb78'],
    [2 ** 31 - 1, 'ffffffff07'],
    [-(2 ** 31), '8080808078'],
  ])('signed %d', (value, hex) => {
    expect(written((writer) => writer.signed(value))).toBe(hex);
  });

  test('the buffer grows across its capacity without losing a byte', () => {
    const writer = new ByteWriter();
    const expected: number[] = [];
    for (let k = 0; k < 1000; k++) {
      writer.byte(k & 0xff);
      writer.bytes([1, 2, 3]);
      expected.push(k & 0xff, 1, 2, 3);
    }
    expect([...writer.view()]).toEqual(expected);
    expect(writer.length).toBe(4000);
  });

  test('a name is its UTF-8 length and bytes', () => {
    expect(written((writer) => writer.name('é'))).toBe('02c3a9');
  });
});

test('integer constants keep their value around every LEB128 length and at the ends of the range', () => {
  const powers = [6, 7, 13, 14, 20, 21, 27, 28, 30].map((bits) => 2 ** bits);
  const edges = powers.flatMap((x) => [x - 1, x, x + 1, -x, -x - 1]);
  const values = [...new Set([...edges, 0, 1, -1, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2 ** 32 - 1])];
  const { call } = run((module) => {
    for (const value of values) module.function(`i32 ${value}`, {}, 'i32', () => i32.const(value));
    for (const value of values) if (value < 2 ** 31) module.function(`i64 ${value}`, {}, 'i64', () => i64.const(value));
  });
  for (const value of values) expect(call(`i32 ${value}`), `i32 ${value}`).toBe(value | 0);
  for (const value of values) if (value < 2 ** 31) expect(call(`i64 ${value}`), `i64 ${value}`).toBe(BigInt(value));
});
