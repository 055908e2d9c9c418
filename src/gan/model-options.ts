/** Options that the models share: their types, and how they are read. */
import { checkRandom, type Random } from '../autograd/random.ts';
import { ShapeError } from '../core/errors.ts';
import { integer, number, type Option, option } from '../core/options.ts';
import { formatShape, type Shape } from '../core/shape.ts';
import { checkImageShape, DIGIT_SHAPE } from '../data/image-shape.ts';

/** Options of every model. */
export interface ImageModelConfig {
  /**
   * Shape of an image, such as [32, 32, 3]. Dense models take other items too, such as points [2]; convolutional models
   * need a height and width divisible by 4. Default [28, 28, 1].
   */
  readonly imageShape?: Shape | undefined;
  /** Draws the initial weights. Default: the same weights each time. */
  readonly random?: Random | undefined;
}

/** Options of every generator. */
export interface LatentConfig {
  /** Length of the noise vector, without a class vector. Default 100. */
  readonly latentDim?: number | undefined;
}

/** Options of every convolutional model. */
export interface WidthConfig {
  /**
   * Multiplies the channel counts but those of the image. Results are rounded and at least 1. The cost of a step grows
   * with the square of the width. Default 1.
   */
  readonly width?: number | undefined;
}

export const LATENT_DIM: Option<number, number, 'optional'> = integer(1).or(100);
export const RANDOM: Option<Random, Random | undefined, 'optional'> = option<Random>(checkRandom).optional();
export const WIDTH: Option<number, number, 'optional'> = number({ above: 0 }).or(1);
export const IMAGE_IN_QUARTERS: Option<Shape, Shape, 'optional'> = option<Shape>(checkQuarters).or(DIGIT_SHAPE);

/** Checks for sides that two strides of 2 divide. */
function checkQuarters(where: string, argument: string, value: unknown): Shape {
  const shape = checkImageShape(where, argument, value);
  if (shape[0]! % 4 === 0 && shape[1]! % 4 === 0) return shape;
  throw new ShapeError(
    `${where}: ${argument} must have a height and width divisible by 4; got ${formatShape(shape)}. Crop, pad or scale ` +
      'the images; loadImages(directory, { size: [32, 32] }) of ganvas/node scales them.',
  );
}

/** Multiplies channel counts by the width. */
export function scaledBy(width: number): (channels: number) => number {
  return (channels) => Math.max(1, Math.round(channels * width));
}
