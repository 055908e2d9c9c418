/**
 * Measures how far a generator's digits are from real ones, beside the training and on one thread: the Frechet distance
 * in the features of the classifier of `npm run evaluate`, of 1,000 pictures from 5,000 digits that it has not seen.
 */
import {
  createRandom,
  type Dataset,
  dataset,
  digitClassifier,
  frechetDistance,
  loadWeights,
  type Model,
  scope,
  type Tensor,
  tensor,
  withClasses,
} from '../../../src/index.ts';
import { LATENT } from '../../gan-networks.ts';
import { buildGenerator, readGeneratorFile } from '../../generator-file.ts';
import { type Link, openPage } from '../worker-link.ts';
import { byteImages } from './byte-images.ts';
import { loadDigits } from './digits.ts';
import type { DistanceEvent, Measure } from './distance-protocol.ts';

const PICTURES = 1000;
const BATCH = 100;
const CLASSES = 10;
const FEATURES = 128;
/** Milliseconds until the classifier is asked for again. */
const RETRY = 5000;

let page: Link<DistanceEvent>;
let newest: Measure | undefined;
let isBusy = false;
let judge: { readonly features: Model; readonly real: Tensor } | undefined;

export function measureDistances(): void {
  page = openPage<Measure, DistanceEvent>((measure) => {
    // Only the newest is worth its time.
    newest = measure;
    if (isBusy) return;
    isBusy = true;
    work()
      .catch((error) => {
        newest = undefined;
        page.send({ kind: 'failed', message: error instanceof Error ? error.message : `${error}` });
      })
      .finally(() => {
        isBusy = false;
      });
  });
}

async function work(): Promise<void> {
  judge ??= await prepare();
  while (newest !== undefined) {
    const measure = newest;
    newest = undefined;
    const distance = distanceOf(measure, judge);
    page.send({ kind: 'measured', run: measure.run, epoch: measure.epoch, distance });
    await new Promise((resolve) => setTimeout(resolve));
  }
}

async function prepare(): Promise<{ readonly features: Model; readonly real: Tensor }> {
  const { features } = digitClassifier();
  loadWeights({ features }, await classifierFile());
  const { pixels } = await loadDigits();
  const half = pixels.length / 2;
  const digits = (bytes: Uint8Array): Dataset => dataset(bytes, [bytes.length / 784, 28, 28, 1]);
  const real = featuresOf(features, digits(pixels.subarray(half)));
  const seen = featuresOf(features, digits(pixels.subarray(0, 784 * PICTURES)));
  page.send({ kind: 'ready', real: frechetDistance(real, seen) });
  return { features, real };
}

/** A server that is still training it answers 202. */
async function classifierFile(): Promise<Uint8Array> {
  while (true) {
    const response = await fetch(new URL('./classifier.safetensors', import.meta.url));
    if (response.status === 200) return new Uint8Array(await response.arrayBuffer());
    if (!response.ok) throw new Error('This copy of the studio was built without the classifier.');
    page.send({ kind: 'waiting' });
    await new Promise((resolve) => setTimeout(resolve, RETRY));
  }
}

function featuresOf(features: Model, images: Dataset): Tensor {
  const rows = new Float32Array(images.count * FEATURES);
  for (let start = 0; start < images.count; start += BATCH) {
    const places = Int32Array.from({ length: Math.min(BATCH, images.count - start) }, (_, i) => start + i);
    scope(() => rows.set(features.predict(images.gather(places)).data, start * FEATURES));
  }
  return tensor(rows, [images.count, FEATURES]);
}

function distanceOf({ model, weights }: Measure, { features, real }: NonNullable<typeof judge>): number {
  const { generator } = readGeneratorFile('the generator', weights, [model], buildGenerator);
  const random = createRandom(0);
  const images: Dataset = {
    count: PICTURES,
    itemShape: [28, 28, 1],
    gather(places) {
      const noise = random.normal([places.length, LATENT]);
      const labels = Array.from(places, (place) => place % CLASSES);
      const drawn = generator.predict(model === 'conditional' ? withClasses(noise, labels) : noise);
      // As a saved picture has them: clipped, and of 256 levels.
      const { bytes } = byteImages(drawn);
      return tensor(
        Float32Array.from(bytes, (byte) => (byte - 127.5) / 127.5),
        drawn.shape,
      );
    },
  };
  return scope(() => frechetDistance(real, featuresOf(features, images)));
}
