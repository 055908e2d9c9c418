/** What Node computes for settings of the studio: the hash that the page must show. */
import { createHash } from 'node:crypto';
import { loadDigits } from '../../examples/digits.ts';
import { ganOptions } from '../../examples/gan-options.ts';
import { RECIPES } from '../../examples/recipes.ts';
import { encodeWeights, trainGan } from '../../src/index.ts';
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
