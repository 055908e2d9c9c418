/** The digits of the examples: the MNIST files of a folder, or the 10,000 digits in examples/data. */
import { fileURLToPath } from 'node:url';
import { type Dataset, dataset } from '../src/index.ts';
import { loadMnist, readIdxFile } from '../src/node/index.ts';

/** What a GAN is trained on. */
export interface LabelledImages {
  readonly images: Dataset;
  /** The class of each image, if there are classes. */
  readonly labels: ArrayLike<number> | undefined;
  /** The number of classes; 10 for digits, which need not say so. */
  readonly classes?: number;
}

export interface LabelledDigits extends LabelledImages {
  readonly labels: Uint8Array;
}

export interface DigitSplits {
  readonly training: LabelledDigits;
  readonly real: LabelledDigits;
  /** Describes the two sets, for the protocol. */
  readonly description: string;
}

/** The digits of a training: the MNIST training images, or all 10,000 digits. */
export async function loadDigits(data: string | undefined, limit: number | undefined): Promise<LabelledDigits> {
  if (data !== undefined) return loadMnist({ directory: data, ...(limit === undefined ? {} : { limit }) });
  const all = await embedded();
  return part(all, 0, Math.min(limit ?? Infinity, all.labels.length));
}

/** The digits of an evaluation: the training images, and real ones that the classifier has not seen. */
export async function loadSplits(data: string | undefined): Promise<DigitSplits> {
  if (data === undefined) return embeddedHalves();
  const [training, real] = [
    await loadMnist({ directory: data, split: 'train' }),
    await loadMnist({ directory: data, split: 'test' }),
  ];
  const description = `MNIST: ${training.images.count} training images, ${real.images.count} test images as real ones`;
  return { training, real, description };
}

async function embeddedHalves(): Promise<DigitSplits> {
  const all = await embedded();
  const half = all.labels.length / 2;
  const description =
    `examples/data: the first ${half} digits are the training images, the last ${half} the real ones. ` +
    'The classifier has not seen the real ones; a generator of npm run train has, unless it was trained with --limit';
  return { training: part(all, 0, half), real: part(all, half, 2 * half), description };
}

interface Digits {
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

async function embedded(): Promise<Digits> {
  return { pixels: await readBytes('images-idx3-ubyte.gz'), labels: await readBytes('labels-idx1-ubyte.gz') };
}

function part({ pixels, labels }: Digits, start: number, end: number): LabelledDigits {
  return {
    images: dataset(pixels.slice(start * 784, end * 784), [end - start, 28, 28, 1]),
    labels: labels.slice(start, end),
  };
}

async function readBytes(name: string): Promise<Uint8Array> {
  const path = fileURLToPath(new URL(`data/${name}`, import.meta.url));
  const { type, data } = await readIdxFile(path);
  if (type !== 'uint8') throw new Error(`${path} has ${type}; expected uint8`);
  return data;
}
