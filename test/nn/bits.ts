/** Equality to the last bit, of arrays too large for toEqual. */
import { createHash } from 'node:crypto';

/** SHA-256 of the bits of tensors, one after the other. */
export function bitsOf(...tensors: readonly { readonly data: Float32Array }[]): string {
  const hash = createHash('sha256');
  for (const { data } of tensors) hash.update(new Uint8Array(data.slice().buffer));
  return hash.digest('hex');
}
