/** Wrong calls of convolutions and pooling: operations, layers, and the models made of them. */
import { tensor } from '../../src/autograd/tensor.ts';
import { ArgumentError as Argument, RuntimeError as Runtime, ShapeError as Shape } from '../../src/core/errors.ts';
import type * as ganvas from '../../src/index.ts';
import { type Calls, keepsData, type WrongCall, wrongTensors } from './wrong-call.ts';

const picture = tensor([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2]);
const kernel = tensor([1, 2], [1, 1, 2, 1]);
const transposed = tensor([1, 2], [1, 1, 1, 2]);
const large = tensor(new Float32Array(18).fill(1), [3, 3, 2, 1]);
const hollow = tensor([], [0, 1, 2, 2]);
const [vector, matrix] = [tensor([1, 2, 3]), tensor([[1, 2]])];
keepsData(picture, kernel, transposed, large, vector, matrix);

/** What both convolutions refuse; `right` is a kernel that fits. */
function convolutions(name: string, right: typeof kernel, other: typeof kernel, axes: string): WrongCall[] {
  const options = (wrong: unknown, message: string): WrongCall => [
    Argument,
    [picture, right, wrong],
    new RegExp(`^${message}`),
  ];
  return [
    ...wrongTensors(name, 'x', [], [right]),
    ...wrongTensors(name, 'kernel', [picture]),
    [Shape, [vector, right], /^x must have shape \[n, height, width, channels\]; got \[3\]/],
    [
      Shape,
      [picture, matrix],
      new RegExp(`^kernel must have shape \\[kernelHeight, kernelWidth, ${axes}\\], .* got \\[1, 2\\]`),
    ],
    [Shape, [picture, hollow], /^kernel must .* at least 1; got \[0, 1, 2, 2\]/],
    [
      Shape,
      [picture, other],
      new RegExp(`^x \\[1, 2, 2, 2\\] has 2 channels, the kernel .* is for 1; a kernel is \\[.*, ${axes}\\]`),
    ],
    options({ strides: [1, 0] }, 'strides\\[1\\] must be a whole number from 1 to 32768; got 0'),
    options({ strides: [1, 1, 1] }, 'strides must be .*, or \\[height, width\\]; got \\[1, 1, 1\\]'),
    options({ padding: 'SAME' }, "padding must be one of 'valid', 'same'; got \"SAME\". Did you mean same\\?"),
  ];
}

/** What all poolings refuse. */
function poolings(name: string): WrongCall[] {
  return [
    ...wrongTensors(name, 'x'),
    [Shape, [vector], /^x must have shape \[n, height, width, channels\]; got \[3\]/],
    [Shape, [picture, { poolSize: [1, 3] }], /^a window of 1 x 3 does not fit into images of 2 x 2/],
  ];
}

function resizings(name: string): WrongCall[] {
  return [
    ...wrongTensors(name, 'x', [], [[2, 2]]),
    [Shape, [vector, [2, 2]], /^x must have shape \[n, height, width, channels\]; got \[3\]/],
    [Argument, [picture, 2], /^size must be \[height, width\], two whole numbers of at least 1; got 2/],
    [Argument, [picture, [2, 0]], /^size\[1\] must be a whole number from 1 to 32768; got 0/],
    [Argument, [picture, [2, 2], { alignCorners: true, halfPixelCenters: true }], /^alignCorners and halfPixelCenters/],
    [Shape, [tensor([], [1, 0, 2, 1]), [2, 2]], /^x must have at least one pixel; got \[1, 0, 2, 1\]/],
  ];
}

export const CONVOLUTION_CALLS: Calls<typeof ganvas> = {
  conv2d: [
    ...convolutions('conv2d', kernel, transposed, 'channels, filters'),
    [
      Shape,
      [picture, large],
      /^a window of 3 x 3 does not fit into images of 2 x 2 without padding. Use a smaller window, or padding: 'same'/,
    ],
  ],
  conv2dTranspose: [
    ...convolutions('conv2dTranspose', transposed, kernel, 'filters, channels'),
    [Runtime, [picture, transposed, { strides: 32768 }], /^memory: \d+ bytes are needed/],
  ],
  averagePooling2d: poolings('averagePooling2d'),
  maxPooling2d: poolings('maxPooling2d'),
  resizeBilinear: resizings('resizeBilinear'),
  resizeNearestNeighbor: resizings('resizeNearestNeighbor'),
  upsampling2d: [
    ...wrongTensors('upsampling2d', 'x'),
    [Shape, [vector], /^x must have shape \[n, height, width, channels\]; got \[3\]/],
    [Argument, [picture, { interpolation: 'linear' }], /^interpolation must be one of 'nearest', 'bi/],
    [Runtime, [picture, { size: 32768 }], /^memory: \d+ bytes are needed/],
  ],
};
