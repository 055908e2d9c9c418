/**
 * The architecture of a model as plain data, and back: describeModel() and modelFrom(). It is JSON:
 *
 *   { "format": "ganvas-model", "version": 1, "name": "generator", "inputShape": [100],
 *     "layers": [{ "kind": "Dense", "config": { "units": 256, "useBias": false, "activation": "linear" } }, ...] }
 *
 * A kind is Keras's class name, a config the object that the function of `layers` takes.
 */
import { checkRandom, type Random } from '../autograd/random.ts';
import { describe, fieldsOf, invalid, isArray, isPlainObject } from '../core/check.ts';
import { ArgumentError, FormatError, GanvasError, RuntimeError } from '../core/errors.ts';
import { integer, option, readOptions } from '../core/options.ts';
import { checkShape, type Shape } from '../core/shape.ts';
import { printable } from '../core/text.ts';
import { isOwnLayer, type Layer, type LayerKind } from './layer.ts';
import { KINDS } from './layer-kinds.ts';
import { type Model, sequential } from './sequential.ts';

/** A layer as plain data. */
export interface LayerDescription {
  /** Keras's class name. */
  readonly kind: LayerKind;
  /** The object that the layer's function takes, such as `{ units: 256 }`. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** The architecture of a model, as JSON can hold it. */
export interface ModelDescription {
  readonly format: 'ganvas-model';
  readonly version: 1;
  readonly name: string;
  /** Shape of one input item. */
  readonly inputShape: Shape;
  readonly layers: readonly LayerDescription[];
}

/** The options of modelFrom(). */
export interface ModelFromOptions {
  /** Random generator of the initial weights. Default: as in sequential(). */
  readonly random?: Random | undefined;
  /** The most weights that the model may have. Default 2^27, half a gigabyte. */
  readonly maxWeights?: number | undefined;
}

const FORMAT = 'ganvas-model';
const VERSION = 1;
/** Layers within layers. */
const MAX_DEPTH = 16;
const MAX_LAYERS = 10_000;
const MAX_NAME = 200;
const MAX_WEIGHTS = 2 ** 27;

/**
 * Describes the layers of a model as plain data, without the values of its weights.
 *
 * @throws RuntimeError if the model is not built yet; ArgumentError if one of its layers is not made by a function of
 *   `layers`, since then only your program knows what it computes.
 * @example
 * const model = sequential([layers.dense({ units: 2, inputShape: [3] }), layers.leakyReLU()]);
 * describeModel(model).layers.map(({ kind }) => kind); // ['Dense', 'LeakyReLU']
 */
export function describeModel(model: Model): ModelDescription {
  const where = 'describeModel';
  const fields = fieldsOf(where, 'model', model, ['layers', 'inputShape', 'name'], 'a model');
  const { layers: chain, inputShape: items, name } = fields;
  if (!isArray(chain) || typeof name !== 'string') {
    return invalid(where, 'model', 'a model', model, 'Make one with sequential([...]).');
  }
  if (items === undefined) {
    throw new RuntimeError(
      `${where}: ${printable(name)} is not built yet. Give its first layer an inputShape, or call it once.`,
    );
  }
  const inputShape = checkShape(where, 'model.inputShape', items);
  return { format: FORMAT, version: VERSION, name, inputShape, layers: describeChain(where, chain, inputShape, '') };
}

function describeChain(
  where: string,
  chain: readonly unknown[],
  inputShape: Shape,
  prefix: string,
): LayerDescription[] {
  let items = inputShape;
  return Array.from(chain, (built, place) => {
    if (!isOwnLayer(built)) {
      const kind = isPlainObject(built) && 'kind' in built ? built.kind : built;
      throw new ArgumentError(
        `${where}: layer ${prefix}${place} (${describe(kind)}) is not made by a function of layers, so no file can say ` +
          'what it computes. Save its weights by encodeWeights(), and build the model in your program.',
      );
    }
    const { kind, outputShape } = built;
    const inner = (layers: readonly unknown[], shape: Shape): LayerDescription[] =>
      describeChain(where, layers, shape, `${prefix}${place}.`);
    const config = { ...KINDS[kind].configOf(built, items, inner) };
    items = outputShape;
    return { kind, config };
  });
}

function isKind(kind: unknown): kind is LayerKind {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind);
}

const OPTIONS = {
  random: option<Random>(checkRandom).optional(),
  maxWeights: integer(0).or(MAX_WEIGHTS),
};

