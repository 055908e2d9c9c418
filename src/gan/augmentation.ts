/**
 * Differentiable augmentation: the discriminator sees real and generated images only after the same random changes. It
 * cannot learn the training images by heart, and since gradients pass through the changes, the generator does not learn
 * to draw them. Each image gets its own draw, and `amount` has the default of the paper:
 *
 *   brightness   x + b,  b uniform in [-amount, amount), 0.5
 *   saturation   m + f (x - m),  m the mean over the channels of a pixel, f uniform in 1 +- amount, 1
 *   contrast     m + f (x - m),  m the mean over the image, f uniform in 1 +- amount, 0.5
 *   translation  moved by whole pixels, at most amount x side up, down, left and right; what comes in is 0; 0.125
 *   cutout       a square 0 whose side is amount x side of the image. Its middle is uniform over the image, so that a
 *                part of it may be outside; 0.5
 *
 * Products with a side are rounded to whole pixels.
 *
 * Source: S. Zhao et al., "Differentiable Augmentation for Data-Efficient GAN Training", NeurIPS 2020.
 */
import type { Random } from '../autograd/random.ts';
import { record } from '../autograd/record.ts';
import { Tensor, tensor } from '../autograd/tensor.ts';
import { checkChoice, invalid, isListOf, isPlainObject } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { choice, number, readOptions } from '../core/options.ts';
import { formatShape, type Shape } from '../core/shape.ts';
import { copy, fill } from '../kernels/library/movement.ts';
import { add, mul, sub } from '../ops/arithmetic.ts';
import { mean } from '../ops/reduce.ts';

/** A random change of real and generated images alike, before the discriminator sees them. */
export type AugmentationKind = 'brightness' | 'saturation' | 'contrast' | 'translation' | 'cutout';
export const AUGMENTATIONS: readonly AugmentationKind[] = [
  'brightness',
  'saturation',
  'contrast',
  'translation',
  'cutout',
];

/** An augmentation with its amount, for the option augmentation of trainGan(). */
export interface AugmentationOptions {
  /** The formulas are in src/gan/augmentation.ts. */
  readonly kind: AugmentationKind;
  /** How much, in [0, 1]. The default depends on the kind. */
  readonly amount?: number | undefined;
}

/** The checked options. */
export type Augmentation = Readonly<{ kind: AugmentationKind; amount: number }>;

const DEFAULTS: Readonly<Record<AugmentationKind, number>> = {
  brightness: 0.5,
  saturation: 1,
  contrast: 0.5,
  translation: 0.125,
  cutout: 0.5,
};

const OPTIONS = { kind: choice(AUGMENTATIONS), amount: number({ from: 0, to: 1 }).optional() };

export function readAugmentation(where: string, argument: string, list: unknown): readonly Augmentation[] {
  if (!isListOf(list, isNameOrObject) || list.length === 0) {
    return invalid(where, argument, "a list of names or { kind, amount }, such as ['translation', 'cutout']", list);
  }
  return list.map((one, i) => {
    const at = `${argument}[${i}]`;
    if (typeof one === 'string') {
      const kind = checkChoice(where, at, one, AUGMENTATIONS);
      return { kind, amount: DEFAULTS[kind] };
    }
    const { kind, amount } = readOptions(`${where}: ${at}`, one as AugmentationOptions, OPTIONS);
    return { kind, amount: amount ?? DEFAULTS[kind] };
  });
}

function isNameOrObject(one: unknown): one is string | object {
  return typeof one === 'string' || isPlainObject(one);
}

/** Throws unless the changes can be made to images of this shape. */
export function checkAugmentable(where: string, augmentation: readonly Augmentation[], imageShape: Shape): void {
  if (imageShape.length !== 3) {
    throw new ArgumentError(
      `${where}: augmentation changes images [height, width, channels]; the items are ${formatShape(imageShape)}. ` +
        'Leave augmentation out.',
    );
  }
  if (imageShape[2] === 1 && augmentation.some(({ kind }) => kind === 'saturation')) {
    throw new ArgumentError(
      `${where}: saturation changes nothing in images of one channel, ${formatShape(imageShape)}. Leave it out of ` +
        'augmentation.',
    );
  }
}

