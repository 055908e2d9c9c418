/** When the next step comes. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTurns } from '../../../../examples/studio/plane/turns.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Whether a wait has ended, and how. */
async function stateOf(turn: unknown): Promise<unknown> {
  await vi.advanceTimersByTimeAsync(0);
  return Promise.race([turn, Promise.resolve('waits')]);
}

describe('turns', () => {
  it('waits from the start, until it plays', async () => {
    const turns = createTurns();
    const turn = turns.next();
    expect(await stateOf(turn)).toBe('waits');
    turns.play(Infinity);
    expect(await stateOf(turn)).toBe('both');
    // At full speed nothing waits for the event loop.
    expect([turns.next(), turns.next()]).toEqual(['both', 'both']);
    turns.pause();
    expect(await stateOf(turns.next())).toBe('waits');
  });

  it('keeps to a number of steps a second, and does not make up for late ones', async () => {
    const turns = createTurns();
    turns.play(10);
    expect(turns.next()).toBe('both');
    const second = turns.next();
    await vi.advanceTimersByTimeAsync(99);
    expect(await stateOf(second)).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    expect(await stateOf(second)).toBe('both');
    await vi.advanceTimersByTimeAsync(1000);
    expect(turns.next()).toBe('both');
    expect(turns.next()).toBe('both');
    expect(await stateOf(turns.next())).toBe('waits');
  });

  it('a step that was asked for comes once, and pauses', async () => {
    const turns = createTurns();
    turns.play(1);
    turns.next();
    const waiting = turns.next();
    turns.step('generator');
    turns.step('discriminator');
    expect(await stateOf(waiting)).toBe('generator');
    expect(turns.next()).toBe('discriminator');
    await vi.advanceTimersByTimeAsync(5000);
    expect(await stateOf(turns.next())).toBe('waits');
  });

  it('release() ends a wait without a step, and is forgotten if nothing waits', async () => {
    const turns = createTurns();
    turns.release();
    const turn = turns.next();
    expect(await stateOf(turn)).toBe('waits');
    turns.release();
    expect(await stateOf(turn)).toBeUndefined();
    // Also if something else has just ended the wait.
    const last = turns.next();
    turns.pause();
    turns.release();
    expect(await stateOf(last)).toBeUndefined();
  });
});
