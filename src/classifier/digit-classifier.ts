/**
 * The convolutional classifier of digits, in two models. `features` turns an image into 128 features; `head` turns the
 * features into a logit for each digit. Metrics compare images by their features.
 *   features: 3x3 convolutions with 32 and 64 filters, ReLU, each followed by 2x2 pooling; dropout 0.25; 1600 -> 128,
 *   ReLU; dropout 0.5
 *   head: 128 -> 10
 */
import { checkRandom, type Random } from '../autograd/random.ts';
import { option, readOptions } from '../core/options.ts';
import { IMAGE_SHAPE } from '../data/digits.ts';
import * as layers from '../nn/layers/index.ts';
import { type Model, sequential } from '../nn/sequential.ts';

/** A classifier: two models, applied one after the other. */
export interface Classifier {
  /** Images -> features, the input of the head. */
  readonly features: Model;
  /** Features -> a logit for each class. */
  readonly head: Model;
}

export interface DigitClassifierConfig {
  /** Draws the initial weights. Default: the same weights each time. */
  readonly random?: Random | undefined;
}

const OPTIONS = { random: option<Random>(checkRandom).optional() };

/** Images [n, 28, 28, 1] -> features [n, 128] -> logits [n, 10]; 225,034 trainable parameters. */
export function digitClassifier(config: DigitClassifierConfig = {}): Classifier {
  const { random } = readOptions('digitClassifier', config, OPTIONS);
  const features = sequential(
    [
      layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: IMAGE_SHAPE }),
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
  const head = sequential([layers.dense({ units: 10, inputShape: [128] })], { name: 'head', random });
  return { features, head };
}
