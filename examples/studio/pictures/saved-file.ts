/** What the studio saves as files: weights and checkpoints, the same as Node's, and pictures. */
import { encodeApng, encodePng, encodeWeights, imageGrid, type Picture, type Samples } from '../../../src/index.ts';
import type { Saved } from './protocol.ts';
import type { Training } from './training.ts';

interface SavedFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The pictures of the epochs, of which an animation is made. */
export interface Frames {
  add(samples: Samples): void;
  readonly pictures: readonly Picture[];
}

/** An animation has at most so many frames. With more epochs, every second, fourth, ... is kept. */
const MOST_FRAMES = 60;
const SCALE = 4;
/** Pixels of a pixel of the pictures of a walk, each of which is alone. */
const WALK_SCALE = 8;
const SAFETENSORS = 'application/octet-stream';

export function frames(): Frames {
  let kept: Picture[] = [];
  let [every, added] = [1, 0];
  return {
    add(samples) {
      if (added++ % every !== 0) return;
      kept.push(imageGrid(samples, { scale: SCALE }));
      if (kept.length <= MOST_FRAMES) return;
      kept = kept.filter((_, i) => i % 2 === 0);
      every *= 2;
    },
    get pictures() {
      return kept;
    },
  };
}

export async function savedFile(what: Saved, training: Training, samples: Samples, growth: Frames): Promise<SavedFile> {
  const { networks, settings, stepsDone, beginning } = training;
  if (networks === undefined) throw new Error('there are no networks yet');
  const name = `${settings.model}-${stepsDone}`;
  switch (what) {
    case 'generator': {
      const bytes = encodeWeights({ generator: networks.drawing });
      return { name: `${name}-generator.safetensors`, type: SAFETENSORS, bytes: Uint8Array.from(bytes) };
    }
    case 'discriminator': {
      const bytes = encodeWeights({ discriminator: networks.discriminator });
      return { name: `${name}-discriminator.safetensors`, type: SAFETENSORS, bytes: Uint8Array.from(bytes) };
    }
    case 'checkpoint': {
      const [newest] = (await beginning.store?.list()) ?? [];
      if (newest === undefined) throw new Error('There is no checkpoint yet: train a step and pause, and try again.');
      const bytes = Uint8Array.from(await newest.read());
      return { name: `${name}-checkpoint.safetensors`, type: SAFETENSORS, bytes };
    }
    case 'picture': {
      const { pixels, width, height } = imageGrid(samples, { scale: SCALE });
      return { name: `${name}.png`, type: 'image/png', bytes: Uint8Array.from(encodePng(pixels, width, height)) };
    }
    case 'growth': {
      const pictures = [...growth.pictures, imageGrid(samples, { scale: SCALE })];
      return { name: `${name}-growth.png`, type: 'image/png', bytes: animation(pictures, 200) };
    }
  }
}

/**
 * The pictures of a walk, there and back, so that the animation can repeat without a jump.
 *
 * @param pictures - [steps, ...image]
 */
export function walkFile({ shape, data }: Samples, model: string): SavedFile {
  const [steps = 0, ...image] = shape;
  const size = data.length / steps;
  const there = Array.from({ length: steps }, (_, i) => {
    const one = { shape: [1, ...image], data: data.subarray(i * size, (i + 1) * size) };
    return imageGrid(one, { scale: WALK_SCALE, margin: 0 });
  });
  const back = there.slice(1, -1).reverse();
  return { name: `${model}-walk.png`, type: 'image/png', bytes: animation([...there, ...back], 80) };
}

/** Pictures of one size as an animated PNG. */
export function animation(pictures: readonly Picture[], delayMilliseconds: number): Uint8Array<ArrayBuffer> {
  const [first] = pictures;
  if (first === undefined) throw new Error('an animation needs a picture');
  const all = pictures.map(({ pixels }) => pixels);
  return Uint8Array.from(encodeApng(all, first.width, first.height, { delayMilliseconds }));
}
