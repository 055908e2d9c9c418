/**
 * The animations of a run: training.apng, the samples of the fixed noise from epoch to epoch, and interpolation.apng,
 * a walk through the latent space.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import {
  concat,
  createRandom,
  decodePng,
  encodeApng,
  imageGrid,
  interpolate,
  type Model,
  type Picture,
  scope,
  slice,
  type Tensor,
  withClasses,
} from '../../src/index.ts';
import { writeFileAtomic } from '../../src/node/index.ts';
import type { EpochPicture } from './epochs.ts';
import { readableGrid } from './readable-grid.ts';

const FRAME_MILLISECONDS = 150;
/** The last picture of the training is shown as long as so many. */
const LAST_FRAMES = 10;

/** Writes nothing if there are no pictures. Those of another size than the last are left out: of an older run. */
export async function saveTrainingAnimation(folder: string, epochs: readonly EpochPicture[]): Promise<void> {
  const pictures = epochs.map(({ path }) => decodePng(readFileSync(path)));
  const last = pictures.at(-1);
  if (last === undefined) return;
  const frames = pictures.filter(({ width, height, pixels }) => {
    return width === last.width && height === last.height && pixels.length === last.pixels.length;
  });
  for (let i = 1; i < LAST_FRAMES; i++) frames.push(last);
  await saveAnimation(join(folder, 'training.apng'), frames);
}

/** So many walks side by side. */
const WALKS = 8;
/** Each goes through so many noise vectors, and back to the first. */
const STATIONS = 4;
const STEPS = 12;

/**
 * Writes interpolation.apng: eight walks, in four columns, from noise vector to noise vector and back to the first.
 *
 * @param classes - of a conditional generator: a walk goes from class to class.
 */
export async function saveWalk(
  folder: string,
  generator: Model,
  classes: number | undefined,
  seed: number,
): Promise<void> {
  const frames = scope(() => {
    const random = createRandom(seed);
    const inputSize = generator.inputShape![0]! - (classes ?? 0);
    const count = STATIONS * STEPS;
    const walks = Array.from({ length: WALKS }, (_, walk) => {
      const noise = random.normal([STATIONS, inputSize]);
      const labels = Array.from({ length: STATIONS }, (_, i) => (walk + i) % (classes ?? 1));
      const stations = classes === undefined ? noise : withClasses(noise, labels, { classes });
      const circle = concat([stations, slice(stations, [0, 0], [1, -1])]);
      return interpolate(generator, circle, { steps: count + 1 });
    });
    return Array.from({ length: count }, (_, step): Picture => {
      const frame = concat(walks.map((images) => imageAt(images, step)));
      return imageGrid(frame, readableGrid(frame, WALKS / 2));
    });
  });
  await saveAnimation(join(folder, 'interpolation.apng'), frames);
}

/** [1, height, width, channels] */
function imageAt(images: Tensor, i: number): Tensor {
  return slice(images, [i, 0, 0, 0], [1, -1, -1, -1]);
}

async function saveAnimation(path: string, frames: readonly Picture[]): Promise<void> {
  const { width, height } = frames[0]!;
  const file = encodeApng(
    frames.map(({ pixels }) => pixels),
    width,
    height,
    { delayMilliseconds: FRAME_MILLISECONDS, compress: (rows) => deflateSync(rows) },
  );
  await writeFileAtomic(path, file);
}
