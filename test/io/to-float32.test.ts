import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/core/errors.ts';
import type { Dtype } from '../../src/io/dtype.ts';
import { toFloat32 } from '../../src/io/to-float32.ts';

/** Converts the bytes of a typed array, placed at an odd offset. */
function convert(dtype: Dtype, values: ArrayBufferView): number[] {
  const bytes = new Uint8Array(values.byteLength + 1).subarray(1);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return [...toFloat32(dtype, bytes, 100, 'test: the tensor "t"')];
}

/** The value of a floating-point pattern with fields of any width, as defined in IEEE 754, section 3.4. */
function patternValue(bits: number, exponentBits: number, fractionBits: number): number {
  const sign = bits >> (exponentBits + fractionBits) === 0 ? 1 : -1;
  const exponent = (bits >> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

describe('toFloat32', () => {
  const patterns = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

  it('converts all 65,536 F16 patterns exactly (IEEE 754 binary16; -0 and infinities included)', () => {
    expect(convert('F16', patterns)).toEqual([...patterns].map((bits) => patternValue(bits, 5, 10)));
  });

  it('converts all 65,536 BF16 patterns exactly (8 exponent bits, 7 fraction bits)', () => {
    expect(convert('BF16', patterns)).toEqual([...patterns].map((bits) => patternValue(bits, 8, 7)));
  });

  it('rounds F64 to the nearest float32, ties to even, and to infinity beyond the range', () => {
    const half = 2 ** -24;
    // 1 + half is midway between 1 and the next float32, 1 + 2 half. 1 + 3 half is midway between 1 + 2 half and
    // 1 + 4 half, whose last bit is 0.
    const values = Float64Array.of(
      0.1,
      1 + half,
      1 + 3 * half,
      1 + half + 2 ** -50,
      3.5e38,
      -1e300,
      2 ** -149,
      2 ** -150,
      -0,
    );
    const expected = [0.10000000149011612, 1, 1 + 4 * half, 1 + 2 * half, Infinity, -Infinity, 2 ** -149, 0, -0];
    expect(convert('F64', values)).toEqual(expected);
  });

  it('keeps every bit of F32, NaN payloads included', () => {
    const words = Uint32Array.of(0x7fc12345, 0xff812345, 0x80000000, 1);
    const bytes = new Uint8Array(17).subarray(1);
    bytes.set(new Uint8Array(words.buffer));
    const values = toFloat32('F32', bytes, 0, 'test');
    expect([...new Uint32Array(values.buffer, values.byteOffset, 4)]).toEqual([...words]);
  });

  it('converts integers and booleans that have an exact float32', () => {
    expect(convert('I8', Int8Array.of(-128, 127))).toEqual([-128, 127]);
    expect(convert('U8', Uint8Array.of(0, 255))).toEqual([0, 255]);
    expect(convert('BOOL', Uint8Array.of(0, 1))).toEqual([0, 1]);
    expect(convert('I16', Int16Array.of(-32768, 32767))).toEqual([-32768, 32767]);
    expect(convert('U16', Uint16Array.of(65535))).toEqual([65535]);
    expect(convert('I32', Int32Array.of(-(2 ** 31), 2 ** 24, -(2 ** 24) - 2))).toEqual([
      -(2 ** 31),
      2 ** 24,
      -(2 ** 24) - 2,
    ]);
    expect(convert('U32', Uint32Array.of(2 ** 31, 2 ** 32 - 256))).toEqual([2 ** 31, 2 ** 32 - 256]);
    expect(convert('I64', BigInt64Array.of(-(2n ** 63n), 5n))).toEqual([-(2 ** 63), 5]);
    expect(convert('U64', BigUint64Array.of(2n ** 63n, 0n))).toEqual([2 ** 63, 0]);
  });

  it.each<[Dtype, ArrayBufferView, number]>([
    ['I32', Int32Array.of(1, 2 ** 24 + 1), 104],
    ['U32', Uint32Array.of(2 ** 32 - 1), 100],
    ['I64', BigInt64Array.of(0n, 0n, 2n ** 53n + 1n), 116],
    ['I64', BigInt64Array.of(2n ** 24n + 1n), 100],
    ['U64', BigUint64Array.of(2n ** 64n - 1n), 100],
    ['BOOL', Uint8Array.of(0, 2), 101],
  ])('refuses %s values that float32 does not have', (dtype, values, offset) => {
    expect(() => convert(dtype, values)).toThrow(FormatError);
    expect(() => convert(dtype, values)).toThrow(`has no exact float32 (at byte ${offset})`);
  });

  it.each<Dtype>(['F8_E4M3', 'F8_E5M2', 'F8_E8M0', 'C64'])('refuses %s', (dtype) => {
    expect(() => convert(dtype, new Uint8Array(8))).toThrow(
      /test: the tensor "t" is \w+, which has no conversion to float32/,
    );
  });
});
