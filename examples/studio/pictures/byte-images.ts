/** Images in [-1, 1] as bytes, for a canvas. */
import type { Samples } from '../../../src/index.ts';
import type { ByteImages } from './protocol.ts';

export function byteImages({ shape, data }: Samples): ByteImages {
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  const bytes = new Uint8Array(data.length);
  // The inverse of a dataset's normalisation; a byte array would wrap, not clip.
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round((Math.min(Math.max(data[i]!, -1), 1) + 1) * 127.5);
  return { bytes, count, height, width, channels };
}
