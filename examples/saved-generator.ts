/**
 * Loads a generator from a weights file. Its model is named in run.json, or found by names and shapes of the weights.
 */
import { readFileSync } from 'node:fs';
import { concat, createRandom, denseAutoencoder, type Model, scope, type Tensor, withClasses } from '../src/index.ts';
import { buildGenerator, CLASSES, readGeneratorFile } from './generator-file.ts';
import { MODELS, type ModelName } from './run-folder.ts';

const BATCH = 256;

export interface SavedGenerator {
  readonly model: ModelName;
  readonly generator: Model;
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
  const models = named === undefined ? MODELS : [named];
  const { model, generator } = readGeneratorFile(path, readFileSync(path), models, build);
  return { model, generator, draw: (count, seed) => drawPictures(generator, model === 'conditional', count, seed) };
}

function build(model: ModelName, inputSize: number, units: number): Model {
  if (model === 'autoencoder') return denseAutoencoder({ latentDim: inputSize }).decoder;
  return buildGenerator(model, inputSize, units);
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
