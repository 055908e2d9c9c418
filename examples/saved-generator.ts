/**
 * Loads a generator from a weights file. Its model is named in run.json, or found by names and shapes of the weights.
 */
import { readFileSync } from 'node:fs';
import {
  ArgumentError,
  compactGenerator,
  concat,
  conditionalGenerator,
  convGenerator,
  createRandom,
  decodeTensorFile,
  denseAutoencoder,
  denseGenerator,
  loadWeights,
  type Model,
  refinedGenerator,
  scope,
  type Tensor,
  withClasses,
} from '../src/index.ts';
import { MODELS, type ModelName } from './run-folder.ts';

const CLASSES = 10;
const BATCH = 256;

export interface SavedGenerator {
  readonly model: ModelName;
  /** Pictures [count, 28, 28, 1] from normal noise. A conditional generator draws all digits in turn. */
  draw(count: number, seed: number): Tensor;
}

/**
 * Reads the weights. Those of a conditional generator look like those of a refined one with a longer input, so only
 * run.json can tell it.
 *
 * @throws ArgumentError if the weights fit none of the models.
 */
export function readGenerator(path: string, named: ModelName | undefined): SavedGenerator {
  const bytes = readFileSync(path);
  const { entries } = decodeTensorFile(bytes);
  const key = entries[0]?.name.split('.')[0] ?? '';
  const [inputSize, units] = entries.find(({ name }) => name === `${key}.0.kernel`)?.shape ?? [];
  if (inputSize === undefined || units === undefined) {
    throw new ArgumentError(
      `${path} has no matrix "generator.0.kernel"; expected a file written by encodeWeights({ generator })`,
    );
  }
  const problems: string[] = [];
  for (const model of named === undefined ? MODELS : [named]) {
    try {
      const generator = build(model, inputSize, units);
      loadWeights({ [key]: generator }, bytes);
      return { model, draw: (count, seed) => drawPictures(generator, model === 'conditional', count, seed) };
    } catch (error) {
      if (!(error instanceof ArgumentError)) throw error;
      problems.push(`${model}: ${error.message}`);
    }
  }
  throw new ArgumentError(`${path} has weights of none of the known generators:\n  ${problems.join('\n  ')}`);
}

function build(model: ModelName, inputSize: number, units: number): Model {
  switch (model) {
    case 'compact':
      // The first layer has 7 x 7 x (64 width) units.
      return compactGenerator({ latentDim: inputSize, width: units / (7 * 7 * 64) });
    case 'dense':
      return denseGenerator({ latentDim: inputSize });
    case 'refined':
      return refinedGenerator({ latentDim: inputSize });
    case 'conditional':
      return conditionalGenerator({ latentDim: inputSize - CLASSES, classes: CLASSES });
    case 'autoencoder':
      return denseAutoencoder({ latentDim: inputSize }).decoder;
    case 'conv':
      // The first layer has 7 x 7 x (256 width) units.
      return convGenerator({ latentDim: inputSize, width: units / (7 * 7 * 256) });
  }
}

/** Pictures [count, 28, 28, 1] from normal noise. A conditional generator draws all digits in turn. */
export function drawPictures(generator: Model, conditional: boolean, count: number, seed: number): Tensor {
  const random = createRandom(seed);
  const inputSize = generator.inputShape![0]!;
  return scope(() => {
    const batches: Tensor[] = [];
    for (let start = 0; start < count; start += BATCH) {
      const size = Math.min(BATCH, count - start);
      const batch = scope(() => {
        const noise = random.normal([size, conditional ? inputSize - CLASSES : inputSize]);
        return generator.predict(conditional ? withClasses(noise, digitsInTurn(start, size)) : noise);
      });
      batches.push(batch);
    }
    return concat(batches);
  });
}

function digitsInTurn(start: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (start + i) % CLASSES);
}
