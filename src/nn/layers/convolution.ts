/**
 * Conv2D and Conv2DTranspose: y = activation(x * W + b), images [height, width, channels] in and [outHeight, outWidth, filters] out.
 * W is [kernelHeight, kernelWidth, channels, filters], the transposed one's [kernelHeight, kernelWidth, filters, channels], b [filters].
 */
import { type Tensor, type Variable, variable, zeros } from '../../autograd/tensor.ts';
import { ShapeError } from '../../core/errors.ts';
import { boolean, integer, readOptions, shape } from '../../core/options.ts';
import { formatShape, type Shape } from '../../core/shape.ts';
import { add } from '../../ops/arithmetic.ts';
import { type Conv2dOptions, conv2d as conv2dOp, conv2dTranspose as conv2dTransposeOp } from '../../ops/convolution.ts';
import {
  type Extent,
  extent,
  formatPair,
  type Padding,
  type Pair,
  padding,
  pictureOf,
  type Windows,
  windowsOn,
} from '../../ops/internal/windows.ts';
import { type ActivationName, activationName, getActivation } from '../activations.ts';
import { type Initializer, type InitializerName, initializer } from '../initializers.ts';
import { defineLayer, type Layer, type LayerConfig } from '../layer.ts';

export interface Conv2dConfig extends LayerConfig {
  /** Size of the output's last axis. */
  readonly filters: number;
  /** Height and width of the kernel: a whole number, or [height, width]. */
  readonly kernelSize: Extent;
  /** Pixels from one window to the next: a whole number, or [height, width]. Default 1. */
  readonly strides?: Extent | undefined;
  /** 'valid': no padding. 'same': zeros around; sizes are divided by the stride, rounded up (transposed: multiplied by it). Default 'valid'. */
  readonly padding?: Padding | undefined;
  /** Default true. */
  readonly useBias?: boolean | undefined;
  /** Default 'linear': none. */
  readonly activation?: ActivationName | undefined;
  /** Default 'glorotUniform'. The bias begins at zero. */
  readonly kernelInitializer?: InitializerName | Initializer | undefined;
}

/**
 * A convolutional layer.
 *
 * @example
 * layers.conv2d({ filters: 64, kernelSize: 5, strides: 2, padding: 'same', inputShape: [28, 28, 1] });
 */
export function conv2d(config: Conv2dConfig): Layer {
  const where = 'layers.conv2d';
  return convolutional(where, config, {
    kind: 'Conv2D',
    channelAxes: (channels, filters) => [channels, filters],
    outputPixels: (picture, windows) => windowsOn(where, picture, windows),
    op: conv2dOp,
  });
}

/**
 * A transposed convolutional layer, which makes images larger: with padding 'same' by its strides.
 *
 * @example
 * layers.conv2dTranspose({ filters: 64, kernelSize: 5, strides: 2, padding: 'same' }); // [7, 7, 128] -> [14, 14, 64]
 */
export function conv2dTranspose(config: Conv2dConfig): Layer {
  return convolutional('layers.conv2dTranspose', config, {
    kind: 'Conv2DTranspose',
    channelAxes: (channels, filters) => [filters, channels],
    outputPixels: pictureOf,
    op: conv2dTransposeOp,
  });
}

/** In what the two differ. */
interface Direction {
  readonly kind: string;
  readonly channelAxes: (channels: number, filters: number) => Pair;
  readonly outputPixels: (picture: Pair, windows: Windows) => Pair;
  readonly op: (x: Tensor, kernel: Tensor, options: Conv2dOptions) => Tensor;
}

const OPTIONS = {
  filters: integer(1),
  kernelSize: extent(),
  strides: extent().or(1),
  padding: padding().or('valid'),
  useBias: boolean().or(true),
  activation: activationName().or('linear'),
  kernelInitializer: initializer().or('glorotUniform'),
  inputShape: shape().optional(),
};

function convolutional(where: string, config: Conv2dConfig, direction: Direction): Layer {
  const { kind, channelAxes, outputPixels, op } = direction;
  const options = readOptions(where, config, OPTIONS);
  const { filters, kernelSize: size, strides, padding, useBias, kernelInitializer: initialize } = options;
  const activation = getActivation(options.activation);
  return defineLayer(where, kind, options.inputShape, (inputShape, random) => {
    const { picture, channels } = checkImages(where, inputShape);
    const outputShape = [...outputPixels(picture, { size, strides, padding }), filters];
    const kernel = variable(initialize([...size, ...channelAxes(channels, filters)], random), 'kernel');
    const bias = useBias ? variable(zeros([filters]), 'bias') : undefined;
    const weights: Variable[] = bias === undefined ? [kernel] : [kernel, bias];
    return {
      kind,
      settings: { strides: formatPair(strides), padding, activation: options.activation },
      outputShape,
      weights,
      trainableWeights: weights,
      call(x) {
        const y = op(x, kernel, { strides, padding });
        return activation(bias === undefined ? y : add(y, bias));
      },
    };
  });
}

/** @internal Height, width and channels of items that must be images. */
export function checkImages(where: string, shape: Shape): { readonly picture: Pair; readonly channels: number } {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    throw new ShapeError(`${where}: items must be images, [height, width, channels]; got ${formatShape(shape)}`);
  }
  return { picture: [height, width], channels };
}
