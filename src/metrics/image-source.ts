/** The images of a metric: a Tensor or a Dataset [n, ...item]. */
import { checkTensor, Tensor, tensor } from '../autograd/tensor.ts';
import { isInstance } from '../core/check.ts';
import { ShapeError } from '../core/errors.ts';
import { formatShape, type Shape, sizeOf } from '../core/shape.ts';
import { checkDataset, type Dataset, sourceOf, tensorDataset } from '../data/dataset.ts';
import { byteImages as imageBytes } from '../image/grid.ts';
import { checkFinite } from './features.ts';

/** A set of images: a tensor [n, ...image] or a dataset. */
export type Images = Tensor | Dataset;

/** The images as a dataset with at least one image of at least one pixel. The values of a tensor must be finite. */
export function imageSource(where: string, argument: string, images: unknown): Dataset {
  const source = isInstance(images, Tensor)
    ? fromTensor(where, argument, images)
    : checkDataset(where, argument, images);
  if (source.count < 1 || sizeOf(source.itemShape) < 1) {
    throw new ShapeError(
      `${where}: ${argument} must have at least one image of at least one pixel;` +
        ` got shape ${formatShape([source.count, ...source.itemShape])}`,
    );
  }
  return source;
}

function fromTensor(where: string, argument: string, images: Tensor): Dataset {
  checkFinite(where, argument, checkTensor(where, argument, images));
  if (images.rank < 2) {
    throw new ShapeError(
      `${where}: ${argument} must have shape [n, height, width, 1 or 3]; got ${formatShape(images.shape)}`,
    );
  }
  return tensorDataset(images);
}

export function checkSameImages(where: string, names: readonly [string, string], a: Dataset, b: Dataset): void {
  if (formatShape(a.itemShape) === formatShape(b.itemShape)) return;
  throw new ShapeError(
    `${where}: ${names[0]} and ${names[1]} must be images of one shape;` +
      ` got ${formatShape(a.itemShape)} and ${formatShape(b.itemShape)}`,
  );
}

/**
 * Checks for images [height, width, 1] or [height, width] in grey, or [height, width, 3] in colour, with sides of at
 * least `side`; returns the sizes.
 */
export function imageSizes(
  where: string,
  argument: string,
  { itemShape }: Dataset,
  side: number,
): { height: number; width: number; channels: number } {
  const [height = 0, width = 0, channels = 1] = itemShape;
  const picture = (itemShape.length === 2 || itemShape.length === 3) && (channels === 1 || channels === 3);
  if (!picture || height < side || width < side) {
    throw new ShapeError(
      `${where}: ${argument} must be images, [n, height, width, 1] or in colour [n, height, width, 3], with sides of ` +
        `at least ${side}; got [${['n', ...itemShape].join(', ')}]`,
    );
  }
  return { height, width, channels };
}

/** The images as a saved picture shows them: clipped to [-1, 1] and rounded to 256 levels. Bytes stay as they are. */
export function quantized(where: string, source: Dataset): Dataset {
  const floats = sourceOf(source);
  return floats === undefined ? source : byteImages(imageBytes(where, floats).bytes, floats.shape);
}

const LEVELS = Float32Array.from({ length: 256 }, (_, byte) => (byte - 127.5) / 127.5);

/** Like `dataset()`, but outside the tensor memory, so that nothing has to be freed after an evaluation. */
export function byteImages(bytes: Uint8Array, [count = 0, ...itemShape]: Shape): Dataset {
  const size = sizeOf(itemShape);
  return {
    count,
    itemShape,
    gather(indices) {
      const values = new Float32Array(indices.length * size);
      for (let i = 0; i < indices.length; i++) {
        const start = indices[i]! * size;
        for (let k = 0; k < size; k++) values[i * size + k] = LEVELS[bytes[start + k]!]!;
      }
      return tensor(values, [indices.length, ...itemShape]);
    },
  };
}
