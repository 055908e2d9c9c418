/** The embedded digits with their labels, for tests of what is learned from real images. */
import { fileURLToPath } from 'node:url';
import { type Dataset, dataset } from '../../src/index.ts';
import { readIdxFile } from '../../src/node/index.ts';

interface Digits {
  readonly images: Dataset;
  readonly labels: Uint8Array;
}

/** `count` of the 10,000 digits from `first` on. */
export async function readLabelledDigits(first: number, count: number): Promise<Digits> {
  const pixels = await readBytes('images-idx3-ubyte.gz');
  const labels = await readBytes('labels-idx1-ubyte.gz');
  const end = first + count;
  return {
    images: dataset(pixels.slice(first * 784, end * 784), [count, 28, 28, 1]),
    labels: labels.slice(first, end),
  };
}

async function readBytes(name: string): Promise<Uint8Array> {
  const { data } = await readIdxFile(fileURLToPath(new URL(`../../examples/data/${name}`, import.meta.url)));
  if (!(data instanceof Uint8Array)) throw new TypeError(`${name} must hold bytes`);
  return data;
}
