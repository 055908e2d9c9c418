/** Compares tensors that are too large for toEqual, bit for bit. */
import { createHash } from 'node:crypto';

/** SHA-256 of the concatenated bits of tensors. */
export function bitsOf(...tensors: readonly { readonly data: Float32Array }[]): string {
  const hash = createHash('sha256');
  for (const { data } of tensors) hash.update(new Uint8Array(data.slice().buffer));
  return hash.digest('hex');
}
