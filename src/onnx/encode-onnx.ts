/** encodeOnnx(): a model as an ONNX file, for other runtimes. */
import type { FileBytes } from '../core/bytes.ts';
import { fieldsOf } from '../core/check.ts';
import { RuntimeError } from '../core/errors.ts';
import { boolean, readOptions } from '../core/options.ts';
import { checkShape } from '../core/shape.ts';
import { checkModel } from '../nn/check-model.ts';
import type { Model } from '../nn/sequential.ts';
import { Graph } from './graph.ts';
import { checkItems, translateLayers } from './translations.ts';

/** Options of encodeOnnx(). */
export interface EncodeOnnxOptions {
  /**
   * Whether batch normalisations are folded with their moving statistics: into the kernel and bias of the layer before,
   * or into a multiplication and an addition. false: they stay nodes of their own, with their weights. Default true.
   */
  readonly foldBatchNormalization?: boolean | undefined;
}

const OPTIONS = { foldBatchNormalization: boolean().or(true) };

/**
 * Writes a model as an ONNX file that computes what model.predict() does: its inference, with the moving statistics and
 * without dropout. The file has one input, `input`, [batch, ...inputShape], and one output, `output`, [batch,
 * ...outputShape], both float32, channels last, of any batch size. It uses operator set 13, of ONNX 1.8.
 *
 * The outputs of a runtime differ from those of predict() by rounding. Layers of users have no translation.
 *
 * @returns the bytes of the file.
 * @throws RuntimeError if the model is not built yet.
 * @throws ShapeError if items have no elements.
 * @throws ArgumentError if a layer is not one of ganvas's.
 *
 * @example
 * const file = encodeOnnx(denseGenerator()); // for a download, or writeFileAtomic() of ganvas/node
 */
export function encodeOnnx(model: Model, options: EncodeOnnxOptions = {}): FileBytes {
  const where = 'encodeOnnx';
  const { layers } = checkModel(where, 'model', model);
  const { name, inputShape } = fieldsOf(where, 'model', model, ['name', 'inputShape'], 'a model');
  const { foldBatchNormalization } = readOptions(where, options, OPTIONS);
  if (inputShape === undefined) {
    throw new RuntimeError(
      `${where}: ${name} is not built yet and has no weights. Give its first layer an inputShape, or call it once.`,
    );
  }
  const graph = new Graph(checkItems(where, checkShape(where, 'model.inputShape', inputShape)));
  const output = translateLayers(where, graph, foldBatchNormalization, graph.input, layers);
  return graph.encode(where, String(name), output);
}
