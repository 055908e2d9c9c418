/** What Node computes for settings of the studio: the hash that the page must show. */
import { createHash } from 'node:crypto';
import { loadClassifier } from '../../examples/classifier.ts';
import { loadDigits, loadSplits } from '../../examples/digits.ts';
import { ganOptions } from '../../examples/gan-options.ts';
import { buildGenerator, readGeneratorFile } from '../../examples/generator-file.ts';
import { RECIPES } from '../../examples/recipes.ts';
import { RUNS } from '../../examples/run-folder.ts';
import { type Classifier, createRandom, encodeWeights, scope, softmax, trainGan } from '../../src/index.ts';
import { checkpointDirectory } from '../../src/node/index.ts';

/** The options of a short training of the compact model on the first digits, as `npm run train` makes them. */
async function compactOptions(images: number, epochs: number): Promise<ReturnType<typeof ganOptions>> {
  const { adam, emaMomentum, gradientPenalty, batchSize } = RECIPES.compact;
  return ganOptions(
    {
      ...{ adam, emaMomentum, gradientPenalty, epochs },
      ...{ augment: [], batchSize: batchSize[1], seed: 42, loss: undefined, labelSmoothing: undefined },
      ...{ discriminatorSteps: 1, width: 1, decay: 0 },
    },
    'compact',
    await loadDigits(undefined, images),
  );
}

/** SHA-256 of the weights of the averaged generator, the file that the studio and `npm run train` save. */
export async function referenceHash(images: number, epochs: number): Promise<string> {
  const { averageGenerator } = await trainGan(await compactOptions(images, epochs));
  if (averageGenerator === undefined) throw new Error('the recipe has an average');
  return createHash('sha256')
    .update(encodeWeights({ generator: averageGenerator }))
    .digest('hex');
}

/** Saves checkpoints of a training in a folder, as Node's programs do. */
export async function saveCheckpoints(folder: string, images: number, epochs: number): Promise<void> {
  await trainGan({ ...(await compactOptions(images, epochs)), checkpoint: checkpointDirectory(folder) });
}

const PICTURES = 500;
/** A class can be read if this share of all pictures is surely of it. */
const SHARE = 0.02;
const SURE = 0.95;

let classifier: ReturnType<typeof loadClassifier> | undefined;

/** Loads the classifier; trains it if it was never needed before. */
export async function prepareClassifier(): Promise<Classifier> {
  classifier ??= loadSplits(undefined).then((splits) => loadClassifier(undefined, splits, RUNS, () => undefined));
  return (await classifier).classifier;
}

/** The number of digits that a generator draws readably, by the classifier of `npm run evaluate`. */
export async function readableClasses(weights: Uint8Array): Promise<number> {
  const { features, head } = await prepareClassifier();
  const { generator } = readGeneratorFile('the generator', weights, ['compact'], buildGenerator);
  return scope(() => {
    const pictures = generator.predict(createRandom(1).normal([PICTURES, 100]));
    const { data } = softmax(head.predict(features.predict(pictures)));
    const sure = new Array<number>(10).fill(0);
    data.forEach((probability, i) => {
      if (probability > SURE) sure[i % 10]!++;
    });
    return sure.filter((count) => count >= SHARE * PICTURES).length;
  });
}
