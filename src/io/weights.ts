/**
 * Weights of models to and from safetensors files. A name consists of the key of the model, the index of the layer and
 * the name of the weight: `generator.0.kernel`. Loading sets all weights or none.
 */
import { checkTensor, type Tensor, Variable } from '../autograd/tensor.ts';
import { type FileBytes, fileBytes } from '../core/bytes.ts';
import { describe, fieldsOf, hasMethods, invalid, isInstance, isPlainObject } from '../core/check.ts';
import { ArgumentError, RuntimeError } from '../core/errors.ts';
import { formatShape, type Shape, sameShape } from '../core/shape.ts';
import { printable } from '../core/text.ts';
import { littleEndianBytes } from './little-endian.ts';
import { decodeTensorFile, encodeTensorFile } from './tensor-file.ts';
import { toFloat32 } from './to-float32.ts';

/** The part of a Model that holds its weights. */
export interface Weighted {
  /** Undefined until the model is built; it has no weights before. */
  readonly inputShape: Shape | undefined;
  readonly namedWeights: ReadonlyMap<string, Variable>;
}

/**
 * Writes the weights of models, moving statistics included, as one safetensors file.
 *
 * @param models - an object of models; each key is the first part of the names of that model's weights.
 * @param metadata - strings to store with the weights. Default: none.
 * @throws RuntimeError if a model is not built yet.
 * @example
 * import { writeFile } from 'node:fs/promises';
 * const generator = denseGenerator();
 * await writeFile('generator.safetensors', encodeWeights({ generator })); // generator.0.kernel, generator.1.gamma, ...
 */
export function encodeWeights(
  models: Readonly<Record<string, Weighted>>,
  metadata?: Readonly<Record<string, string>>,
): FileBytes {
  const where = 'encodeWeights';
  const entries = [...weightsByName(where, models)].map(([name, { shape, storage }]) => {
    return { name, dtype: 'F32', shape, bytes: littleEndianBytes(storage.view()) } as const;
  });
  return encodeTensorFile(entries, metadata, where);
}

/**
 * Loads weights into models with the same layers as those that were saved.
 *
 * @param models - an object of models with the keys that encodeWeights() got.
 * @param source - the bytes of a safetensors file, from readFile() or fetch(), or an object of tensors by name.
 *   Element types other than F32 are converted as in decodeSafetensors().
 * @throws ArgumentError, with a list of the weights that are missing, unexpected or of another shape. FormatError if
 *   the bytes are not a safetensors file. In both cases no weight has changed.
 * @example
 * import { readFile, writeFile } from 'node:fs/promises';
 * await writeFile('generator.safetensors', encodeWeights({ generator: denseGenerator() }));
 * const generator = denseGenerator();
 * loadWeights({ generator }, await readFile('generator.safetensors'));
 */
export function loadWeights(
  models: Readonly<Record<string, Weighted>>,
  source: Uint8Array | ArrayBuffer | Readonly<Record<string, Tensor>>,
): void {
  const where = 'loadWeights';
  const weights = weightsByName(where, models);
  const saved = isPlainObject(source) ? readTensors(where, source) : readFile(where, source);
  const problems = differences(weights, saved);
  if (problems.length > 0) {
    throw new ArgumentError(
      `${where}: the weights are not those of these models: ${problems.join('; ')}. Nothing was loaded.`,
    );
  }
  // Read all values before any weight changes: a conversion may fail, and the given tensors may be these weights.
  const values = new Map([...saved].map(([name, { read }]) => [name, read()]));
  for (const [name, weight] of weights) weight.assign(values.get(name)!);
}

interface SavedWeight {
  readonly shape: Shape;
  read(): Float32Array;
}

/** The differences between two sets of named shapes, as clauses of an error message. */
export function differences(
  expected: ReadonlyMap<string, { readonly shape: Shape }>,
  saved: ReadonlyMap<string, { readonly shape: Shape }>,
): string[] {
  const missing = [...expected.keys()].filter((name) => !saved.has(name));
  const unexpected = [...saved.keys()].filter((name) => !expected.has(name));
  const misshapen = [...expected].flatMap(([name, { shape }]) => {
    const got = saved.get(name)?.shape;
    return got === undefined || sameShape(got, shape)
      ? []
      : [`${printable(name)} (${formatShape(got)} instead of ${formatShape(shape)})`];
  });
  return Object.entries({ missing, unexpected, misshapen })
    .filter(([, names]) => names.length > 0)
    .map(([kind, names]) => `${kind}: ${listed(names)}`);
}

const MAX_LISTED = 20;

/** The first 20 names, each cut to `longest` characters, and the number of the others. */
export function listed(names: readonly string[], separator: string = ', ', longest: number = 200): string {
  const more = names.length - MAX_LISTED;
  const shown = names.slice(0, MAX_LISTED).map((name) => printable(name, longest));
  return shown.join(separator) + (more > 0 ? ` and ${more} more` : '');
}

function weightsByName(where: string, models: Readonly<Record<string, Weighted>>): Map<string, Variable> {
  const isModel = hasMethods(models, ['predict']);
  if (isModel || !isPlainObject(models)) {
    const remedy = isModel ? 'Write { generator }, not generator.' : 'The models come first, as in { generator }.';
    invalid(where, 'models', 'an object of models by name', models, remedy);
  }
  const all = new Map<string, Variable>();
  for (const [key, model] of Object.entries(models)) {
    const argument = `models.${printable(key)}`;
    const { namedWeights, inputShape } = fieldsOf(where, argument, model, ['namedWeights', 'inputShape'], 'a model');
    if (!isInstance(namedWeights, Map<unknown, unknown>)) {
      return invalid(where, argument, 'a model', model, 'Make one with sequential([...]).');
    }
    if (inputShape === undefined) {
      throw new RuntimeError(
        `${where}: ${printable(key)} is not built yet and has no weights. Give its first layer an inputShape, or ` +
          'call it once.',
      );
    }
    for (const [name, weight] of namedWeights) {
      if (!isInstance(weight, Variable)) {
        return invalid(where, `${argument}: the weight ${describe(name)}`, 'a variable', weight);
      }
      all.set(`${key}.${name}`, weight);
    }
  }
  return all;
}

function readFile(where: string, source: unknown): Map<string, SavedWeight> {
  const file = fileBytes(where, 'source', source, 'the bytes of a safetensors file or an object of tensors by name');
  const { entries } = decodeTensorFile(file, where);
  return new Map(
    entries.map(({ name, dtype, shape, bytes }) => {
      const label = `${where}: the tensor ${describe(name)}`;
      const read = (): Float32Array => toFloat32(dtype, bytes, bytes.byteOffset - file.byteOffset, label);
      return [name, { shape, read }];
    }),
  );
}

function readTensors(where: string, tensors: object): Map<string, SavedWeight> {
  const entries: [string, unknown][] = Object.entries(tensors);
  return new Map(
    entries.map(([name, value]) => {
      const { shape, storage } = checkTensor(where, `source[${describe(name)}]`, value);
      return [name, { shape, read: () => storage.view().slice() }];
    }),
  );
}
