/**
 * The classifier whose features the evaluation compares, trained when it is first needed and then kept in runs/, under a name that tells data
 * and settings apart.
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
  /** For the protocol: file and accuracy. */
  readonly description: string;
}

/** A change of the classifier or of its training needs another version, so that no older file is taken for it. */
const SETTINGS = { version: 1, epochs: 12, seed: 1 } as const;
const BATCH = 1000;

/** The classifier in `file`, or the one in `folder` that was trained on these digits, or a new one, which is then saved there. */
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
  // Models whose first layer names no shape have weights only after a call.
  scope(() => classifier.head.predict(classifier.features.predict(zeros([1, ...real.images.itemShape]))));
  const bytes = readFileSync(path);
  loadWeights({ features: classifier.features, head: classifier.head }, bytes);
  const right = 100 * accuracy(classifier, real.images, real.labels);
  const { metadata } = decodeTensorFile(bytes);
  const settings = metadata?.['settings'] === undefined ? '' : `, trained with ${metadata['settings']}`;
  const share = `${right.toFixed(2)} % right on the ${real.images.count} real images`;
  progress(`classifier ${path}: ${share}`);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return { classifier, description: `digitClassifier, weights ${hash}, ${share}${settings}` };
}

/** Of all images, labels and settings. */
function fingerprint({ images, labels }: LabelledDigits): string {
  const hash = createHash('sha256').update(JSON.stringify(SETTINGS)).update(labels);
  for (let start = 0; start < images.count; start += BATCH) {
    const places = Array.from({ length: Math.min(BATCH, images.count - start) }, (_, i) => start + i);
    scope(() => hash.update(images.gather(places).data));
  }
  return hash.digest('hex').slice(0, 16);
}
