/** sequential(): a model that runs layers one after the other. */
import { checkRandom, type Random, randomFromState } from '../autograd/random.ts';
import { withoutRecording } from '../autograd/record.ts';
import { scope } from '../autograd/scope.ts';
import { checkTensor, type Tensor, type Variable } from '../autograd/tensor.ts';
import { checkFunction, invalid, isInstance } from '../core/check.ts';
import { RuntimeError, ShapeError } from '../core/errors.ts';
import { option, readOptions, string } from '../core/options.ts';
import { formatShape, type Shape, sameShape } from '../core/shape.ts';
import { buildChain, checkLayers, namedWeightsOf, runChain } from './chain.ts';
import { type BuiltLayer, CALL_OPTIONS, type CallOptions, type Layer } from './layer.ts';
import { type SummaryRow, summaryTable } from './summary.ts';

/** The options of sequential(). */
export interface SequentialOptions {
  /**
   * Random generator of the initial weights. Default: a generator with a fixed seed, so they are the same each time.
   */
  readonly random?: Random | undefined;
  /** Shown in the summary and in errors. Default 'sequential'. */
  readonly name?: string | undefined;
}

/** Layers with their weights. sequential() makes one. */
export interface Model {
  readonly name: string;
  /** Shape of one input item; undefined until the model is built. */
  readonly inputShape: Shape | undefined;
  /** Shape of one output item; undefined until the model is built. */
  readonly outputShape: Shape | undefined;
  /** The built layers, in order; empty until the model is built. */
  readonly layers: readonly BuiltLayer[];
  /** All weights, trainable or not; empty until the model is built. */
  readonly weights: readonly Variable[];
  /** The weights that an optimizer updates. */
  readonly trainableWeights: readonly Variable[];
  /** All weights by the index of the layer and their own name: `0.kernel`, `1.gamma`, ... In a block: `2.0.kernel`. */
  readonly namedWeights: ReadonlyMap<string, Variable>;
  /**
   * Runs the layers, recorded for gradients: [n, ...inputShape] -> [n, ...outputShape]. `training` defaults to false.
   * Throws a ShapeError if x has another shape.
   */
  call(x: Tensor, options?: CallOptions): Tensor;
  /** call() in inference mode, unrecorded. It frees all intermediate tensors. */
  predict(x: Tensor): Tensor;
  /**
   * Prints Keras's table of the layers with `print` (default console.log) and returns it. Throws a RuntimeError if the
   * model is not built yet.
   */
  summary(print?: (text: string) => void): string;
}

const OPTIONS = { random: option<Random>(checkRandom).optional(), name: string().or('sequential') };

/**
 * Makes a model that runs layers one after the other. It is built at once if the first layer has an inputShape, else at
 * the first call.
 *
 * @throws ArgumentError if the layers are no list of at least one layer; ShapeError if a layer cannot take what the
 *   one before it gives.
 * @example
 * const hidden = [layers.dense({ units: 4, inputShape: [2] }), layers.leakyReLU()];
 * const model = sequential([...hidden, layers.dense({ units: 1 })]);
 * model.outputShape; // [1]
 * model.call(tensor([[1, 2], [3, 4]])).shape; // [2, 1]
 * model.weights.map(({ shape }) => shape); // [[2, 4], [4], [4, 1], [1]]
 */
export function sequential(layers: readonly Layer[], options: SequentialOptions = {}): Model {
  checkLayers('sequential', 'layers', layers, 1);
  const { random = randomFromState(DEFAULT_RANDOM), name } = readOptions('sequential', options, OPTIONS);
  const model = new SequentialModel(name, layers, random);
  const inputShape = layers[0]!.inputShape;
  if (inputShape !== undefined) model.build(inputShape);
  return model;
}

/**
 * Copies a model: the same layers, with their own copies of the weights. It does what clone_model() and set_weights()
 * do in Keras.
 *
 * @throws ArgumentError if the model does not come from sequential(); RuntimeError if it is not built yet.
 * @example
 * const generator = denseGenerator();
 * const before = cloneModel(generator); // does not change while the generator trains
 * before.weights.length === generator.weights.length; // true
 */
