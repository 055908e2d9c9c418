/** The pictures of the epochs in a run's folder, thinned out evenly if there are many. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface EpochPicture {
  readonly epoch: number;
  readonly path: string;
}

/** An animation of so many pictures lasts a few seconds, and a page with so many stays below a megabyte or two. */
export const MOST_PICTURES = 60;

/**
 * The pictures of epochs 1 to `last`. Later ones belong to an earlier training in the same folder.
 *
 * @returns at most 60, in order.
 */
export function epochPictures(folder: string, last: number): EpochPicture[] {
  const all = readdirSync(folder).flatMap((name): EpochPicture[] => {
    const epoch = Number(/^epoch-(\d+)\.png$/.exec(name)?.[1] ?? Number.NaN);
    return epoch <= last ? [{ epoch, path: join(folder, name) }] : [];
  });
  return thinnedOut(
    all.sort((a, b) => a.epoch - b.epoch),
    MOST_PICTURES,
  );
}

/** The first, the last, and of the others each second, fourth, eighth and so on, so that at most `most` remain. */
export function thinnedOut<T>(items: readonly T[], most: number): T[] {
  let step = 1;
  while (Math.ceil(items.length / step) + 1 > most && items.length > most) step *= 2;
  return items.filter((_, i) => i % step === 0 || i === items.length - 1);
}
