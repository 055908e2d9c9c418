/**
 * Mutations of gzipped IDX files, read from disk by readIdxFile(): the IDX bytes before they are packed, the packed
 * bytes, gzip's header and trailer. Reading is asynchronous, so it has a driver of its own; every case follows from
 * (seed, index) alone.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { FormatError } from '../../src/core/errors.ts';
import type { IdxArray } from '../../src/data/idx.ts';
import { readIdxFile } from '../../src/node/idx.ts';
import { idxCorpus, idxTarget, verifyIdx } from '../data/idx-fuzz.ts';
import {
  damagedFile,
  type FuzzReport,
  type FuzzTarget,
  heldBytes,
  joinBytes,
  type Mutator,
  type TestRandom,
  testRandom,
} from '../support/mutate.ts';

/** No file of the corpus unpacks to more; a bomb must be stopped here. */
export const MAX_BYTES: number = 2 ** 16;

/** Zeros behind a header for a few values, packed: 1 MiB from 1 KB. */
function bomb(values: number): Uint8Array {
  const header = Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0);
  new DataView(header.buffer).setUint32(4, values);
  return gzipSync(joinBytes(header, new Uint8Array(2 ** 20)));
}
export const BOMBS: readonly Uint8Array[] = [0, 3, 65528, 2 ** 20, 2 ** 32 - 1].map(bomb);

function pack(bytes: Uint8Array, random: TestRandom): Uint8Array {
  const level = random.pick([constants.Z_NO_COMPRESSION, 1, 9]);
  if (random.below(4) > 0) return gzipSync(bytes, { level });
  // Several members, the header cut at any place.
  const cut = random.below(bytes.length + 1);
  return joinBytes(gzipSync(bytes.subarray(0, cut), { level }), gzipSync(bytes.subarray(cut), { level }));
}

const gzipMutators: readonly Mutator[] = [
  function method(bytes, random) {
    const copy = bytes.slice();
    if (copy.length > 2) copy[2] = random.below(256);
    return copy;
  },
  /** FTEXT, FHCRC, FEXTRA, FNAME, FCOMMENT and three reserved bits: fields that are not there. */
  function flags(bytes, random) {
    const copy = bytes.slice();
    if (copy.length > 3) copy[3] = 1 << random.below(8);
    return copy;
  },
  function fileName(bytes, random) {
    const copy = joinBytes(
      bytes.subarray(0, 10),
      new Uint8Array(random.below(40)).fill(0x61),
      Uint8Array.of(0),
      bytes.subarray(10),
    );
    if (copy.length > 3) copy[3] = 8;
    return copy;
  },
  /** CRC-32 or the length. */
  function trailer(bytes, random) {
    const copy = bytes.slice();
    const at = copy.length - 1 - random.below(8);
    if (at >= 0) copy[at]! ^= 1 + random.below(255);
    return copy;
  },
  function cutTrailer(bytes, random) {
    return bytes.slice(0, Math.max(0, bytes.length - random.below(9)));
  },
  function secondMember(bytes) {
    return joinBytes(bytes, bytes);
  },
  function zerosBehind(bytes, random) {
    return joinBytes(bytes, new Uint8Array(1 + random.below(600)));
  },
  function bombInstead(_, random) {
    return random.pick(BOMBS).slice();
  },
  function bombBehind(bytes, random) {
    return joinBytes(bytes, random.pick(BOMBS));
  },
];

/** The packed bytes of files that are right: what mutations of the packed bytes begin with. */
const packedTarget: FuzzTarget<never> = {
  name: 'gzip',
  corpus: idxCorpus.flatMap((bytes) => [gzipSync(bytes), gzipSync(bytes, { level: constants.Z_NO_COMPRESSION })]),
  parse: () => {
    throw new Error('packed bytes are read from disk');
  },
  verify: () => {},
  mutators: gzipMutators,
};

/** One case: damaged IDX bytes well packed, well packed bytes damaged, or both. */
export function damagedGzip(seed: number, index: number): Uint8Array {
  const random = testRandom(Math.imul(seed, 0x01000193) ^ Math.imul(index + 1, 0x85ebca6b));
  const kind = random.below(3);
  if (kind === 0) return damagedFile(packedTarget, seed, index);
  const packed = pack(damagedFile(idxTarget, seed, index), random);
  return kind === 1 ? packed : random.pick(gzipMutators)(packed, random);
}

/**
 * Runs cases 0 to count - 1 of a seed; throws at the first that breaks the rule, with the seed, the case and its bytes.
 */
export async function fuzzGzip(count: number, seed: number): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), 'ganvas-fuzz-'));
  const path = join(folder, 'file.gz');
  const complaints = new Map<string, number>();
  let accepted = 0;
  let slowestMilliseconds = 0;
  let largestExcess = 0;
  try {
    for (let index = 0; index < count; index++) {
      const bytes = damagedGzip(seed, index);
      writeFileSync(path, bytes);
      const held = heldBytes();
      const start = performance.now();
      const outcome = await readIdxFile(path, { maxBytes: MAX_BYTES }).catch((error: unknown) => ({ error }));
      slowestMilliseconds = Math.max(slowestMilliseconds, performance.now() - start);
      largestExcess = Math.max(largestExcess, heldBytes() - held - bytes.length);
      const complaint = complaintOf(outcome, bytes, seed, index);
      if (complaint === undefined) accepted++;
      else complaints.set(complaint, (complaints.get(complaint) ?? 0) + 1);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { accepted, rejected: count - accepted, complaints, slowestMilliseconds, largestExcess };
}

function complaintOf(
  outcome: IdxArray | { readonly error: unknown },
  bytes: Uint8Array,
  seed: number,
  index: number,
): string | undefined {
  try {
    if (!('error' in outcome)) {
      assert.ok(outcome.data.byteLength <= MAX_BYTES);
      // The reference is node:zlib's own reading of the whole file at once.
      verifyIdx(outcome, bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
      return undefined;
    }
    const { error } = outcome;
    assert.ok(error instanceof FormatError, String(error));
    assert.match(error.message, /^readIdxFile: ".*file\.gz"/);
    return error.message
      .replace(/".*?"/, '_')
      .replace(/\(.*\)/, '')
      .replace(/\b[\da-f]{2}\b|\d+/g, '#');
  } catch (cause) {
    const hex = Buffer.from(bytes.subarray(0, 2048)).toString('hex');
    throw new Error(`gzip, seed ${seed}, case ${index}: ${String(cause)}\n${bytes.length} bytes: ${hex}`, { cause });
  }
}
