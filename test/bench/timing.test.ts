import { expect, test } from 'vitest';
import { alternate, callsWithin, summarize, timeCalls } from '../../bench/support/timing.ts';

test('summarize: minimum and median; of an even number, the mean of the two in the middle', () => {
  expect(summarize([3, 1, 2])).toEqual({ min: 1, median: 2, repetitions: 3 });
  expect(summarize([10, 1, 4, 2])).toEqual({ min: 1, median: 3, repetitions: 4 });
  expect(summarize([5])).toEqual({ min: 5, median: 5, repetitions: 1 });
  expect(() => summarize([])).toThrow(RangeError);
});

test('summarize does not change its argument', () => {
  const times = [3, 1, 2];
  summarize(times);
  expect(times).toEqual([3, 1, 2]);
});

test('alternate: candidates take turns; each has its own times', async () => {
  const order: string[] = [];
  const candidate = (name: string, times: number[]): { name: string; run: () => number } => ({
    name,
    run() {
      order.push(name);
      return times.shift()!;
    },
  });
  const found = await alternate([candidate('a', [3, 1, 2]), candidate('b', [30, 10, 20])], {
    rounds: 3,
    budgetMs: 1e6,
  });
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(found.get('a')).toEqual({ min: 1, median: 2, repetitions: 3 });
  expect(found.get('b')).toEqual({ min: 10, median: 20, repetitions: 3 });
});

test('alternate: a candidate over its budget gets three repetitions and no more', async () => {
  const counts = { slow: 0, fast: 0 };
  const candidates = [
    {
      name: 'slow',
      async run() {
        await new Promise((done) => setTimeout(done, 5));
        return ++counts.slow;
      },
    },
    { name: 'fast', run: () => ++counts.fast },
  ];
  await alternate(candidates, { rounds: 6, budgetMs: 4 });
  expect(counts).toEqual({ slow: 3, fast: 6 });
});

test('callsWithin calls at least once; timeCalls calls exactly as often as told', () => {
  let calls = 0;
  expect(callsWithin(0, () => calls++)).toBe(1);
  expect(calls).toBe(1);
  expect(timeCalls(7, () => calls++)).toBeGreaterThanOrEqual(0);
  expect(calls).toBe(8);
});
