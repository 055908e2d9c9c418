/** Where a training stands: sums and means over steps, and the epoch's order, drawn once and drawn again. */
import { describe, expect, it } from 'vitest';
import { createRandom, randomFromState } from '../../src/autograd/random.ts';
import { Progress } from '../../src/training/progress.ts';

const begin = (seed = 1) => new Progress(createRandom(seed), { loss: 0, accuracy: 0 });

describe('an epoch', () => {
  it('ends with the means over its steps, and the next one begins with nothing', () => {
    const progress = begin();
    progress.finishStep({ loss: 3, accuracy: 0.5 }, 0.25);
    progress.finishStep({ loss: 1, accuracy: 0 }, 0.75);
    expect([progress.epoch, progress.step, progress.sums, progress.seconds]).toEqual([
      1,
      2,
      { loss: 4, accuracy: 0.5 },
      0.75,
    ]);
    const record = { loss: 2, accuracy: 0.25, epoch: 1, seconds: 0.75 };
    expect(progress.finishEpoch()).toEqual(record);
    expect([progress.epoch, progress.step, progress.sums, progress.seconds]).toEqual([
      2,
      0,
      { loss: 0, accuracy: 0 },
      0,
    ]);
    progress.finishStep({ loss: 5, accuracy: 1 }, 1);
    expect(progress.finishEpoch()).toEqual({ loss: 5, accuracy: 1, epoch: 2, seconds: 1 });
    expect(progress.history).toEqual([record, { loss: 5, accuracy: 1, epoch: 2, seconds: 1 }]);
  });
});

describe('the order', () => {
  it('is a permutation, another one in each epoch, the same from the same seed', () => {
    const orders = (seed: number): number[][] => {
      const progress = begin(seed);
      return [1, 2].map(() => {
        const order = [...progress.order(20)];
        progress.finishStep({ loss: 0, accuracy: 0 }, 0);
        progress.finishEpoch();
        return order;
      });
    };
    const [first, second] = orders(7);
    expect([...first!].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(second).not.toEqual(first);
    expect(orders(7)).toEqual([first, second]);
    expect(orders(8)[0]).not.toEqual(first);
  });

  it('of an epoch that has begun is drawn again without moving the random numbers', () => {
    const progress = begin();
    const order = [...progress.order(20)];
    progress.finishStep({ loss: 0, accuracy: 0 }, 0);
    progress.random.normal([3]);
    const state = progress.random.state();
    expect([...progress.order(20)]).toEqual(order);
    expect(progress.random.state()).toEqual(state);
    // A resumed training: the same position, from states alone.
    const resumed = new Progress(randomFromState(state), { loss: 0, accuracy: 0 }, progress.epochRandom);
    resumed.step = 1;
    expect([...resumed.order(20)]).toEqual(order);
  });
});
