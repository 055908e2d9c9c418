import { describe, expect, test } from 'vitest';
import { adler32, crc32, crcTable, reflectedCrc } from '../../src/compression/checksum.ts';
import { pseudoBytes } from '../image/png-reader.ts';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('checksums', () => {
  test('CRC-32 of "123456789" is cbf43926, the check value of the CRC catalogue; of no bytes 0', () => {
    expect(crc32(ascii('123456789'))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });

  test('CRC-32C of 32 bytes of 0 is 8a9136aa, of 32 bytes of 255 62a8ab43 (RFC 3720, appendix B.4)', () => {
    const castagnoli = crcTable(0x82f63b78);
    expect(reflectedCrc(new Uint8Array(32), castagnoli)).toBe(0x8a9136aa);
    expect(reflectedCrc(new Uint8Array(32).fill(255), castagnoli)).toBe(0x62a8ab43);
  });

  test('CRC-32 of an IEND chunk is ae426082, the last four bytes of every PNG file', () => {
    expect(crc32(ascii('IEND'))).toBe(0xae426082);
  });

  test('Adler-32 of "Wikipedia" is 11e60398 (the worked example of its article); of no bytes 1', () => {
    expect(adler32(ascii('Wikipedia'))).toBe(0x11e60398);
    expect(adler32(new Uint8Array(0))).toBe(1);
  });

  test('Adler-32 equals its definition in arbitrary integers, also at block edges and for bytes of 255', () => {
    for (const size of [1, 3799, 3800, 3801, 7600, 100_003]) {
      for (const bytes of [new Uint8Array(size).fill(255), pseudoBytes(size, size)]) {
        let a = 1n;
        let b = 0n;
        for (const byte of bytes) b += a += BigInt(byte);
        expect(adler32(bytes), `size ${size}`).toBe(Number((b % 65521n) * 65536n + (a % 65521n)));
      }
    }
  });
});
