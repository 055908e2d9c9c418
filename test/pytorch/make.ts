/** Makes the files that test/pytorch/run.ts checks: models, their outputs, and checkpoints of one training. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  adam,
  compactDiscriminator,
  compactGenerator,
  createRandom,
  dataset,
  denseDiscriminator,
  denseGenerator,
  encodeIdx,
  encodeModels,
  encodeSafetensors,
  type GradientPenaltyOptions,
  layers,
  type Model,
  memoryCheckpoints,
  refinedDiscriminator,
  refinedGenerator,
  sequential,
  trainGan,
} from '../../src/index.ts';

const folder = process.argv[2]!;
const random = createRandom(11);
const pixels = Uint8Array.from({ length: 40 * 784 }, (_, i) => (i * 7919) % 256);
const images = dataset(pixels, [40, 28, 28, 1]);
writeFileSync(join(folder, 'images.idx'), encodeIdx({ type: 'uint8', shape: [40, 28, 28], data: pixels }));

const MODELS: Readonly<Record<string, Model>> = {
  compactGenerator: compactGenerator({ random }),
  compactDiscriminator: compactDiscriminator({ random }),
  denseGenerator: denseGenerator({ random }),
  denseDiscriminator: denseDiscriminator({ random }),
  refinedGenerator: refinedGenerator({ random }),
  refinedDiscriminator: refinedDiscriminator({ random }),
  // Odd sizes, strides longer than the kernel, and both paddings: where the conventions differ.
  odd: sequential(
    [
      layers.conv2d({ filters: 3, kernelSize: [2, 3], strides: [2, 1], padding: 'same', inputShape: [7, 5, 2] }),
      layers.batchNormalization({ epsilon: 1e-2, center: false }),
      layers.conv2dTranspose({ filters: 2, kernelSize: [3, 2], strides: [2, 3], padding: 'same' }),
      layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3, activation: 'sigmoid' }),
      layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, activation: 'swish' }),
      layers.globalAveragePooling2d(),
    ],
    { random },
  ),
};
for (const [name, model] of Object.entries(MODELS)) {
  const x = random.normal([5, ...model.inputShape!]);
  // A call in training mode, so that the moving statistics are not those of the start.
  model.call(x, { training: true, random });
  writeFileSync(join(folder, `${name}.safetensors`), encodeModels({ [name]: model }));
  writeFileSync(join(folder, `${name}-outputs.safetensors`), encodeSafetensors({ x, y: model.predict(x) }));
}

/** Checkpoints by the number of steps: after 2 steps of 16 images, in the first epoch, and after 5, in the second. */
async function train(
  generator: Model,
  discriminator: Model,
  name: string,
  gradientPenalty?: GradientPenaltyOptions,
): Promise<void> {
  const store = memoryCheckpoints();
  let steps = 0;
  const save = async (bytes: Uint8Array): Promise<void> => {
    await store.save(bytes);
    writeFileSync(join(folder, `${name}-${steps}.safetensors`), bytes);
  };
  const config = { learningRate: 1e-4 };
  await trainGan({
    images,
    generator,
    discriminator,
    batchSize: 16,
    epochs: 2,
    seed: 5,
    emaMomentum: 0.9,
    gradientPenalty,
    generatorOptimizer: adam(config),
    discriminatorOptimizer: adam(config),
    checkpoint: { ...store, save },
    checkpointEvery: 1,
    onStep: () => {
      steps++;
    },
  });
}

await train(denseGenerator(), denseDiscriminator(), 'dense');
// In the first and the third step.
await train(compactGenerator(), compactDiscriminator(), 'compact', { kind: 'r1r2', weight: 3, every: 2 });
