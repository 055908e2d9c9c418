/**
 * Weights of models as safetensors files: names are the model's key, the layer's place and the weight's own name, such
 * as `generator.0.kernel`. Loading is all or nothing.
 */
import { checkTensor, type Tensor, Variable } from '../autograd/tensor.ts';
import { fileBytes } from '../core/bytes.ts';
import { describe, fieldsOf, hasMethods, invalid, isInstance, isPlainObject } from '../core/check.ts';
import { ArgumentError, RuntimeError } from '../core/errors.ts';
import { formatShape, type Shape, sameShape } from '../core/shape.ts';
import { printable } from '../core/text.ts';
import { littleEndianBytes } from './little-endian.ts';
import { decodeTensorFile, encodeTensorFile } from './tensor-file.ts';
import { toFloat32 } from './to-float32.ts';

/** What has weights by name: a Model. */
export interface Weighted {
  /** Undefined as long as the model is not built and has no weights. */
  readonly inputShape: Shape | undefined;
  readonly namedWeights: ReadonlyMap<string, Variable>;
}

/**
 * Writes the weights of models, moving statistics included, as one safetensors file.
 *
 * @param models - by the first part of the names that their weights get.
 * @param metadata - texts to keep with them.
 *
 * @example
 * await writeFile('generator.safetensors', encodeWeights({ generator })); // generator.0.kernel, generator.1.gamma, ...
 */
export function encodeWeights(
  models: Readonly<Record<string, Weighted>>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array {
  const where = 'encodeWeights';
  const entries = [...weightsByName(where, models)].map(([name, { shape, storage }]) => {
    return { name, dtype: 'F32', shape, bytes: littleEndianBytes(storage.view()) } as const;
  });
  return encodeTensorFile(entries, metadata, where);
}

/**
 * Loads weights into models of the architecture that they were saved from.
 *
 * @param models - by the first part of their weights' names, as they were given to encodeWeights().
 * @param source - a safetensors file as readFile() or fetch() give it, or tensors by name. Other element types than F32
 * are converted as decodeSafetensors() does.
 * @throws ArgumentError that lists what is missing, unexpected or of another shape, and FormatError for bytes that are
 * no such file.
 *   The models are unchanged then.
 *
 * @example
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
  // All values first: a conversion may still fail, and the tensors given may be weights of the models themselves.
  const values = new Map([...saved].map(([name, { read }]) => [name, read()]));
  for (const [name, weight] of weights) weight.assign(values.get(name)!);
}

interface SavedWeight {
  readonly shape: Shape;
  read(): Float32Array;
}

/** What two sets of named shapes differ in, as sentences without their full stops. */
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

/** The first 20 of them, each cut off where it is very long, and how many more there are. */
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
