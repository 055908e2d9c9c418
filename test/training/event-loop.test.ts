/** A training lets timers and input in between its steps, in Node and where there is no setImmediate. */
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => vi.unstubAllGlobals());

async function breather(): Promise<() => Promise<void> | undefined> {
  vi.resetModules();
  const { createBreather } = await import('../../src/training/event-loop.ts');
  return createBreather();
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
    const breathe = await breather();
    for (let turn = 0; turn < 3; turn++) {
      // 12 ms are a slice.
      workFor(13);
      let heard = false;
      setTimeout(() => (heard = true), 0);
      workFor(2);
      const pause = breathe();
      expect(pause).toBeInstanceOf(Promise);
      await pause;
      // A timer that is due is heard in this turn of the event loop or one of the next, whatever their order is.
      for (let pauses = 1; pauses < 5 && !heard; pauses++) {
        workFor(13);
        await breathe();
      }
      expect(heard).toBe(true);
    }
  });

  it('does not pause where little time has passed', async () => {
    vi.stubGlobal('setImmediate', immediate);
    vi.spyOn(performance, 'now').mockReturnValue(1000);
    const breathe = await breather();
    expect(breathe()).toBeUndefined();
    vi.mocked(performance.now).mockReturnValue(1011);
    expect(breathe()).toBeUndefined();
    vi.restoreAllMocks();
  });
});
