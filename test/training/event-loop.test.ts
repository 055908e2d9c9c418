/** A training lets timers and input in between its steps, in Node and where there is no setImmediate. */
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => vi.unstubAllGlobals());

async function newPause(): Promise<() => Promise<void> | undefined> {
  vi.resetModules();
  const { createPause } = await import('../../src/training/event-loop.ts');
  return createPause();
}

function workFor(milliseconds: number): void {
  for (const begin = performance.now(); performance.now() - begin < milliseconds; );
}

describe.each([
  ['with setImmediate', globalThis.setImmediate],
  ['without', undefined],
])('%s', (_, immediate) => {
  it('pauses after a slice of work, not before, and again after the next', async () => {
    vi.stubGlobal('setImmediate', immediate);
    const pauseIfDue = await newPause();
    for (let turn = 0; turn < 3; turn++) {
      // 12 ms are a slice.
      workFor(13);
      let heard = false;
      setTimeout(() => (heard = true), 0);
      workFor(2);
      const pause = pauseIfDue();
      expect(pause).toBeInstanceOf(Promise);
      await pause;
      // A timer that is due is heard in this turn of the event loop or one of the next, whatever their order is.
      for (let pauses = 1; pauses < 5 && !heard; pauses++) {
        workFor(13);
        await pauseIfDue();
      }
      expect(heard).toBe(true);
    }
  });

  it('does not pause where little time has passed', async () => {
    vi.stubGlobal('setImmediate', immediate);
    vi.spyOn(performance, 'now').mockReturnValue(1000);
    const pauseIfDue = await newPause();
    expect(pauseIfDue()).toBeUndefined();
    vi.mocked(performance.now).mockReturnValue(1011);
    expect(pauseIfDue()).toBeUndefined();
    vi.restoreAllMocks();
  });
});