/**
 * Makes a model from its description, with new initial weights. Everything in the description is checked, and how many
 * weights there are before any is made.
 *
 * @param description - what describeModel() returned, perhaps after JSON.stringify() and JSON.parse().
 * @throws FormatError, which names the place in the description, if that is not a model; ArgumentError if it is no
 *   plain object.
 * @example
 * const text = JSON.stringify(describeModel(denseGenerator()));
 * modelFrom(JSON.parse(text)).outputShape; // [28, 28, 1]
 */
export function modelFrom(description: ModelDescription, options: ModelFromOptions = {}): Model {
  const where = 'modelFrom';
  const { random, maxWeights } = readOptions(where, options, OPTIONS);
  const { format, version, name, inputShape, layers: list } = plainCopy(where, description);
  if (format !== FORMAT) refuse(where, `format must be "${FORMAT}", got ${shown(format)}`);
  if (version !== VERSION)
    refuse(where, `version must be ${VERSION}, got ${shown(version)}; a newer ganvas may read it`);
  if (typeof name !== 'string' || name.length > MAX_NAME) refuse(where, `name must be a string, got ${shown(name)}`);
  const makers = new Makers(where, maxWeights);
  const [first, ...others] = makers.chain('layers', list, 0);
  if (first === undefined) return refuse(where, 'layers must be a list of at least one layer');
  return within(where, 'layers', () => {
    const shape = checkShape(where, 'inputShape', inputShape);
    return sequential([{ ...first, inputShape: shape }, ...others], { random, name: String(name) });
  });
}

/** Plain data, so that a getter or a proxy cannot change under the checks. */
function plainCopy(where: string, description: unknown): Readonly<Record<string, unknown>> {
  if (!isPlainObject(description)) return invalid(where, 'description', 'what describeModel() returned', description);
  try {
    return JSON.parse(JSON.stringify(description)) as Record<string, unknown>;
  } catch (cause) {
    throw new ArgumentError(`${where}: description must be plain data, as JSON can hold it`, { cause });
  }
}

class Makers {
  readonly #where: string;
  #weightsLeft: number;
  #layersLeft = MAX_LAYERS;

  constructor(where: string, maxWeights: number) {
    this.#where = where;
    this.#weightsLeft = maxWeights;
  }

  chain(path: string, list: unknown, depth: number): Layer[] {
    if (!Array.isArray(list)) return refuse(this.#where, `${path} must be a list of layers, got ${shown(list)}`);
    if (depth > MAX_DEPTH) refuse(this.#where, `${path}: layers are nested more than ${MAX_DEPTH} deep`);
    this.#layersLeft -= list.length;
    if (this.#layersLeft < 0) refuse(this.#where, `${path}: there are more than ${MAX_LAYERS} layers`);
    return list.map((one, place) => this.#layer(`${path}[${place}]`, one, depth));
  }

  #layer(path: string, description: unknown, depth: number): Layer {
    if (!isPlainObject(description)) return refuse(this.#where, `${path} must be a layer, got ${shown(description)}`);
    const { kind, config } = description as Readonly<Record<string, unknown>>;
    if (!isKind(kind)) {
      return refuse(this.#where, `${path}.kind must be one of ${Object.keys(KINDS).join(', ')}; got ${shown(kind)}`);
    }
    if (!isPlainObject(config)) return refuse(this.#where, `${path}.config must be an object, got ${shown(config)}`);
    const { make, weightsOf } = KINDS[kind];
    const inner = (argument: string, list: unknown): Layer[] =>
      this.chain(`${path}.config.${argument}`, list, depth + 1);
    const layer = within(this.#where, path, () => make(config, inner));
    let counted = false;
    return {
      ...layer,
      build: (items, random) => {
        // A later build, by cloneModel(), is the program's own wish.
        if (!counted) {
          counted = true;
          this.#weightsLeft -= weightsOf(config, items);
          if (!(this.#weightsLeft >= 0))
            refuse(this.#where, `${path}: the model has more weights than maxWeights allows`);
        }
        return within(this.#where, path, () => layer.build(items, random));
      },
    };
  }
}

/** Names the place in the description in the errors of the functions of `layers`. */
function within<T>(where: string, path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof GanvasError) || error instanceof FormatError || error instanceof RuntimeError) throw error;
    throw new FormatError(`${where}: ${path}: ${error.message}`, undefined, { cause: error });
  }
}

function refuse(where: string, what: string): never {
  throw new FormatError(`${where}: ${what}`);
}

function shown(value: unknown): string {
  return printable(JSON.stringify(value) ?? 'nothing');
}
