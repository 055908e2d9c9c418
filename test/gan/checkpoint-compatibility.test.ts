/**
 * Checkpoints that an earlier version wrote: commit 0070410, the last one without second derivatives, gradient
 * penalties and augmentation. The files in test/fixtures were saved by that version after 6 of 12 steps of the two
 * trainings below. A change that makes this fail ends the trainings that users have stopped: give the file a new
 * version, and say so in the error.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { convDiscriminator, convGenerator, createRandom, dataset, type TrainGanOptions } from '../../src/index.ts';
import { recordingStore, runTiny, stateHash } from './tiny.ts';

const TRAININGS: Readonly<Record<string, () => Partial<TrainGanOptions>>> = {
  dense: () => ({}),
  conv: () => ({
    images: dataset(
      Uint8Array.from({ length: 14 * 784 }, (_, i) => (i * i * 37 + 11 * i) & 255),
      [14, 28, 28, 1],
    ),
    generator: convGenerator({ latentDim: 3, width: 1 / 64, random: createRandom(7) }),
    discriminator: convDiscriminator({ width: 1 / 64, random: createRandom(8) }),
  }),
};

it.each(Object.entries(TRAININGS))(
  'of a %s pair are resumed, and end in the bits of a whole training',
  async (name, make) => {
    const path = new URL(`../fixtures/checkpoint-${name}.safetensors`, import.meta.url);
    const store = recordingStore([Uint8Array.from(readFileSync(path))]);
    const resumed = await runTiny({ ...make(), emaMomentum: 0.9, checkpoint: store, resume: true });
    expect(resumed.steps).toHaveLength(6);

    const reference = recordingStore();
    const whole = await runTiny({ ...make(), emaMomentum: 0.9, checkpoint: reference });
    expect(resumed.steps).toEqual(whole.steps.slice(6));
    expect(stateHash(store.saved.at(-1)!)).toBe(stateHash(reference.saved.at(-1)!));
  },
);
