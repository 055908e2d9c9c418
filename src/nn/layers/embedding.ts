/** Embedding: the rows of a table [inputDim, outputDim] in the place of their indices. Source: Keras's layer. */
import { variable } from '../../autograd/tensor.ts';
import { integer, readOptions, shape } from '../../core/options.ts';
import { gather } from '../../ops/gather.ts';
import { type Initializer, type InitializerName, initializer } from '../initializers.ts';
import { defineLayer, type Layer, type LayerConfig } from '../layer.ts';

/** The options of layers.embedding(). */
export interface EmbeddingConfig extends LayerConfig {
  /** Number of rows: indices are whole numbers from 0 to below it. */
  readonly inputDim: number;
  /** Length of a row. */
  readonly outputDim: number;
  /** Initial values of the table. Default 'randomUniform'. */
  readonly embeddingsInitializer?: InitializerName | Initializer | undefined;
}

const OPTIONS = {
  inputDim: integer(1),
  outputDim: integer(1),
  embeddingsInitializer: initializer().or('randomUniform'),
  inputShape: shape().optional(),
};

/**
 * Turns indices, such as class labels, into vectors that are learned: [...] -> [..., outputDim]. Its weight is
 * `embeddings` [inputDim, outputDim]; the indices have no gradient. Items of shape [] are one index each.
 *
 * @throws ArgumentError for a wrong option, and from a call whose indices are no whole numbers from 0 to below
 *   inputDim.
 * @example
 * const embed = sequential([layers.embedding({ inputDim: 10, outputDim: 8, inputShape: [] })]);
 * embed.predict(tensor([3, 1, 4])).shape; // [3, 8]
 */
export function embedding(config: EmbeddingConfig): Layer {
  const where = 'layers.embedding';
  const { inputDim, outputDim, embeddingsInitializer, inputShape: items } = readOptions(where, config, OPTIONS);
  return defineLayer(where, 'Embedding', items, (inputShape, random) => {
    const embeddings = variable(embeddingsInitializer([inputDim, outputDim], random), 'embeddings');
    return {
      kind: 'Embedding',
      settings: {},
      outputShape: [...inputShape, outputDim],
      weights: [embeddings],
      trainableWeights: [embeddings],
      call: (x) => gather(embeddings, x),
    };
  });
}
