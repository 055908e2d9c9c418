/** The PNG target of the fuzzer: files of every kind to damage, and mutations that keep the checksums right. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { deflateSync, inflateSync } from 'node:zlib';
import { chunk, pngFile } from '../../src/image/chunks.ts';
import { type DecodedPicture, decodePng } from '../../src/image/decode-png.ts';
import { type FuzzTarget, GENERAL_MUTATORS, type Mutator } from '../support/mutate.ts';
import { type Chunk, readChunks } from './png-reader.ts';

const cases: readonly { readonly png: string }[] = JSON.parse(
  readFileSync(new URL('../fixtures/pngs.json', import.meta.url), 'utf8'),
);

/** A mutation of the chunks, whose lengths and checksums are right afterwards. Files without whole chunks stay. */
function ofChunks(change: (chunks: Chunk[], random: Parameters<Mutator>[1]) => Chunk[]): Mutator {
  return (bytes, random) => {
    let chunks: Chunk[];
    try {
      chunks = readChunks(bytes);
    } catch {
      return bytes.slice();
    }
    if (chunks.length === 0) return bytes.slice();
    return pngFile(change(chunks, random).map(({ type, data }) => chunk(type, data)));
  };
}

function changeOne(chunks: Chunk[], random: Parameters<Mutator>[1], type?: string): Chunk[] {
  const places = chunks.flatMap((one, i) => (type === undefined || one.type === type ? [i] : []));
  if (places.length === 0) return chunks;
  const place = random.pick(places);
  return chunks.map((one, i) =>
    i === place && one.data.length > 0 ? { ...one, data: random.pick(GENERAL_MUTATORS)(one.data, random) } : one,
  );
}

const mutators: readonly Mutator[] = [
  ofChunks(changeOne),
  ofChunks((chunks, random) => changeOne(chunks, random, 'IHDR')),
  ofChunks((chunks, random) => changeOne(chunks, random, 'IDAT')),
  ofChunks((chunks, random) => changeOne(chunks, random, 'tRNS')),
  /** Another value of a field of the header that has few. */
  ofChunks(([first, ...rest], random) => {
    const data = first!.data.slice();
    if (data.length === 13) data[8 + random.below(5)] = random.pick([0, 1, 2, 3, 4, 6, 8, 16]);
    return [{ type: first!.type, data }, ...rest];
  }),
  ofChunks((chunks, random) => chunks.filter((_, i) => i !== random.below(chunks.length))),
  ofChunks((chunks, random) => {
    const [from, to] = [random.below(chunks.length), random.below(chunks.length)];
    return [...chunks.slice(0, to), chunks[from]!, ...chunks.slice(to)];
  }),
  /** Damaged rows, well packed. */
  ofChunks((chunks, random) => {
    const stream = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
    let raw: Uint8Array;
    try {
      raw = new Uint8Array(inflateSync(stream));
    } catch {
      return chunks;
    }
    if (raw.length === 0) return chunks;
    const data = new Uint8Array(deflateSync(random.pick(GENERAL_MUTATORS)(raw, random), { level: random.below(10) }));
    const first = chunks.findIndex(({ type }) => type === 'IDAT');
    return chunks.flatMap((one, i) => (one.type !== 'IDAT' ? [one] : i === first ? [{ type: 'IDAT', data }] : []));
  }),
];

/** A file that was decoded has right checksums, and a picture of the size in its header. */
function verify({ pixels, width, height, channels }: DecodedPicture, bytes: Uint8Array): void {
  const chunks = readChunks(bytes);
  const header = Buffer.from(chunks[0]!.data);
  assert.deepEqual([width, height], [header.readUInt32BE(0), header.readUInt32BE(4)]);
  assert.equal(pixels.length, width * height * channels);
  inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
}

export const pngTarget: FuzzTarget<DecodedPicture> = {
  name: 'png',
  corpus: cases.map(({ png }) => new Uint8Array(Buffer.from(png, 'base64'))),
  parse: (bytes) => decodePng(bytes, { maxPixels: 2 ** 16 }),
  verify,
  mutators,
};
