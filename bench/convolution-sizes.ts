/**
 * The convolutions of the convolutional pair at width 1, and the part of each function of src/ops/internal/convolve.ts
 * in its layers. All kernels are 5 x 5 with padding 'same'. A transposed convolution is the adjoint of a convolution,
 * so two layers can share a size with their roles exchanged.
 */
import type { WindowGeometry } from '../src/kernels/windows.ts';
import { geometryOf } from '../src/ops/internal/windows.ts';

export interface ConvolutionSize {
  /** Size [height, width, channels] of the larger image, and the windows on it. */
  readonly geometry: WindowGeometry;
  /** Channels of the smaller image. */
  readonly outputs: number;
}

/** correlate: y from x; spread: x from y; kernelGradient: from both. x is the larger image. */
export const CONVOLUTION_PARTS = ['correlate', 'spread', 'kernelGradient'] as const;
export type ConvolutionPart = (typeof CONVOLUTION_PARTS)[number];

/** The result of a layer, the gradient of its input, or the gradient of its kernel. */
type Role = 'y' | 'dx' | 'dW';

interface ConvolutionLayer {
  readonly name: string;
  readonly transposed: boolean;
  readonly size: ConvolutionSize;
  /**
   * How often a step computes each. The discriminator is applied to real and fake images; both its own loss and the
   * generator's loss are differentiated through it.
   */
  readonly calls: Readonly<Record<Role, number>>;
}

/** The layers G1 and D3 are dense. */
const LAYERS: readonly ConvolutionLayer[] = [
  { name: 'G2', transposed: true, size: sizeOf(7, 128, 1, 256), calls: { y: 1, dx: 1, dW: 1 } },
  { name: 'G3', transposed: true, size: sizeOf(14, 64, 2, 128), calls: { y: 1, dx: 1, dW: 1 } },
  { name: 'G4', transposed: true, size: sizeOf(28, 1, 2, 64), calls: { y: 1, dx: 1, dW: 1 } },
  { name: 'D1', transposed: false, size: sizeOf(28, 1, 2, 64), calls: { y: 2, dx: 1, dW: 2 } },
  { name: 'D2', transposed: false, size: sizeOf(14, 64, 2, 128), calls: { y: 2, dx: 3, dW: 2 } },
];

/** Each size once. */
export const CONVOLUTION_SIZES: readonly ConvolutionSize[] = [
  ...new Map(LAYERS.map(({ size }) => [convolutionName(size), size])).values(),
];

/** @param pixels - height and width of the larger image. */
function sizeOf(pixels: number, channels: number, stride: number, outputs: number): ConvolutionSize {
  const windows = { size: [5, 5], strides: [stride, stride], padding: 'same' } as const;
  const count = pixels / stride;
  return { geometry: geometryOf([pixels, pixels], channels, windows, [count, count]), outputs };
}

/** Such as '14x14x64 - 7x7x128': the larger image and the smaller one. */
export function convolutionName({ geometry, outputs }: ConvolutionSize): string {
  const [height, width, channels, , , , , , , outHeight, outWidth] = geometry;
  return `${height}x${width}x${channels} - ${outHeight}x${outWidth}x${outputs}`;
}

/** What a function computes in the layers that have this size, such as 'G3 dx, D2 y'. */
export function convolutionRoles(size: ConvolutionSize, part: ConvolutionPart): string {
  return layersOf(size)
    .map((layer) => `${layer.name} ${roleIn(layer, part)}`)
    .join(', ');
}

/** How often a step calls a function at this size. */
export function callsInStep(size: ConvolutionSize, part: ConvolutionPart): number {
  return layersOf(size).reduce((sum, layer) => sum + layer.calls[roleIn(layer, part)], 0);
}

function layersOf(size: ConvolutionSize): readonly ConvolutionLayer[] {
  const name = convolutionName(size);
  return LAYERS.filter((layer) => convolutionName(layer.size) === name);
}

function roleIn({ transposed }: ConvolutionLayer, part: ConvolutionPart): Role {
  if (part === 'kernelGradient') return 'dW';
  return transposed === (part === 'spread') ? 'y' : 'dx';
}

/** Operations of a function. All three have the same number. */
export function convolutionFlops({ geometry, outputs }: ConvolutionSize, images: number): number {
  const [, , channels, kernelHeight, kernelWidth, , , , , outHeight, outWidth] = geometry;
  return 2 * images * outHeight * outWidth * kernelHeight * kernelWidth * channels * outputs;
}
