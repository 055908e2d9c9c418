/**
 * The checksum inside a checkpoint, which is a safetensors file whose first metadata key is `checksum`:
 *
 *   8 bytes   length of the header
 *   {"__metadata__":{"checksum":"      always the same
 *   16 hexadecimal digits              two XXH32 of all that follows, seeded with the length of the header
 *   the rest                           hashed
 *
 * So every byte is either hashed or fixed. The checksum has 64 bits: CRC-32 would miss one damaged file in 4 billion.
 * SHA-256 is not available on pages without HTTPS. Hashing takes about 1 ms per MB.
 */
import { describe } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import { xxh32Pair } from '../core/xxhash.ts';

/** The writer of safetensors files sorts metadata keys; this one comes before all other keys of a checkpoint. */
export const CHECKSUM_KEY = 'checksum';
/** The placeholder until seal() is called. */
export const UNSEALED: string = '0'.repeat(16);

const PREFIX: Uint8Array = new TextEncoder().encode(`{"__metadata__":{"${CHECKSUM_KEY}":"`);
const HEADER_START = 8;
const CHECKSUM_START: number = HEADER_START + PREFIX.length;
const CHECKSUM_END: number = CHECKSUM_START + UNSEALED.length;

/** Writes the checksum into a file that has the placeholder. */
export function seal(file: Uint8Array): Uint8Array {
  file.set(new TextEncoder().encode(checksumOf(file)), CHECKSUM_START);
  return file;
}

/** @throws FormatError if the bytes are not sealed or were changed since. */
export function checkSeal(file: Uint8Array, where: string): void {
  checkBeginning(file, where);
  const stored = String.fromCharCode(...file.subarray(CHECKSUM_START, CHECKSUM_END));
  const computed = checksumOf(file);
  if (stored !== computed) {
    throw new FormatError(
      `${where}: the checkpoint is damaged: its checksum is ${computed}, but it should be ${describe(stored)}`,
      CHECKSUM_START,
    );
  }
}

/** The number of bytes that checkBeginning() needs. */
export const BEGINNING: number = CHECKSUM_END;

/** @throws FormatError if a file with this beginning cannot be a sealed checkpoint. */
export function checkBeginning(beginning: Uint8Array, where: string): void {
  if (beginning.length < BEGINNING || !PREFIX.every((byte, i) => beginning[HEADER_START + i] === byte)) {
    throw new FormatError(`${where}: not a checkpoint of a training: it does not begin as one`, 0);
  }
}

function checksumOf(file: Uint8Array): string {
  const headerBytes = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  return xxh32Pair(file.subarray(CHECKSUM_END), headerBytes);
}
