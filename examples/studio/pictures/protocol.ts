/** The messages between the page of the pictures and the worker that trains: one union each way. */
import type { RuntimeInfo } from '../../../src/index.ts';

/** Images as bytes, one after the other; of one channel, or of three: red, green, blue. */
export interface ByteImages {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

export type Command = { readonly kind: 'open' };

export type Event =
  | { readonly kind: 'opened'; readonly runtime: RuntimeInfo; readonly images: ByteImages }
  | { readonly kind: 'failed'; readonly message: string };
