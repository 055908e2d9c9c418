import { describe, expect, it } from 'vitest';
import { float32FromLittleEndian, littleEndianBytes } from '../../src/io/little-endian.ts';

// 1.5 is 0x3fc00000, -2 is 0xc0000000 (IEEE 754 binary32).
const values = Float32Array.of(1.5, -2);
const bytes = [0x00, 0x00, 0xc0, 0x3f, 0x00, 0x00, 0x00, 0xc0];

describe('little-endian float32', () => {
  it('is written, and read from any offset', () => {
    expect([...littleEndianBytes(values)]).toEqual(bytes);
    for (const offset of [0, 1, 2, 3, 4]) {
      const placed = new Uint8Array(new SharedArrayBuffer(offset + 8), offset);
      placed.set(bytes);
      expect([...float32FromLittleEndian(placed)]).toEqual([1.5, -2]);
    }
  });

  it('reverses the bytes of each word on a big-endian host', () => {
    // In the memory of a big-endian host the bytes of each word are in reverse order.
    const foreign = Float32Array.from(values);
    const turned = littleEndianBytes(foreign, false);
    expect([...turned]).toEqual([0x3f, 0xc0, 0x00, 0x00, 0xc0, 0x00, 0x00, 0x00]);
    expect([...float32FromLittleEndian(turned, false)]).toEqual([1.5, -2]);
    expect([...foreign]).toEqual([1.5, -2]);
  });
});
