/** The option `imageShape` of the ready-made models: the shape of one image, such as [32, 32, 3]. */
import { ShapeError } from '../core/errors.ts';
import { type Option, option } from '../core/options.ts';
import { checkShape, formatShape, type Shape } from '../core/shape.ts';

/** Shape of an MNIST digit: height, width, one channel. */
export const DIGIT_SHAPE: Shape = [28, 28, 1];

/** Items of any shape with at least one number: images, or points such as [2]. Default [28, 28, 1]. */
export const ITEM_SHAPE: Option<Shape, Shape, 'optional'> = option<Shape>(checkItemShape).or(DIGIT_SHAPE);

function checkItemShape(where: string, argument: string, value: unknown): Shape {
  const shape = checkShape(where, argument, value);
  if (shape.length > 0 && !shape.includes(0)) return shape;
  throw new ShapeError(
    `${where}: ${argument} must have at least one size, each at least 1, such as [32, 32, 3]; got ` +
      formatShape(shape),
  );
}

/** @internal Checks for [height, width, channels]. */
export function checkImageShape(where: string, argument: string, value: unknown): Shape {
  const shape = checkShape(where, argument, value);
  if (shape.length === 3 && !shape.includes(0)) return shape;
  throw new ShapeError(
    `${where}: ${argument} must be [height, width, channels], each at least 1, such as [32, 32, 3]; got ` +
      formatShape(shape),
  );
}
