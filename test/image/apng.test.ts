import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { encodeApng } from '../../src/image/apng.ts';
import { decodeRows, pseudoBytes, readChunks, readPng } from './png-reader.ts';

const WIDTH = 30;
const HEIGHT = 17;
const frames = [1, 2, 3].map((seed) => pseudoBytes(seed, WIDTH * HEIGHT, 40));

describe('encodeApng', () => {
  test('orders chunks, numbers frames and writes frame controls as the specification says', () => {
    const chunks = readChunks(encodeApng(frames, WIDTH, HEIGHT, { delayMilliseconds: 250, plays: 7 }));
    expect(chunks.map((one) => one.type)).toEqual('IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT IEND'.split(' '));
    expect(Buffer.from(chunks[1]!.data).toString('hex')).toBe('0000000300000007');
    const sequence = chunks
      .filter((one) => /^f[cd]/.test(one.type))
      .map((one) => Buffer.from(one.data).readUInt32BE(0));
    expect(sequence).toEqual([0, 1, 2, 3, 4]);
    // Sequence 1, width 30, height 17, offsets 0, delay 250/1000 s, dispose none, blend source.
    expect(Buffer.from(chunks[4]!.data).toString('hex')).toBe('000000010000001e00000011000000000000000000fa03e80000');
  });

  test('stores every frame; a viewer without animation shows the first', () => {
    for (const options of [{}, { compress: (rows: Uint8Array) => new Uint8Array(deflateSync(rows)) }]) {
      const file = encodeApng(frames, WIDTH, HEIGHT, options);
      expect(readPng(file).pixels).toEqual(frames[0]);
      const data = readChunks(file).filter((one) => one.type === 'fdAT');
      const restored = data.map((one) => decodeRows(one.data.subarray(4), WIDTH, HEIGHT));
      expect(restored).toEqual(frames.slice(1));
    }
  });

  test('stores frames in colour; refuses grey ones among them', () => {
    const colours = [4, 5].map((seed) => pseudoBytes(seed, 3 * WIDTH * HEIGHT));
    const file = encodeApng(colours, WIDTH, HEIGHT);
    expect(readPng(file).pixels).toEqual(colours[0]);
    const second = readChunks(file).find((one) => one.type === 'fdAT')!;
    expect(decodeRows(second.data.subarray(4), WIDTH, HEIGHT, 3)).toEqual(colours[1]);
    expect(() => encodeApng([colours[0]!, frames[0]!], WIDTH, HEIGHT)).toThrow(
      'frames[1] has 510 bytes, but frames[0] is in colour; use one kind for all',
    );
  });

  test('refuses a list with holes', () => {
    const frames: Uint8Array[] = new Array(3);
    expect(() => encodeApng(frames, 2, 3)).toThrow(/encodeApng: frames\[0\] must be a Uint8Array.* got undefined/);
    frames[0] = new Uint8Array(6);
    expect(() => encodeApng(frames, 2, 3)).toThrow(/encodeApng: frames\[1\] must be a Uint8Array.* got undefined/);
  });
});
