/** A checkpoint of the studio's settings after one step, on a few images. */
import { ganOptions } from '../../../../examples/gan-options.ts';
import { RECIPES } from '../../../../examples/recipes.ts';
import { penaltyOf, type Settings } from '../../../../examples/studio/pictures/settings.ts';
import { adam, dataset, memoryCheckpoints, trainGan } from '../../../../src/index.ts';

export async function checkpointSettings(settings: Settings): Promise<Uint8Array> {
  const { model, images: count, loss, augment, batchSize, seed, generatorRate, discriminatorRate } = settings;
  const bytes = Uint8Array.from({ length: count * 784 }, (_, i) => (i * i * 37 + 11 * i) & 255);
  const images = dataset(bytes, [count, 28, 28, 1]);
  const checkpoint = memoryCheckpoints();
  const recipe = RECIPES[model];
  const options = ganOptions(
    {
      ...{ adam: recipe.adam, emaMomentum: recipe.emaMomentum, batchSize, seed, loss, epochs: 1, decay: 0, width: 1 },
      ...{ augment: augment === 'none' ? [] : [augment], gradientPenalty: penaltyOf(settings) },
      ...{ labelSmoothing: undefined, discriminatorSteps: 1 },
    },
    model,
    { images, labels: undefined },
  );
  const controller = new AbortController();
  await trainGan({
    ...options,
    generatorOptimizer: adam({ ...recipe.adam, learningRate: generatorRate }),
    discriminatorOptimizer: adam({ ...recipe.adam, learningRate: discriminatorRate }),
    checkpoint,
    signal: controller.signal,
    onStep: () => controller.abort(),
  });
  const [newest] = await checkpoint.list();
  return newest!.read();
}
