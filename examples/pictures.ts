/** The pictures of `npm run train -- --images DIR`: a folder of PNGs, whose folders are classes. */
import type { Dataset } from '../src/index.ts';
import { loadImages } from '../src/node/index.ts';
import type { LabelledImages } from './digits.ts';

export async function loadPictures(
  directory: string,
  size: number | undefined,
  limit: number | undefined,
): Promise<LabelledImages> {
  const { images, labels, classNames } = await loadImages(directory, { size });
  const count = Math.min(limit ?? Infinity, images.count);
  // Evenly from all, since the classes come one after the other.
  const places = Int32Array.from({ length: count }, (_, i) => Math.floor((i * images.count) / count));
  const chosen: Dataset = {
    count,
    itemShape: images.itemShape,
    gather: (indices) => images.gather(Int32Array.from(indices, (index) => places[index]!)),
  };
  return { images: chosen, labels: labels && places.map((place) => labels[place]!), classes: classNames.length };
}
