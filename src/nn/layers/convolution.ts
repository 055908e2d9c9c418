/**
 * Conv2D and Conv2DTranspose: y = activation(x * W + b), where * is the convolution or its transpose. Items are images
 * [height, width, channels] and become [outHeight, outWidth, filters]. W is [kernelHeight, kernelWidth, channels,
 * filters] in Conv2D and [kernelHeight, kernelWidth, filters, channels] in Conv2DTranspose; b is [filters].
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
import { type CallOptions, defineLayer, type Layer, type LayerConfig, type LayerKind } from '../layer.ts';

/** The options of layers.conv2d() and layers.conv2dTranspose(). */
export interface Conv2dConfig extends LayerConfig {
  /** Number of channels of the output. */
  readonly filters: number;
  /** Height and width of the kernel: a whole number, or [height, width]. */
  readonly kernelSize: Extent;
  /** Pixels from one window to the next: a whole number, or [height, width]. Default 1. */
  readonly strides?: Extent | undefined;
  /**
   * 'valid': no padding. 'same': zeros around the image, so that conv2d divides its sizes by the stride, rounding up,
   * and conv2dTranspose multiplies them by the stride. Default 'valid'.
   */
  readonly padding?: Padding | undefined;
  /** Whether b is added. Default true. */
  readonly useBias?: boolean | undefined;
  /** Default 'linear', which is no activation. */
  readonly activation?: ActivationName | undefined;
  /** Initial values of the kernel. Default 'glorotUniform'. The bias starts at 0. */
  readonly kernelInitializer?: InitializerName | Initializer | undefined;
}

/**
 * A convolutional layer: [height, width, channels] -> [outHeight, outWidth, filters].
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items are not images or, with padding
 *   'valid', are smaller than the kernel.
 * @example
 * const layer = layers.conv2d({ filters: 64, kernelSize: 5, strides: 2, padding: 'same', inputShape: [28, 28, 1] });
 * sequential([layer]).outputShape; // [14, 14, 64]
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
 * A transposed convolutional layer, which enlarges images. With padding 'same' it multiplies their sizes by the
 * strides.
 *
 * @throws ArgumentError for a wrong option. build() throws a ShapeError if the items are not images.
 * @example
 * const config = { filters: 64, kernelSize: 5, strides: 2, padding: 'same', inputShape: [7, 7, 128] } as const;
 * const layer = layers.conv2dTranspose(config);
 * sequential([layer]).outputShape; // [14, 14, 64]
 */
export function conv2dTranspose(config: Conv2dConfig): Layer {
  return convolutional('layers.conv2dTranspose', config, {
    kind: 'Conv2DTranspose',
    channelAxes: (channels, filters) => [filters, channels],
    outputPixels: pictureOf,
    op: conv2dTransposeOp,
  });
}

/** The differences between the two layers. */
interface Direction {
  readonly kind: LayerKind;
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
    const callWithKernel = (x: Tensor, _: CallOptions, values: Tensor): Tensor => {
      const y = op(x, values, { strides, padding });
      return activation(bias === undefined ? y : add(y, bias));
    };
    return {
      kind,
      settings: { strides: formatPair(strides), padding, activation: options.activation },
      outputShape,
      weights,
      trainableWeights: weights,
      call: (x, options) => callWithKernel(x, options, kernel),
      callWithKernel,
    };
  });
}

/** @internal Height, width and channels of image items. Throws a ShapeError if the items are not images. */
export function checkImages(where: string, shape: Shape): { readonly picture: Pair; readonly channels: number } {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    throw new ShapeError(`${where}: items must be images, [height, width, channels]; got ${formatShape(shape)}`);
  }
  return { picture: [height, width], channels };
}
