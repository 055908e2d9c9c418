/** The digits that pictures are judged by: those a generator and a classifier train on, and real ones held out from the classifier. */
import { fileURLToPath } from 'node:url';
import { type Dataset, dataset } from '../src/index.ts';
import { loadMnist, readIdxFile } from '../src/node/index.ts';

export interface LabelledDigits {
  readonly images: Dataset;
  readonly labels: Uint8Array;
}

export interface DigitSplits {
  readonly training: LabelledDigits;
  readonly real: LabelledDigits;
  /** Says which digits are which, for the protocol. */
  readonly description: string;
}

/** MNIST's own split if a folder is named, else halves of the 10,000 digits in examples/data. */
export async function loadSplits(data: string | undefined): Promise<DigitSplits> {
  if (data === undefined) return embeddedHalves();
  const [training, real] = [
    await loadMnist({ directory: data, split: 'train' }),
    await loadMnist({ directory: data, split: 'test' }),
  ];
  const description = `MNIST: ${training.images.count} training images; real are its ${real.images.count} test images`;
  return { training, real, description };
}

async function embeddedHalves(): Promise<DigitSplits> {
  const [images, labels] = [await readBytes('images-idx3-ubyte.gz'), await readBytes('labels-idx1-ubyte.gz')];
  const half = labels.length / 2;
  const part = (start: number): LabelledDigits => ({
    images: dataset(images.slice(start * 784, (start + half) * 784), [half, 28, 28, 1]),
    labels: labels.slice(start, start + half),
  });
  const description =
    `examples/data: the first ${half} digits are the training images, the last ${half} the real ones. ` +
    'These are held out from the classifier, but a generator of npm run train has seen them unless it had --limit';
  return { training: part(0), real: part(half), description };
}

async function readBytes(name: string): Promise<Uint8Array> {
  const path = fileURLToPath(new URL(`data/${name}`, import.meta.url));
  const { type, data } = await readIdxFile(path);
  if (type !== 'uint8') throw new Error(`${path} holds ${type}, not bytes`);
  return data;
}
