/**
 * Models with their architecture, as one safetensors file: the weights as encodeWeights() writes them, and in the
 * metadata, under `ganvas.models`, the descriptions of the models by name as JSON (src/nn/describe-model.ts).
 */
import type { FileBytes } from '../core/bytes.ts';
import { fileBytes } from '../core/bytes.ts';
import { describe, hasMethods, invalid, isPlainObject } from '../core/check.ts';
import { ArgumentError, FormatError } from '../core/errors.ts';
import { sizeOf } from '../core/shape.ts';
import { printable } from '../core/text.ts';
import { describeModel, type ModelDescription, modelFrom } from '../nn/describe-model.ts';
import type { Model } from '../nn/sequential.ts';
import { decodeTensorFile } from './tensor-file.ts';
import { encodeWeights, loadWeights } from './weights.ts';

const KEY = 'ganvas.models';

/**
 * Writes models, their layers and weights, as one safetensors file, from which decodeModels() makes them again without
 * knowing them. loadWeights() reads the file too.
 *
 * @param models - an object of models; each key is the first part of the names of that model's weights.
 * @param metadata - strings to store beside them. Default: none. `ganvas.models` is taken.
 * @throws RuntimeError if a model is not built yet; ArgumentError if a layer is not made by a function of `layers`.
 * @example
 * const bytes = encodeModels({ generator: denseGenerator() });
 * decodeModels(bytes).models['generator']!.outputShape; // [28, 28, 1]
 */
export function encodeModels(
  models: Readonly<Record<string, Model>>,
  metadata: Readonly<Record<string, string>> = {},
): FileBytes {
  const where = 'encodeModels';
  if (!isPlainObject(models) || hasMethods(models, ['predict'])) {
    return invalid(where, 'models', 'an object of models by name', models, 'Write { generator }, not generator.');
  }
  if (!isPlainObject(metadata)) return invalid(where, 'metadata', 'an object of strings', metadata);
  if (Object.hasOwn(metadata, KEY)) throw new ArgumentError(`${where}: metadata must not have the key ${KEY}`);
  const descriptions = Object.entries(models).map(([key, model]) => [key, describeModel(model)] as const);
  return encodeWeights(models, { ...metadata, [KEY]: JSON.stringify(Object.fromEntries(descriptions)) });
}

/**
 * Makes the models of a file that encodeModels() has written, with the same bits.
 *
 * @param source - the bytes of the file.
 * @returns the models by name, and the other metadata. Neither object has a prototype.
 * @throws FormatError for anything that is not such a file, and for a file of weights alone: build its model and use
 *   loadWeights(). No more weights are made than the file has.
 * @example
 * const bytes = encodeModels({ generator: denseGenerator() }, { epoch: '12' });
 * const { models, metadata } = decodeModels(bytes);
 * models['generator']!.predict(zeros([1, 100])).shape; // [1, 28, 28, 1]
 * metadata['epoch']; // '12'
 */
export function decodeModels(source: Uint8Array | ArrayBuffer): {
  models: Record<string, Model>;
  metadata: Record<string, string>;
} {
  const where = 'decodeModels';
  const bytes = fileBytes(where, 'bytes', source);
  const { entries, metadata: all = {} } = decodeTensorFile(bytes, where);
  const { [KEY]: text, ...others } = all;
  if (text === undefined) {
    throw new FormatError(
      `${where}: the file has weights alone. Build the model in your program and use loadWeights().`,
    );
  }
  const maxWeights = entries.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const models: Record<string, Model> = Object.create(null);
  try {
    for (const [key, description] of Object.entries(readJson(where, text))) {
      models[key] = modelFrom(description as ModelDescription, { maxWeights });
    }
    loadWeights({ ...models }, bytes);
  } catch (error) {
    for (const weight of Object.values(models).flatMap(({ weights }) => weights)) weight.dispose();
    if (!(error instanceof ArgumentError)) throw error;
    throw new FormatError(`${where}: ${printable(error.message, 2000)}`, undefined, { cause: error });
  }
  return { models, metadata: Object.assign(Object.create(null), others) };
}

function readJson(where: string, text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FormatError(`${where}: ${KEY} in the metadata is not JSON`, undefined, { cause });
  }
  if (isPlainObject(value) && Object.keys(value).length > 0) return value;
  throw new FormatError(`${where}: ${KEY} in the metadata must be models by name, got ${describe(value)}`);
}
