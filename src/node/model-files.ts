/** Models in files: their layers and weights, in one safetensors file each (src/io/model-file.ts). */
import { hasMethods, invalid } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import { decodeModels, encodeModels } from '../io/model-file.ts';
import type { Model } from '../nn/sequential.ts';
import { writeFileAtomic } from './files.ts';
import { useRegularFile } from './read-file.ts';

/**
 * Writes a model, its layers and weights, to a safetensors file. The file gets its name only when it is complete.
 *
 * @throws RuntimeError if the model is not built yet or the file cannot be written; ArgumentError if a layer is not
 *   made by a function of `layers`.
 * @example
 * await saveModel('generator.safetensors', denseGenerator());
 * const generator = await loadModel('generator.safetensors');
 */
export async function saveModel(path: string, model: Model): Promise<void> {
  checkPath('saveModel', path);
  if (!hasMethods(model, ['predict'])) invalid('saveModel', 'model', 'a model', model);
  await writeFileAtomic(path, encodeModels({ model }));
}

/**
 * Reads the model of a file that saveModel() has written, or encodeModels() with one model.
 *
 * @throws RuntimeError if the file cannot be read; FormatError if it holds no model or several: decodeModels() reads
 *   those.
 * @example
 * await saveModel('generator.safetensors', denseGenerator());
 * const generator = await loadModel('generator.safetensors');
 * generator.outputShape; // [28, 28, 1]
 */
export async function loadModel(path: string): Promise<Model> {
  const where = 'loadModel';
  checkPath(where, path);
  const bytes = await useRegularFile(where, path, 'a safetensors file', (file) => file.read(0, file.size));
  const models = Object.values(decodeModels(bytes).models);
  const [model, ...others] = models;
  if (model !== undefined && others.length === 0) return model;
  for (const weight of models.flatMap(({ weights }) => weights)) weight.dispose();
  throw new FormatError(`${where}: ${path} holds ${models.length} models; decodeModels() of ganvas reads them all`);
}

function checkPath(where: string, path: unknown): void {
  if (typeof path !== 'string' || path === '') invalid(where, 'path', 'the name of a file', path);
}
