/** Dense: y = activation(x W + b), where x is [n, fan-in], W is [fan-in, units] and b is [units]. */
import { type Tensor, type Variable, variable, zeros } from '../../autograd/tensor.ts';
import { ShapeError } from '../../core/errors.ts';
import { boolean, integer, readOptions, shape } from '../../core/options.ts';
import { add } from '../../ops/arithmetic.ts';
import { matmul } from '../../ops/matmul.ts';
import { reshape } from '../../ops/reshape.ts';
import { type ActivationName, activationName, getActivation } from '../activations.ts';
import { type Initializer, type InitializerName, initializer } from '../initializers.ts';
import { type CallOptions, defineLayer, type Layer, type LayerConfig } from '../layer.ts';

/** The options of layers.dense(). */
export interface DenseConfig extends LayerConfig {
  /** Size of the output's last axis. */
  readonly units: number;
  /** Whether b is added. Default true. */
  readonly useBias?: boolean | undefined;
  /** Default 'linear', which is no activation. */
  readonly activation?: ActivationName | undefined;
  /** Initial values of the kernel. Default 'glorotUniform'. The bias starts at 0. */
  readonly kernelInitializer?: InitializerName | Initializer | undefined;
}

const OPTIONS = {
  units: integer(1),
  useBias: boolean().or(true),
  activation: activationName().or('linear'),
  kernelInitializer: initializer().or('glorotUniform'),
  inputShape: shape().optional(),
};

/**
 * A fully connected layer. It maps the last axis of its items: [..., fan-in] -> [..., units].
 *
 * @throws ArgumentError if `units` is missing or below 1, or for another wrong option. build() throws a ShapeError if
 *   the items have no axis.
 * @example
 * const model = sequential([layers.dense({ units: 256, useBias: false, inputShape: [100] })]);
 * model.outputShape; // [256]
 * model.weights[0]!.shape; // [100, 256]
 */
export function dense(config: DenseConfig): Layer {
  const where = 'layers.dense';
  const options = readOptions(where, config, OPTIONS);
  const { units, useBias, kernelInitializer: initialize } = options;
  const activation = getActivation(options.activation);
  return defineLayer(where, 'Dense', options.inputShape, (inputShape, random) => {
    const fanIn = inputShape[inputShape.length - 1];
    if (fanIn === undefined) throw new ShapeError(`${where}: items must have at least one axis; got scalars`);
    const outputShape = [...inputShape.slice(0, -1), units];
    const kernel = variable(initialize([fanIn, units], random), 'kernel');
    const bias = useBias ? variable(zeros([units]), 'bias') : undefined;
    const weights: Variable[] = bias === undefined ? [kernel] : [kernel, bias];
    const callWithKernel = (x: Tensor, _: CallOptions, values: Tensor): Tensor => {
      const rows = matmul(x.rank === 2 ? x : reshape(x, [-1, fanIn]), values);
      const y = activation(bias === undefined ? rows : add(rows, bias));
      return x.rank === 2 ? y : reshape(y, [x.shape[0]!, ...outputShape]);
    };
    return {
      kind: 'Dense',
      settings: { activation: options.activation },
      outputShape,
      weights,
      trainableWeights: weights,
      call: (x, options) => callWithKernel(x, options, kernel),
      callWithKernel,
    };
  });
}
