/** beforeStep of trainGan: it pauses a training, slows it down, and chooses the networks that a step updates. */
import { describe, expect, it } from 'vitest';
import { ArgumentError, type GanTurn, type GanUpdate } from '../../src/index.ts';
import { decodeCheckpoint } from '../../src/training/checkpoint.ts';
import { rejection } from '../support/folder.ts';
import { EPOCHS, recordingStore, referenceRun, runTiny, STEPS_PER_EPOCH, stateHash, stopAfter } from './tiny.ts';

const STEPS = EPOCHS * STEPS_PER_EPOCH;
const { whole, finalHash } = await referenceRun();

/** All weights of a network, in one list. */
const valuesOf = ({ weights }: GanTurn['generator']): number[] => weights.flatMap(({ data }) => [...data]);

describe('beforeStep', () => {
  it('is called before each step with its place, and changes nothing by itself', async () => {
    const places: string[] = [];
    let steps = 0;
    const { steps: lines } = await runTiny({
      beforeStep: ({ epoch, step, stepsPerEpoch }) => {
        expect(places.length).toBe(steps);
        places.push(`${epoch}.${step}/${stepsPerEpoch}`);
        return undefined;
      },
      onStep: () => ++steps,
    });
    expect(lines).toEqual(whole.steps);
    expect(places.slice(0, 5)).toEqual(['1.1/4', '1.2/4', '1.3/4', '1.4/4', '2.1/4']);
    expect(places).toHaveLength(STEPS);
  });

  it('gets the models of the result, and the noise of the samples', async () => {
    let turn: GanTurn | undefined;
    let drawn: number[] = [];
    let samples: number[] = [];
    const { result } = await runTiny({
      emaMomentum: 0.9,
      beforeStep: (given) => {
        turn = given;
        // What the first step of an epoch sees is what onEpoch saw at the end of the epoch before.
        if (given.epoch === 3 && given.step === 1) {
          drawn = [...given.averageGenerator!.predict(given.sampleNoise).data];
        }
        return undefined;
      },
      onEpoch: (event) => {
        if (event.epoch === 2) samples = [...event.samples.data];
      },
    });
    expect(turn?.generator).toBe(result.generator);
    expect(turn?.discriminator).toBe(result.discriminator);
    expect(turn?.averageGenerator).toBe(result.averageGenerator);
    expect(drawn).toEqual(samples);
  });

  it('is awaited, and its time does not count as the time of an epoch', async () => {
    const { result } = await runTiny({
      epochs: 1,
      beforeStep: async ({ step }) => {
        if (step === 2) await new Promise((resolve) => setTimeout(resolve, 200));
        return undefined;
      },
    });
    // The four steps take milliseconds. 0.15 s leaves room for a busy machine, and is less than the wait.
    expect(result.history[0]!.seconds).toBeLessThan(0.15);
  });

  it('a signal that is aborted while it waits stops the training before the step', async () => {
    const controller = new AbortController();
    const { steps, result } = await runTiny({
      signal: controller.signal,
      beforeStep: async ({ step }) => {
        if (step === 3) controller.abort();
        return undefined;
      },
    });
    expect(result.completed).toBe(false);
    expect(steps).toHaveLength(2);
  });

  it.each([
    ['generator', true, false],
    ['discriminator', false, true],
    ['both', true, true],
  ] as const)('with %s, a step updates only what it says', async (updates, generatorMoves, discriminatorMoves) => {
    const seen: { readonly generator: number[]; readonly discriminator: number[] }[] = [];
    const optimizerSteps: number[] = [];
    await runTiny({
      epochs: 1,
      // It would update the generator in no step of this epoch but the last.
      discriminatorSteps: 4,
      gradientPenalty: { kind: 'r1', weight: 1 },
      beforeStep: ({ generator, discriminator }) => {
        seen.push({ generator: trainable(generator), discriminator: trainable(discriminator) });
        return updates;
      },
      onStep: ({ gradientPenalty }) => optimizerSteps.push(gradientPenalty!),
    });
    const [first, second] = seen;
    expect(first!.generator.some((value, i) => value !== second!.generator[i])).toBe(generatorMoves);
    expect(first!.discriminator.some((value, i) => value !== second!.discriminator[i])).toBe(discriminatorMoves);
    // The penalty belongs to the discriminator's loss.
    expect(optimizerSteps[0]! > 0).toBe(discriminatorMoves);
  });

  it("leaves the average as it is while the generator's turn is skipped", async () => {
    const averages: number[][] = [];
    await runTiny({
      epochs: 1,
      emaMomentum: 0.5,
      beforeStep: ({ averageGenerator }) => {
        averages.push(valuesOf(averageGenerator!));
        return 'discriminator';
      },
    });
    expect(averages[1]).toEqual(averages[0]);
  });

  it('the same results give the same bits, also when the training was stopped and resumed between them', async () => {
    const updates = ({ epoch, step }: GanTurn): GanUpdate | undefined =>
      [undefined, 'generator', 'discriminator', 'both'][(epoch + step) % 4] as GanUpdate | undefined;
    const store = recordingStore();
    await runTiny({ checkpoint: store, beforeStep: updates });
    const end = stateHash(store.saved.at(-1)!);
    expect(end).not.toBe(finalHash);
    for (const steps of [1, 4, 7]) {
      const parts = recordingStore();
      await runTiny({ checkpoint: parts, beforeStep: updates, ...stopAfter(steps) });
      await runTiny({ checkpoint: parts, beforeStep: updates, resume: true });
      expect(stateHash(parts.saved.at(-1)!), `stopped after ${steps} steps`).toBe(end);
    }
  });

  it('saves the state between two steps when it is asked to, and each state once', async () => {
    const store = recordingStore();
    await runTiny({
      epochs: 2,
      checkpoint: store,
      beforeStep: async ({ epoch, step, save }) => {
        if (step === 3) await save();
        // The end of the first epoch has saved this state.
        if (epoch === 2 && step === 1) await save();
        return undefined;
      },
    });
    const places = store.saved.map((bytes) => decodeCheckpoint(bytes)).map(({ epoch, step }) => `${epoch}.${step}`);
    expect(places).toEqual(['1.2', '2.0', '2.2', '3.0']);
    const resumed = recordingStore([store.saved[0]!]);
    await runTiny({ checkpoint: resumed, resume: true });
    expect(stateHash(resumed.saved.at(-1)!)).toBe(finalHash);
    await runTiny({ epochs: 1, beforeStep: ({ save }) => save().then(() => undefined) });
  });

  it('another result is an error, and its own error ends the training', async () => {
    const wrong: GanUpdate = JSON.parse('"generators"');
    const error = await rejection(runTiny({ beforeStep: () => wrong }));
    expect(error).toBeInstanceOf(ArgumentError);
    expect(`${error}`).toContain(
      "trainGan: the result of beforeStep() must be one of 'both', 'generator', 'discriminator'; got \"generators\". " +
        'Did you mean generator?',
    );
    const own = new Error('of the program');
    const thrown = await rejection(
      runTiny({
        beforeStep: () => {
          throw own;
        },
      }),
    );
    expect(thrown).toBe(own);
  });
});

/** The values that an optimizer moves: moving statistics change with every pass. */
function trainable({ trainableWeights }: GanTurn['generator']): number[] {
  return trainableWeights.flatMap(({ data }) => [...data]);
}
