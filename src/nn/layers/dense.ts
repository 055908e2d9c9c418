/** Dense: y = activation(x W + b), W [fan-in, units], b [units]. */
import { type Variable, variable, zeros } from '../../autograd/tensor.ts';
import { checkBoolean, checkInteger, checkOptions } from '../../core/check.ts';
import { ShapeError } from '../../core/errors.ts';
import { checkShape, type Shape } from '../../core/shape.ts';
import { add } from '../../ops/arithmetic.ts';
import { matmul } from '../../ops/matmul.ts';
import { reshape } from '../../ops/reshape.ts';
import { type ActivationName, getActivation } from '../activations.ts';
import { getInitializer, type Initializer, type InitializerName } from '../initializers.ts';
import type { Layer } from '../layer.ts';

export interface DenseConfig {
  /** Size of the output's last axis. */
  readonly units: number;
  /** Default true. */
  readonly useBias?: boolean;
  /** Default 'linear': none. */
  readonly activation?: ActivationName;
  /** Shape of one input item, needed in a model's first layer only. */
  readonly inputShape?: Shape;
  /** Default 'glorotUniform'. The bias begins at zero. */
  readonly kernelInitializer?: InitializerName | Initializer;
}

/**
 * A fully connected layer. Items of a rank above 1 are mapped along their last axis.
 *
 * @example
 * layers.dense({ units: 256, useBias: false, inputShape: [100] });
 */
export function dense(config: DenseConfig): Layer {
  const where = 'layers.dense';
  checkOptions(where, config ?? null, ['units', 'useBias', 'activation', 'inputShape', 'kernelInitializer']);
  const units = checkInteger(where, 'units', config.units, 1);
  const useBias = checkBoolean(where, 'useBias', config.useBias ?? true);
  const activationName = config.activation ?? 'linear';
  const activation = getActivation(where, activationName);
  const initialize = getInitializer(where, 'kernelInitializer', config.kernelInitializer ?? 'glorotUniform');
  return {
    kind: 'Dense',
    inputShape: config.inputShape === undefined ? undefined : checkShape(where, 'inputShape', config.inputShape),
    build(inputShape, random) {
      const fanIn = inputShape[inputShape.length - 1];
      if (fanIn === undefined) throw new ShapeError(`${where}: items must have at least one axis; got scalars`);
      const outputShape = [...inputShape.slice(0, -1), units];
      const kernel = variable(initialize([fanIn, units], random), 'kernel');
      const bias = useBias ? variable(zeros([units]), 'bias') : undefined;
      const weights: Variable[] = bias === undefined ? [kernel] : [kernel, bias];
      return {
        kind: 'Dense',
        settings: { activation: activationName },
        outputShape,
        weights,
        trainableWeights: weights,
        call(x) {
          const rows = matmul(x.rank === 2 ? x : reshape(x, [-1, fanIn]), kernel);
          const y = activation(bias === undefined ? rows : add(rows, bias));
          return x.rank === 2 ? y : reshape(y, [x.shape[0]!, ...outputShape]);
        },
      };
    },
  };
}
