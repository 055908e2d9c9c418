import { truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { constants, createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { FormatError, RuntimeError } from '../../src/core/errors.ts';
import { encodeIdx } from '../../src/data/idx.ts';
import { readIdxFile } from '../../src/node/idx.ts';
import { rejection, temporaryFolders } from '../support/folder.ts';
import { expectRejection } from '../support/thrown.ts';

const newFolder = temporaryFolders();

function save(bytes: Uint8Array): string {
  const path = join(newFolder(), 'file');
  writeFileSync(path, bytes);
  return path;
}

/** Bytes that do not compress, so that the packed file is about as long. */
function noise(length: number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length }, () => (state = (state * 48271) % 2147483647) & 255);
}

const small = encodeIdx({ type: 'int16', shape: [3], data: Int16Array.of(258, -1, 7) });
const large = encodeIdx({ type: 'uint8', shape: [700, 300], data: noise(210_000) });

/** Packed zeros behind a header that claims `sizes` values: the body of a gzip bomb. */
async function bomb(sizes: number[], zeros: number): Promise<Buffer> {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, 8, sizes.length]);
  sizes.forEach((size, axis) => {
    header.writeUInt32BE(size, 4 + 4 * axis);
  });
  const gzip = createGzip({ level: 9 });
  const packed: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => packed.push(chunk));
  const ended = new Promise((resolve) => gzip.on('end', resolve));
  gzip.write(header);
  const block = Buffer.alloc(2 ** 20);
  for (let written = 0; written < zeros; written += block.length) gzip.write(block);
  gzip.end();
  await ended;
  return Buffer.concat(packed);
}

