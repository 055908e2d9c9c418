/** The training of the studio without a page: its gate, single steps, settings that change, resumption. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { StudioImages } from '../../../../examples/studio/pictures/images.ts';
import { recipeOf, type Settings } from '../../../../examples/studio/pictures/settings.ts';
import { type Beginning, type Listener, Training } from '../../../../examples/studio/pictures/training.ts';
import { dataset, encodeWeights, type Model, memoryCheckpoints } from '../../../../src/index.ts';

const COUNT = 12;
const pixels = Uint8Array.from({ length: COUNT * 784 }, (_, i) => (i * i * 37 + 11 * i) & 255);
const data: StudioImages = {
  images: dataset(pixels, [COUNT, 28, 28, 1]),
  labels: undefined,
  name: 'test images',
  isKept: true,
};
/** Three steps an epoch. */
const settings: Settings = { ...recipeOf('compact'), batchSize: 4, epochs: 2, images: COUNT };
const fresh: Beginning = {
  ...{ settings, data, store: undefined, resume: false, stepsBefore: 0, epochsBefore: 0 },
  firstRates: [settings.generatorRate, settings.discriminatorRate],
};

const hashOf = (model: Model): string => createHash('sha256').update(encodeWeights({ model })).digest('hex');
const drawing = ({ networks }: Training): string => hashOf(networks!.drawing);

interface Watched extends Listener {
  readonly events: readonly string[];
  /** Resolves when the next event of this name has come. */
  next(name: string): Promise<void>;
}

function watched(): Watched {
  const events: string[] = [];
  const waiting = new Map<string, () => void>();
  const note =
    (name: string) =>
    ({ phase, stepsDone }: Training): void => {
      events.push(`${name} ${phase} ${stepsDone}`);
      waiting.get(name)?.();
    };
  return {
    events,
    next: (name) => new Promise((resolve) => void waiting.set(name, resolve)),
    started: note('started'),
    stepped: note('stepped'),
    phaseChanged: note('phaseChanged'),
    epochFinished: note('epochFinished'),
    saved: note('saved'),
    failed(one, error) {
      note('failed')(one);
      throw error;
    },
  };
}

/** A training at its first gate. */
async function begun(changes: Partial<Beginning> = {}): Promise<{ training: Training; listener: Watched }> {
  const listener = watched();
  const training = new Training({ ...fresh, ...changes }, listener);
  const started = listener.next('started');
  training.start();
  await started;
  return { training, listener };
}

async function finish(training: Training, listener: Watched): Promise<void> {
  training.play();
  while (training.phase !== 'finished') await listener.next('phaseChanged');
}

/** The hash after two epochs without a pause. */
const whole = await begun().then(async ({ training, listener }) => {
  await finish(training, listener);
  await training.end();
  return drawing(training);
});

describe('the training', () => {
  it('starts paused, does single steps, and waits after its last epoch', async () => {
    const { training, listener } = await begun();
    expect([training.phase, training.stepsDone]).toEqual(['paused', 0]);
    const step = listener.next('stepped');
    training.stepOnce(undefined);
    await step;
    expect(training.stepsDone).toBe(1);
    await finish(training, listener);
    expect([training.phase, training.epoch, training.stepsDone]).toEqual(['finished', 3, 6]);
    expect(drawing(training)).toBe(whole);
    // One epoch more.
    training.adjust({ ...settings, epochs: 3 });
    await finish(training, listener);
    expect(training.stepsDone).toBe(9);
    expect([...training.losses.all()].filter((_, i) => i % 4 === 0)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await training.end();
  });

  it('updates one network alone', async () => {
    const { training, listener } = await begun();
    const { generator, discriminator } = training.networks!;
    const before = [hashOf(generator), hashOf(discriminator)];
    const step = listener.next('stepped');
    training.stepOnce('generator');
    await step;
    expect(hashOf(generator)).not.toBe(before[0]);
    // Its layers have no moving statistics.
    expect(hashOf(discriminator)).toBe(before[1]);
    await training.end();
  });

  it('goes on from where it was ended, with the same bits and rates', async () => {
    const store = memoryCheckpoints();
    const first = await begun({ store });
    for (let i = 0; i < 2; i++) {
      const step = first.listener.next('stepped');
      first.training.stepOnce(undefined);
      await step;
    }
    await first.training.end();
    const second = await begun({ store, resume: true });
    expect(second.training.stepsDone).toBe(2);
    await finish(second.training, second.listener);
    await second.training.end();
    expect(drawing(second.training)).toBe(whole);
  });

  it('saves when it is paused between two steps', async () => {
    const store = memoryCheckpoints();
    const { training, listener } = await begun({ store });
    const saved = listener.next('saved');
    training.stepOnce(undefined);
    await saved;
    expect(listener.events.at(-1)).toBe('saved paused 1');
    expect(await store.list()).toHaveLength(1);
    await training.end();
  });

  it('changes learning rates at once', async () => {
    const { training } = await begun();
    training.adjust({ ...settings, generatorRate: 0, discriminatorRate: 1e-5 });
    expect([training.generatorRate, training.discriminatorRate]).toEqual([0, 1e-5]);
    await training.end();
  });

  it('goes on with the weights and the average under other settings', async () => {
    const first = await begun();
    await finish(first.training, first.listener);
    await first.training.end();
    const { training, listener } = await begun({
      settings: { ...settings, loss: 'hinge', batchSize: 6, epochs: 3 },
      losses: first.training.losses,
      ...{ stepsBefore: 6, epochsBefore: 2, former: first.training },
    });
    expect(drawing(training)).toBe(whole);
    expect([training.phase, training.stepsDone, training.isFinished]).toEqual(['paused', 6, false]);
    await finish(training, listener);
    // One epoch of two batches.
    expect(training.stepsDone).toBe(8);
    await training.end();
  });
});