/** Changes images [n, height, width, channels], each of them at random and in the order of the list. */
export function augment(images: Tensor, augmentation: readonly Augmentation[], random: Random): Tensor {
  return augmentation.reduce((x, { kind, amount }) => CHANGES[kind](x, amount, random), images);
}

type Change = (images: Tensor, amount: number, random: Random) => Tensor;

const CHANGES: Readonly<Record<AugmentationKind, Change>> = {
  brightness: (x, amount, random) => add(x, random.uniform([x.shape[0]!, 1, 1, 1], -amount, amount)),
  saturation: (x, amount, random) => stretched(x, [3], amount, random),
  contrast: (x, amount, random) => stretched(x, [1, 2, 3], amount, random),
  translation(x, amount, random) {
    const [, height = 0, width = 0] = x.shape;
    const [down, right] = [Math.round(amount * height), Math.round(amount * width)];
    const rows = wholeNumbers(x, 2 * down + 1, random).map((one) => one - down);
    const columns = wholeNumbers(x, 2 * right + 1, random).map((one) => one - right);
    return translate(x, rows, columns);
  },
  cutout(x, amount, random) {
    const [count = 0, height = 0, width = 0] = x.shape;
    const [rows, columns] = [Math.round(amount * height), Math.round(amount * width)];
    // A square with an even side has its middle between two pixels: one more place is needed for symmetry.
    const middles = [
      wholeNumbers(x, height + 1 - (rows % 2), random),
      wholeNumbers(x, width + 1 - (columns % 2), random),
    ];
    const [tops, lefts] = [rows, columns].map((side, i) => middles[i]!.map((one) => one - Math.floor(side / 2)));
    const mask = new Float32Array(count * height * width).fill(1);
    for (let image = 0; image < count; image++) {
      const [top, left] = [tops![image]!, lefts![image]!];
      for (let row = Math.max(top, 0); row < Math.min(top + rows, height); row++) {
        const start = (image * height + row) * width;
        mask.fill(0, start + Math.max(left, 0), start + Math.min(left + columns, width));
      }
    }
    return mul(x, tensor(mask, [count, height, width, 1]));
  },
};

/** Moves each value away from the mean over `axes`, or towards it. */
function stretched(x: Tensor, axes: readonly number[], amount: number, random: Random): Tensor {
  const middle = mean(x, axes, true);
  const factors = random.uniform([x.shape[0]!, 1, 1, 1], 1 - amount, 1 + amount);
  return add(middle, mul(factors, sub(x, middle)));
}

/** For each image a whole number from 0 to below `range`. Products of 24 and 29 bits are exact in JavaScript. */
function wholeNumbers({ shape: [count = 0] }: Tensor, range: number, random: Random): number[] {
  return Array.from(random.uniform([count]).storage.view(), (u) => Math.floor(u * range));
}

/** y[i, r, c] = x[i, r - rows[i], c - columns[i]], or 0 outside. dx is dy moved back. */
function translate(x: Tensor, rows: readonly number[], columns: readonly number[]): Tensor {
  const [count = 0, height = 0, width = 0, channels = 0] = x.shape;
  const [stride, size] = [width * channels, height * width * channels];
  const y = new Tensor(x.shape);
  fill.run(y.address, 0, y.size);
  for (let image = 0; image < count; image++) {
    const [down, right] = [rows[image]!, columns[image]!];
    const [kept, keptColumns] = [height - Math.abs(down), width - Math.abs(right)];
    if (kept <= 0 || keptColumns <= 0) continue;
    const placeOf = (row: number, column: number): number => image * size + row * stride + column * channels;
    const to = y.address + placeOf(Math.max(down, 0), Math.max(right, 0));
    const from = x.address + placeOf(Math.max(-down, 0), Math.max(-right, 0));
    copy.run(to, from, kept, keptColumns * channels, stride, stride, 1);
  }
  const back = (numbers: readonly number[]): number[] => numbers.map((one) => -one);
  return record('translate', y, [x], [(dy) => translate(dy, back(rows), back(columns))]);
}
