/**
 * SpectralNormalization: a dense or convolutional layer whose kernel W is divided by its largest singular value. As a
 * matrix W is [..., outputs], the last axis of the kernel being the outputs, as in Keras.
 *   each training call: v = W u / |W u|;  u = W^T v / |W^T v|, `powerIterations` times, from the u of the call before
 *   sigma = v^T W u;  the layer uses W / sigma
 * The gradient flows through sigma, with u and v as constants: d sigma / dW = v u^T. Inference changes nothing.
 * Source: T. Miyato et al., "Spectral Normalization for Generative Adversarial Networks", ICLR 2018.
 */
import { withoutRecording } from '../../autograd/record.ts';
import { type Tensor, type Variable, variable } from '../../autograd/tensor.ts';
import { ArgumentError } from '../../core/errors.ts';
import { integer, readOptions, shape } from '../../core/options.ts';
import { add, div, mul } from '../../ops/arithmetic.ts';
import { matmul } from '../../ops/matmul.ts';
import { sum } from '../../ops/reduce.ts';
import { reshape } from '../../ops/reshape.ts';
import { sqrt, square } from '../../ops/unary.ts';
import { checkLayer } from '../chain.ts';
import { checkBuiltLayer, defineLayer, type Layer, type LayerConfig } from '../layer.ts';

/** The options of layers.spectralNormalization(). */
export interface SpectralNormalizationConfig extends LayerConfig {
  /** How often u and v are improved in each training call. Default 1. */
  readonly powerIterations?: number | undefined;
}

const OPTIONS = { powerIterations: integer(1).or(1), inputShape: shape().optional() };

/** Keeps a division by the length of a zero vector finite, as in PyTorch. */
const TINY = 1e-12;

/**
 * Wraps layers.dense(), conv2d() or conv2dTranspose(). u is kept in the weight `vector_u`, which is not trainable but
 * is saved and resumed.
 *
 * @throws ArgumentError for a wrong option. build() throws one if the layer has no kernel.
 * @example
 * const convolution = layers.conv2d({ filters: 64, kernelSize: 3 });
 * const layer = layers.spectralNormalization(convolution, { inputShape: [28, 28, 1] });
 * sequential([layer]).weights.map(({ name }) => name); // ['kernel', 'bias', 'vector_u']
 */
export function spectralNormalization(layer: Layer, config: SpectralNormalizationConfig = {}): Layer {
  const where = 'layers.spectralNormalization';
  const kind = 'SpectralNormalization';
  checkLayer(where, 'layer', layer);
  const { powerIterations, inputShape: given } = readOptions(where, config, OPTIONS);
  return defineLayer(where, kind, given ?? layer.inputShape, (inputShape, random) => {
    const inner = checkBuiltLayer(where, layer.build(inputShape, random));
    const { callWithKernel } = inner;
    const kernel = inner.weights.find(({ name }) => name === 'kernel');
    if (kernel === undefined || callWithKernel === undefined) {
      throw new ArgumentError(
        `${where}: layer must be dense, conv2d or conv2dTranspose, which have a kernel; got ${inner.kind}`,
      );
    }
    const outputs = kernel.shape[kernel.rank - 1]!;
    const vector = variable(random.normal([1, outputs]), 'vector_u');
    return {
      kind,
      settings: { layer: inner.kind, ...inner.settings, powerIterations },
      outputShape: inner.outputShape,
      weights: [...inner.weights, vector],
      trainableWeights: inner.trainableWeights,
      wrapped: inner,
      call(x, options) {
        return callWithKernel(x, options, normalizedKernel(kernel, vector, options.training ? powerIterations : 0));
      },
    };
  });
}

/** @internal W / sigma, after so many improvements of the stored u; inference has none. */
export function normalizedKernel(kernel: Variable, vector: Variable, iterations: number): Tensor {
  const matrix = reshape(kernel, [-1, vector.size]);
  const { u, v } = withoutRecording(() => iterate(matrix, vector, iterations));
  const sigma = sum(mul(matmul(v, matrix), u));
  return div(kernel, sigma);
}

/** Improves the stored u, and returns it and v as rows. Without iterations v follows from the stored u. */
function iterate(matrix: Tensor, vector: Variable, iterations: number): { readonly u: Tensor; readonly v: Tensor } {
  let u = normalized(vector);
  let v = normalized(matmul(u, matrix, { transposeB: true }));
  for (let i = 0; i < iterations; i++) {
    u = normalized(matmul(v, matrix));
    if (i + 1 < iterations) v = normalized(matmul(u, matrix, { transposeB: true }));
  }
  if (iterations > 0) vector.assign(u);
  return { u, v };
}

function normalized(x: Tensor): Tensor {
  return div(x, add(sqrt(sum(square(x))), TINY));
}
