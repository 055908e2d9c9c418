/** The 10,000 digits of examples/data, fetched beside the page and unpacked. */
import { FormatError, parseIdx } from '../../../src/index.ts';

/** The first two bytes of a gzip file. */
const GZIP = [0x1f, 0x8b];

export interface Digits {
  /** [count, 28, 28] */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

export async function loadDigits(): Promise<Digits> {
  const [pixels, labels] = await Promise.all([
    readIdx(new URL('./images-idx3-ubyte.gz', import.meta.url)),
    readIdx(new URL('./labels-idx1-ubyte.gz', import.meta.url)),
  ]);
  return { pixels, labels };
}

async function readIdx(url: URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.pathname} could not be loaded: ${response.status} ${response.statusText}`);
  const { type, data } = parseIdx(await unpacked(new Uint8Array(await response.arrayBuffer())));
  if (type !== 'uint8') throw new FormatError(`${url.pathname} has ${type}; expected uint8`, 2);
  return data;
}

/** Unpacks gzip. Some hosts have the browser do so already; then the bytes stay as they are. */
export async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  if (!GZIP.every((byte, i) => bytes[i] === byte)) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