describe('readIdxFile', () => {
  it.each([
    ['as it is', (bytes: Uint8Array) => bytes],
    ['gzipped', (bytes: Uint8Array) => gzipSync(bytes)],
    ['gzipped without compression', (bytes: Uint8Array) => gzipSync(bytes, { level: constants.Z_NO_COMPRESSION })],
    // RFC 1952: a gzip file may have several members, here with the header cut in two.
    [
      'gzipped in three parts',
      (bytes: Uint8Array) =>
        Buffer.concat([bytes.subarray(0, 5), bytes.subarray(5, 9), bytes.subarray(9)].map((part) => gzipSync(part))),
    ],
  ])('reads a file %s', async (_name, pack) => {
    expect(await readIdxFile(save(pack(small)))).toStrictEqual({
      type: 'int16',
      shape: [3],
      data: Int16Array.of(258, -1, 7),
    });
    const { shape, data } = await readIdxFile(save(pack(large)));
    expect(shape).toEqual([700, 300]);
    expect(Buffer.compare(Buffer.from(data.buffer, data.byteOffset, data.byteLength), noise(210_000))).toBe(0);
  });

  it('reads several members where one ends with the last byte of a piece of the file', async () => {
    // Uncompressed members have a length that can be chosen: 65,536 bytes, one piece.
    const member = (bytes: Uint8Array): Uint8Array => gzipSync(bytes, { level: constants.Z_NO_COMPRESSION });
    const first = 2 ** 16 - (member(large.subarray(0, 65_000)).length - 65_000);
    expect(member(large.subarray(0, first)).length).toBe(2 ** 16);
    const packed = Buffer.concat([member(large.subarray(0, first)), member(large.subarray(first))]);
    expect((await readIdxFile(save(packed))).shape).toEqual([700, 300]);
    await expectRejection(
      readIdxFile(save(Buffer.concat([packed, Buffer.alloc(200_000)]))),
      FormatError,
      /200000 bytes follow the end of its gzip data/,
    );
  });

  it('reads data whose compression is nearly the highest that deflate allows', async () => {
    const { shape, data } = await readIdxFile(save(await bomb([4 * 2 ** 20], 4 * 2 ** 20)));
    expect(shape).toEqual([4 * 2 ** 20]);
    expect(Buffer.from(data.buffer, data.byteOffset, data.byteLength).equals(Buffer.alloc(4 * 2 ** 20))).toBe(true);
  });

  const packedLarge = gzipSync(large);
  const damaged = Buffer.from(packedLarge);
  damaged[damaged.length - 6]! ^= 1;
  const cases: { name: string; bytes: Uint8Array; says: RegExp; offset: unknown }[] = [
    { name: 'an empty file', bytes: new Uint8Array(0), says: /has at least 4 bytes; got 0/, offset: 0 },
    { name: 'text', bytes: Buffer.from('<!DOCTYPE html>'), says: /begins with bytes 00 00; got 3c 21/, offset: 0 },
    {
      name: 'a cut file',
      bytes: large.subarray(0, 1000),
      says: /takes 210000 bytes of values, but only 988/,
      offset: 1000,
    },
    { name: 'a byte too many', bytes: Buffer.concat([small, Buffer.of(0)]), says: /too many/, offset: 14 },
    {
      name: 'two bytes of gzip',
      bytes: packedLarge.subarray(0, 2),
      says: /gzip data is damaged or cut short/,
      offset: 2,
    },
    { name: 'gzip of nothing', bytes: gzipSync(''), says: /has at least 4 bytes; got 0/, offset: 0 },
    { name: 'gzip of text', bytes: gzipSync('hello, hello, hello'), says: /got 68 65/, offset: 0 },
    { name: 'gzip of long text', bytes: gzipSync('hello'.repeat(99999)), says: /got 68 65/, offset: 0 },
    {
      name: 'gzip of a cut file',
      bytes: gzipSync(large.subarray(0, 99_000)),
      says: /only 98988 follow/,
      offset: 99_000,
    },
    {
      name: 'gzip of a byte too many',
      bytes: gzipSync(Buffer.concat([small, Buffer.of(0)])),
      says: /too many/,
      offset: 14,
    },
    {
      name: 'gzip of many bytes too many',
      bytes: gzipSync(Buffer.concat([large, noise(100_000)])),
      says: /unpacks to more than its IDX header declares/,
      offset: 210_012,
    },
    // Node tells of damage no more precisely than that it comes after the last block it unpacked.
    {
      name: 'a wrong CRC',
      bytes: damaged,
      says: /damaged or cut short \(incorrect data check\)/,
      offset: expect.any(Number),
    },
    {
      name: 'text after the gzip data',
      bytes: Buffer.concat([packedLarge, Buffer.from('end')]),
      says: /damaged or cut short \(incorrect header check\)/,
      offset: expect.any(Number),
    },
    {
      name: 'zeros after the gzip data',
      bytes: Buffer.concat([packedLarge, Buffer.alloc(5)]),
      says: /5 bytes follow the end/,
      offset: packedLarge.length,
    },
  ];

  it.each(cases)('refuses $name with the offset and the path', async ({ bytes, says, offset }) => {
    const path = save(bytes);
    const error = await expectRejection(readIdxFile(path), FormatError);
    expect(error).toMatchObject({ message: expect.stringMatching(says), offset });
    expect(error).toMatchObject({ message: expect.stringContaining(`readIdxFile: "${path}": `) });
  });

  it('refuses gzip data cut anywhere', async () => {
    const packed = gzipSync(small);
    for (let length = 0; length < packed.length; length++) {
      const error = await rejection(readIdxFile(save(packed.subarray(0, length))));
      expect(error, `the first ${length} of ${packed.length} bytes`).toBeInstanceOf(FormatError);
    }
  });

  it('with any one byte of gzip data changed, gives the same values or throws a FormatError', async () => {
    const packed = gzipSync(small);
    const intact = await readIdxFile(save(packed));
    for (let at = 0; at < packed.length; at++) {
      for (const flip of [1, 0x10, 0x80, 0xff]) {
        const changed = Buffer.from(packed);
        changed[at]! ^= flip;
        const name = `byte ${at} xor ${flip}`;
        const outcome = await readIdxFile(save(changed)).catch((error: unknown) => error);
        // The time, flags and system in gzip's header are not covered by its checksum.
        if (outcome instanceof Error) expect(outcome, name).toBeInstanceOf(FormatError);
        else expect(outcome, name).toStrictEqual(intact);
      }
    }
  });

  it('stops a gzip bomb at the size its header declares: 64 MiB of zeros behind a header for 3 values', async () => {
    const path = save(await bomb([3], 64 * 2 ** 20));
    const before = process.memoryUsage().arrayBuffers;
    await expectRejection(readIdxFile(path), FormatError, /unpacks to more than its IDX header declares/);
    // 64 KiB of chunks plus slack; a whole unpacking would show as 64 MiB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 2 ** 20);
  });

  it('refuses a declared size that gzip data so short cannot hold, before allocating it', async () => {
    const path = save(await bomb([1000, 1000, 1000], 2 ** 20));
    await expectRejection(readIdxFile(path), FormatError, /declares 1000000016 bytes, more than \d+ bytes of gzip/);
  });

  it('honours maxBytes, for the file and for what it unpacks to; its default is 1 GiB', async () => {
    const total = large.length;
    const zeros = gzipSync(encodeIdx({ type: 'uint8', shape: [5000], data: new Uint8Array(5000) }));
    expect((await readIdxFile(save(large), { maxBytes: total })).shape).toEqual([700, 300]);
    expect((await readIdxFile(save(zeros), { maxBytes: 5008 })).shape).toEqual([5000]);
    const cases: [Uint8Array, number | undefined, RegExp][] = [
      [large, total - 1, /has 210012 bytes, more than maxBytes = 210011; raise maxBytes to read it/],
      [zeros, 5007, /declares 5008 bytes, more than maxBytes = 5007/],
      [await bomb([2 ** 30], 2 ** 20), undefined, /declares 1073741832 bytes, more than maxBytes = 1073741824/],
    ];
    for (const [bytes, maxBytes, says] of cases) {
      await expectRejection(readIdxFile(save(bytes), maxBytes === undefined ? {} : { maxBytes }), FormatError, says);
    }
  });

  it('refuses a file that shrinks while it is read', async () => {
    const path = save(large);
    const probe = await open(path);
    const handles: { stat(): Promise<unknown> } = Object.getPrototypeOf(probe);
    await probe.close();
    const { stat } = handles;
    const spy = vi.spyOn(handles, 'stat').mockImplementation(async function (this: unknown) {
      const stats = await Reflect.apply(stat, this, []);
      truncateSync(path, 100_000);
      return stats;
    });
    try {
      await expectRejection(
        readIdxFile(path),
        FormatError,
        /became shorter while it was read: it had 210012 bytes, now 100000/,
      );
    } finally {
      spy.mockRestore();
    }
  });

  it('throws a RuntimeError with path and cause for a file that cannot be read', async () => {
    const folder = newFolder();
    const missing = await expectRejection(
      readIdxFile(join(folder, 'none')),
      RuntimeError,
      /none" cannot be read: ENOENT.*Check the path/,
    );
    expect(missing).toMatchObject({ cause: expect.objectContaining({ code: 'ENOENT' }) });
    await expectRejection(readIdxFile(join(save(small), 'none')), RuntimeError, /none" cannot be read: ENOTDIR[^.]*$/);
    await expectRejection(readIdxFile(folder), RuntimeError, folder);
  });
});
