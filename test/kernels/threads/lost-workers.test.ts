/**
 * Workers that end in each phase of their life: the call throws a typed error or gives the right bits, and never hangs.
 * `tsx test/torture/workers.ts` does it 50 times.
 */
import { describe, expect, it } from 'vitest';
import { findThreads, type StartThread } from '../../../src/kernels/threads/worker.ts';
import { DEATH_NAMES, DEATHS, type Trial, tryDeath } from '../../support/dying-workers.ts';
import { createPool } from '../../support/pools.ts';

/** In milliseconds: much longer than a patience of 200, much shorter than a hang, since the machine may be busy. */
const LONGEST_CALL = 3000;

/** A fraction of the pool's patience with a job, to save time, but its full patience with a worker that starts. */
const PATIENCE = [200, 10_000] as const;

describe('a worker that', () => {
  it.each(DEATH_NAMES)('%s', async (name) => {
    const trial = await tryDeath(name, name === 'never starts' ? [200, 1000] : PATIENCE, 1);
    const { outcome } = DEATHS[name]!;
    if (outcome !== 'either') expect(trial).toMatchObject({ outcome });
    if (trial.outcome === 'error') {
      expect(trial.message).toMatch(/^threads: a worker was lost: \d+ of 3 parts of a job were not finished/);
      expect(trial.milliseconds).toBeGreaterThan(199);
    }
    expect(trial.milliseconds).toBeLessThan(LONGEST_CALL);
  });

  it.each([2, 3, 4, 5, 6])('is terminated while it works, at moment %i', async (seed) => {
    const attempt = (): Promise<Trial> => tryDeath('is terminated while it works', PATIENCE, seed);
    let trial = await attempt();
    // On a busy machine a worker without processor time may count as lost before the other is terminated. Such a trial
    // is repeated.
    for (let more = 0; more < 3 && !trial.done; more++) trial = await attempt();
    expect(trial.done).toBe(true);
    expect(trial.milliseconds).toBeLessThan(LONGEST_CALL);
  });

  // Repeated if the machine was busy: the bound is the documented one.
  it('exits with a chunk: the error comes within 2 s as the pool is made by configure()', { retry: 3 }, async () => {
    const trial = await tryDeath('exits with a chunk', [1500, 10_000], 1);
    expect(trial).toMatchObject({ outcome: 'error', done: true });
    expect(trial.milliseconds).toBeGreaterThan(1400);
    expect(trial.milliseconds).toBeLessThan(2000);
  });
});

describe('a pool whose workers cannot be started', () => {
  const sound = findThreads()!;
  let calls = 0;
  const failing: Readonly<Record<string, StartThread>> = {
    'since the engine refuses': () => {
      throw new Error('ERR_WORKER_INIT_FAILED');
    },
    'since they end at once': (_, { ended }) => {
      ended();
      return { terminate() {} };
    },
    'but for some': (data, events) => {
      if (calls++ % 2 === 0) throw new Error('ERR_WORKER_INIT_FAILED');
      return sound(data, events);
    },
  };

  it.each(Object.keys(failing))('%s has fewer threads, and frees their workspaces', async (name) => {
    calls = 0;
    const { heap, pool, spread } = createPool(3, failing[name]);
    await pool.ready();
    expect(pool.size).toBe(name === 'but for some' ? 2 : 1);
    // The set's workspace, the pool's control block, and one workspace for each worker.
    expect(heap.usage().blocks).toBe(2 + pool.size - 1);
    const x = heap.allocate(40_000);
    spread.fill(x, 3, 40_000);
    expect(Array.from(heap.floats.subarray(x, x + 40_000)).every((value) => value === 3)).toBe(true);
    pool.close();
  });
});
