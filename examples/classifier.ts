/**
 * The classifier whose features the evaluation compares. It is trained when it is first needed and kept in runs/, under
 * a name that depends on data and settings.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  accuracy,
  type Classifier,
  decodeTensorFile,
  digitClassifier,
  encodeWeights,
  loadWeights,
  scope,
  trainClassifier,
  zeros,
} from '../src/index.ts';
import { writeFileAtomic } from '../src/node/index.ts';
import type { DigitSplits, LabelledDigits } from './digits.ts';

export interface DescribedClassifier {
  readonly classifier: Classifier;
  /** File and accuracy, for the protocol. */
  readonly description: string;
}

/** Increase the version when the classifier or its training changes, so that older files are not used. */
const SETTINGS = { version: 1, epochs: 12, seed: 1 } as const;
const BATCH = 1000;

/**
 * Loads the classifier from `file`, or the one for these digits from `folder`; trains and saves it if there is none.
 */
export async function loadClassifier(
  file: string | undefined,
  { training, real }: DigitSplits,
  folder: string,
  progress: (text: string) => void,
): Promise<DescribedClassifier> {
  const path = file ?? join(folder, `classifier-${fingerprint(training)}.safetensors`);
  if (file !== undefined || existsSync(path)) return read(path, real, progress);
  progress(`training the classifier on ${training.images.count} digits, ${SETTINGS.epochs} epochs`);
  const { features, head } = await trainClassifier({
    ...training,
    epochs: SETTINGS.epochs,
    seed: SETTINGS.seed,
    onEpoch: ({ epoch, loss, accuracy, seconds }) => {
      const shown = [`loss ${loss.toFixed(4)}`, `accuracy ${accuracy.toFixed(4)}`, `${seconds.toFixed(1)} s`];
      progress(`classifier, epoch ${epoch}/${SETTINGS.epochs}  ${shown.join('  ')}`);
    },
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, encodeWeights({ features, head }, { settings: JSON.stringify(SETTINGS) }));
  return read(path, real, progress);
}

function read(path: string, real: LabelledDigits, progress: (text: string) => void): DescribedClassifier {
  const classifier = digitClassifier();
  // A model without an input shape has no weights before its first call.
  scope(() => classifier.head.predict(classifier.features.predict(zeros([1, ...real.images.itemShape]))));
  const bytes = readFileSync(path);
  loadWeights({ features: classifier.features, head: classifier.head }, bytes);
  const right = 100 * accuracy(classifier, real.images, real.labels);
  const { metadata } = decodeTensorFile(bytes);
  const settings = metadata?.['settings'] === undefined ? '' : `, trained with ${metadata['settings']}`;
  const share = `${right.toFixed(2)} % correct on the ${real.images.count} real images`;
  progress(`classifier ${path}: ${share}`);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return { classifier, description: `digitClassifier, weights ${hash}, ${share}${settings}` };
}

/** A hash of all images, labels and settings. */
function fingerprint({ images, labels }: LabelledDigits): string {
  const hash = createHash('sha256').update(JSON.stringify(SETTINGS)).update(labels);
  for (let start = 0; start < images.count; start += BATCH) {
    const places = Array.from({ length: Math.min(BATCH, images.count - start) }, (_, i) => start + i);
    scope(() => hash.update(images.gather(places).data));
  }
  return hash.digest('hex').slice(0, 16);
}
