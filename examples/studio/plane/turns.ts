/**
 * When the next step of a training comes, and which networks it updates: the training waits for next() before each
 * step. It plays with a number of steps a second, or pauses; single steps that were asked for come first.
 */
import type { GanUpdate } from '../../../src/index.ts';

export interface Turns {
  /** @param stepsPerSecond - Infinity for as many as there can be. */
  play(stepsPerSecond: number): void;
  pause(): void;
  /** Pauses, and has one more step done. */
  step(update: GanUpdate): void;
  /** The networks of the next step, as soon as it may come; undefined if release() ended the wait. */
  next(): GanUpdate | Promise<GanUpdate | undefined>;
  /** Ends a wait of next(), for a training that is to stop. */
  release(): void;
}

export function createTurns(): Turns {
  /** Milliseconds from step to step; undefined while it pauses. */
  let interval: number | undefined;
  let due = 0;
  const asked: GanUpdate[] = [];
  /** Set while next() waits. */
  let endPause: (() => void) | undefined;
  let isWaiting = false;
  let isReleased = false;

  const nextNow = (): GanUpdate | undefined => {
    const update = asked.shift();
    if (update !== undefined) return update;
    const now = performance.now();
    if (interval === undefined || now < due) return undefined;
    // Steps that came late are not made up for.
    due = Math.max(due + interval, now);
    return 'both';
  };
  /** Until something changes or the next step is due. */
  const pause = async (): Promise<void> => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      endPause = resolve;
      if (interval !== undefined) timer = setTimeout(resolve, Math.ceil(due - performance.now()));
    });
    clearTimeout(timer);
  };
  const nextLater = async (): Promise<GanUpdate | undefined> => {
    isWaiting = true;
    isReleased = false;
    let update: GanUpdate | undefined;
    while (update === undefined && !isReleased) {
      await pause();
      if (!isReleased) update = nextNow();
    }
    isWaiting = false;
    return update;
  };
  return {
    play(stepsPerSecond) {
      interval = 1000 / stepsPerSecond;
      due = performance.now();
      endPause?.();
    },
    pause() {
      interval = undefined;
      endPause?.();
    },
    step(update) {
      interval = undefined;
      asked.push(update);
      endPause?.();
    },
    next: () => nextNow() ?? nextLater(),
    release() {
      // A wait that has something to do, but has not gone on yet, is released too.
      isReleased = isWaiting;
      endPause?.();
    },
  };
}