export function cloneModel(model: Model): Model {
  if (!isInstance(model, SequentialModel)) {
    return invalid('cloneModel', 'model', 'a model', model, 'Make one with sequential([...]).');
  }
  return model.clone();
}

/** Stream 1, so that the initial weights and the noise of a training never use the same random numbers. */
const DEFAULT_RANDOM = { seed: 0, stream: 1, block: 0 };

class SequentialModel implements Model {
  readonly name: string;
  inputShape: Shape | undefined;
  readonly namedWeights = new Map<string, Variable>();
  readonly layers: BuiltLayer[] = [];
  readonly #plan: readonly Layer[];
  readonly #random: Random;

  constructor(name: string, layers: readonly Layer[], random: Random) {
    this.name = name;
    this.#plan = layers;
    this.#random = random;
  }

  build(inputShape: Shape): void {
    const built = buildChain(this.name, this.#plan, inputShape, this.#random);
    this.layers.push(...built);
    this.inputShape = inputShape;
    for (const [name, weight] of namedWeightsOf(built)) this.namedWeights.set(name, weight);
  }

  clone(): Model {
    const { name, inputShape } = this;
    if (inputShape === undefined) {
      throw new RuntimeError(
        `cloneModel: ${name} is not built yet and has no weights. Give its first layer an inputShape, or call it once.`,
      );
    }
    // The default generator, not the model's: a clone must not advance the random numbers of the original.
    const copy = new SequentialModel(name, this.#plan, randomFromState(DEFAULT_RANDOM));
    copy.build(inputShape);
    const values = this.weights;
    copy.weights.forEach((weight, i) => {
      weight.assign(values[i]!);
    });
    return copy;
  }

  get outputShape(): Shape | undefined {
    return this.layers[this.layers.length - 1]?.outputShape;
  }

  get weights(): readonly Variable[] {
    return this.layers.flatMap((layer) => layer.weights);
  }

  get trainableWeights(): readonly Variable[] {
    return this.layers.flatMap((layer) => layer.trainableWeights);
  }

  call(x: Tensor, options: CallOptions = {}): Tensor {
    const where = `${this.name}.call`;
    return this.#run(where, x, readOptions(where, options, CALL_OPTIONS));
  }

  predict(x: Tensor): Tensor {
    const where = `${this.name}.predict`;
    return withoutRecording(() => scope(() => this.#run(where, x, { training: false }), where));
  }

  #run(where: string, x: Tensor, options: CallOptions): Tensor {
    checkTensor(where, 'x', x);
    if (x.rank === 0) throw new ShapeError(`${where}: x must be a batch, [n, ...item]; got a scalar`);
    if (this.inputShape === undefined) this.build(x.shape.slice(1));
    const expected = this.inputShape!;
    if (!sameShape(x.shape.slice(1), expected)) {
      throw new ShapeError(
        `${where}: x must have shape ${formatShape(expected).replace('[', expected.length === 0 ? '[n' : '[n, ')}; ` +
          `got ${formatShape(x.shape)}`,
      );
    }
    return runChain(where, this.layers, x, options);
  }

  summary(print: (text: string) => void = console.log): string {
    checkFunction(`${this.name}.summary`, 'print', print);
    if (this.inputShape === undefined) {
      throw new RuntimeError(
        `${this.name}.summary: the model is not built yet. Give its first layer an inputShape, or call it once.`,
      );
    }
    const used = new Map<string, number>();
    const rows = this.layers.map((layer): SummaryRow => {
      const base = snakeCase(layer.kind);
      const number = used.get(base) ?? 0;
      used.set(base, number + 1);
      return { ...layer, name: number === 0 ? base : `${base}_${number}` };
    });
    const text = summaryTable(this.name, rows, this.trainableWeights);
    print(text);
    return text;
  }
}

/** BatchNormalization -> batch_normalization, LeakyReLU -> leaky_re_lu, as Keras names layers. */
function snakeCase(kind: string): string {
  return kind
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}
