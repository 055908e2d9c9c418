/** The loop of every training: what it gives to steps and tells to callbacks, how it stops, and that it waits. */
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/autograd/random.ts';
import { type Loop, runLoop, stepsPerEpochOf } from '../../src/training/loop.ts';
import { Progress } from '../../src/training/progress.ts';
import { rejection } from '../support/folder.ts';

interface Loss {
  readonly loss: number;
}

function loopOf(overrides: Partial<Loop<Loss>> = {}): Loop<Loss> {
  return {
    progress: new Progress(createRandom(1), { loss: 0 }),
    count: 7,
    batchSize: 3,
    epochs: 2,
    signal: undefined,
    onStep: undefined,
    step: () => ({ loss: 1 }),
    checkState: () => undefined,
    afterEpoch: () => undefined,
    ...overrides,
  };
}

const later = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));

describe('runLoop', () => {
  it('gives each epoch all items once, the last batch what is left', async () => {
    const batches: number[][] = [];
    const step = (places: Int32Array): Loss => {
      batches.push([...places]);
      return { loss: 0 };
    };
    expect(stepsPerEpochOf({ count: 7, batchSize: 3 })).toBe(3);
    expect(await runLoop(loopOf({ step }))).toBe(true);
    expect(batches.map(({ length }) => length)).toEqual([3, 3, 1, 3, 3, 1]);
    for (const epoch of [batches.slice(0, 3), batches.slice(3)]) {
      expect(epoch.flat().sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    }
    expect(batches.slice(0, 3)).not.toEqual(batches.slice(3));
  });

  it('passes positions, measures and means to the callbacks in this order, and awaits them', async () => {
    const heard: unknown[] = [];
    let loss = 0;
    const tell = async (what: unknown): Promise<void> => {
      await later();
      heard.push(what);
    };
    await runLoop(
      loopOf({
        epochs: 1,
        step: () => ({ loss: ++loss }),
        onStep: tell,
        afterStep: () => tell('after step'),
        afterEpoch: ({ seconds, ...means }) => tell([means, seconds > 0]),
      }),
    );
    const position = (step: number) => ({ epoch: 1, step, stepsPerEpoch: 3, loss: step });
    expect(heard).toEqual([
      position(1),
      'after step',
      position(2),
      'after step',
      position(3),
      'after step',
      [{ epoch: 1, loss: 2 }, true],
    ]);
  });

  it.each([0, 1, 3, 4, 5])('stops by its signal after %d steps, and says so', async (steps) => {
    const controller = new AbortController();
    if (steps === 0) controller.abort();
    const calls: string[] = [];
    const completed = await runLoop(
      loopOf({
        signal: controller.signal,
        onStep: () => {
          calls.push('step');
          if (calls.filter((call) => call === 'step').length === steps) controller.abort();
        },
        onStopped: () => calls.push('stopped'),
      }),
    );
    expect(completed).toBe(false);
    expect(calls).toEqual([...Array(steps).fill('step'), 'stopped']);
  });

  it('continues from its progress', async () => {
    const progress = new Progress(createRandom(1), { loss: 0 });
    const whole: number[][] = [];
    const note = (places: Int32Array): Loss => {
      whole.push([...places]);
      return { loss: 1 };
    };
    const controller = new AbortController();
    let made = 0;
    const stop = (): void => {
      if (++made === 4) controller.abort();
    };
    expect(await runLoop(loopOf({ progress, step: note, signal: controller.signal, onStep: stop }))).toBe(false);
    expect([progress.epoch, progress.step]).toEqual([2, 1]);
    expect(await runLoop(loopOf({ progress, step: note }))).toBe(true);
    const unbroken: number[][] = [];
    await runLoop(
      loopOf({
        step: (places) => {
          unbroken.push([...places]);
          return { loss: 1 };
        },
      }),
    );
    expect(whole).toEqual(unbroken);
    expect(progress.history.map(({ epoch, loss }) => [epoch, loss])).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it.each(['step', 'onStep', 'afterStep', 'afterEpoch'] as const)('ends with what %s throws', async (name) => {
    const mine = new Error('mine');
    const throws = (): never => {
      throw mine;
    };
    expect(await rejection(runLoop(loopOf({ [name]: throws })))).toBe(mine);
    if (name !== 'step') expect(await rejection(runLoop(loopOf({ [name]: async () => throws() })))).toBe(mine);
  });

  it('leaves the event loop alive: a timer stops what would take for ever', async () => {
    const controller = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks === 3) controller.abort();
    }, 2);
    const completed = await runLoop(loopOf({ epochs: 1e9, signal: controller.signal }));
    clearInterval(timer);
    expect([completed, ticks]).toEqual([false, 3]);
  });
});
