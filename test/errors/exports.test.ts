/** Every export called with hostile values: success or a typed error, within a second. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configure } from '../../src/index.ts';
import { fuzzCalls, prepareCalls } from './call-fuzzer.ts';
import { exportedFunctions, VALID_CALLS } from './valid-calls.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-exports-'));
const before = process.cwd();
beforeAll(() => process.chdir(folder));
afterAll(async () => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
  await configure({ threads: 1 });
});

describe('the table of valid calls', () => {
  it('has every function that ganvas and ganvas/node export', () => {
    const names = [...VALID_CALLS.keys()].filter(
      (name) => !/^[A-Z]/.test(name) && !/^checkpointDirectory\./.test(name),
    );
    expect(names.sort()).toEqual(exportedFunctions().sort());
  });
});

describe('every valid call', () => {
  it.each([...VALID_CALLS.keys()])('%s succeeds', async (name) => {
    prepareCalls();
    const { call, args } = VALID_CALLS.get(name)!();
    await call(...(args as never[]));
  });
});

describe('hostile values in place of valid arguments', () => {
  it.each([1, 2, 3])('seed %i: 800 calls succeed or are refused with a typed error', async (seed) => {
    const { calls, failures } = await fuzzCalls(800, seed);
    expect(failures).toEqual([]);
    expect(calls).toBe(800);
  });
});
