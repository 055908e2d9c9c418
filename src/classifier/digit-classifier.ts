/**
 * The convolutional classifier of digits and other small images, in two models. `features` turns an image into 128
 * features; `head` turns the features into a logit for each digit. Metrics compare images by their features.
 *   features: 3x3 convolutions with 32 and 64 filters, ReLU, each followed by 2x2 pooling; dropout 0.25; 1600 -> 128,
 *   ReLU; dropout 0.5
 *   head: 128 -> 10
 * 1600 is the number for images of 28 x 28 pixels.
 */
import { checkRandom, type Random } from '../autograd/random.ts';
import { ShapeError } from '../core/errors.ts';
import { integer, option, readOptions } from '../core/options.ts';
import { formatShape, type Shape } from '../core/shape.ts';
import { checkImageShape, DIGIT_SHAPE } from '../data/image-shape.ts';
import * as layers from '../nn/layers/index.ts';
import { type Model, sequential } from '../nn/sequential.ts';

/** A classifier: two models, applied one after the other. */
export interface Classifier {
  /** Images -> features, the input of the head. */
  readonly features: Model;
  /** Features -> a logit for each class. */
  readonly head: Model;
}

/** The options of digitClassifier(). */
export interface DigitClassifierConfig {
  /** Shape of an image, [height, width, channels]; height and width at least 10. Default [28, 28, 1]. */
  readonly imageShape?: Shape | undefined;
  /** The number of classes. Default 10. */
  readonly classes?: number | undefined;
  /** Draws the initial weights. Default: the same weights each time. */
  readonly random?: Random | undefined;
}

/** The two unpadded convolutions and poolings leave one pixel of ten. */
export const SMALLEST_SIDE = 10;

const OPTIONS = {
  imageShape: option<Shape>((where, argument, value) => {
    const shape = checkImageShape(where, argument, value);
    if (shape[0]! >= SMALLEST_SIDE && shape[1]! >= SMALLEST_SIDE) return shape;
    throw new ShapeError(
      `${where}: ${argument} must have a height and width of at least ${SMALLEST_SIDE}; got ${formatShape(shape)}`,
    );
  }).or(DIGIT_SHAPE),
  classes: integer(1, 2 ** 20).or(10),
  random: option<Random>(checkRandom).optional(),
};

/**
 * Images [n, ...imageShape] -> features [n, 128] -> logits [n, classes]; 225,034 trainable parameters by default.
 *
 * @throws ShapeError if the height or width of imageShape is below 10; ArgumentError for a wrong option.
 * @example
 * const { features, head } = digitClassifier({ imageShape: [32, 32, 3], classes: 5 });
 * features.predict(zeros([2, 32, 32, 3])).shape; // [2, 128]
 * head.predict(zeros([2, 128])).shape; // [2, 5]
 */
export function digitClassifier(config: DigitClassifierConfig = {}): Classifier {
  const { imageShape, classes, random } = readOptions('digitClassifier', config, OPTIONS);
  const features = sequential(
    [
      layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: imageShape }),
      layers.maxPooling2d(),
      layers.conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      layers.maxPooling2d(),
      layers.flatten(),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 128, activation: 'relu' }),
      layers.dropout({ rate: 0.5 }),
    ],
    { name: 'features', random },
  );
  const head = sequential([layers.dense({ units: classes, inputShape: [128] })], { name: 'head', random });
  return { features, head };
}
