/** What the studio trains on: the digits beside the page, or files that the user opens. */
import { type Dataset, dataset } from '../../../src/index.ts';
import type { LabelledImages } from '../../digits.ts';
import { loadDigits } from './digits.ts';

export interface StudioImages extends LabelledImages {
  readonly images: Dataset;
  /** What they are, in a few words. */
  readonly name: string;
  /** Whether they are there after a reload, so that a training on them can go on. */
  readonly isKept: boolean;
}

export async function digitImages(): Promise<StudioImages> {
  const { pixels, labels } = await loadDigits();
  const images = dataset(pixels, [labels.length, 28, 28, 1]);
  return { images, labels, name: 'handwritten digits', isKept: true };
}

/** The first so many images. */
export function firstImages(data: StudioImages, limit: number): StudioImages {
  const { images, labels } = data;
  const count = Math.min(limit, images.count);
  if (count === images.count) return data;
  return {
    ...data,
    images: { count, itemShape: images.itemShape, gather: (indices) => images.gather(indices) },
    labels: labels && Array.from({ length: count }, (_, i) => labels[i]!),
  };
}
