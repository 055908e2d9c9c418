/** The keys of a training, with a terminal that is only an event emitter. test/torture/keys.py tries a real one. */
import { EventEmitter } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import type { KeyInput } from '../../examples/raw-keys.ts';
import { type TrainingKeys, watchKeys } from '../../examples/training-keys.ts';

class FakeTerminal extends EventEmitter implements KeyInput {
  readonly isTTY = true;
  raw = false;
  setRawMode(raw: boolean): void {
    this.raw = raw;
  }
  resume(): void {}
  pause(): void {}
  press(keys: string): void {
    this.emit('data', new TextEncoder().encode(keys));
  }
}

const opened: TrainingKeys[] = [];
afterEach(() => {
  for (const keys of opened.splice(0)) keys.close();
});

function start(given: { canSave?: boolean; isTTY?: boolean; CI?: string } = {}) {
  const { canSave = true, isTTY = true, CI = '' } = given;
  const controller = new AbortController();
  const input = new FakeTerminal();
  const shown: string[] = [];
  const saves: number[] = [];
  const keys = watchKeys({
    interruption: { signal: controller.signal, exitCode: () => 0, stop: () => controller.abort() },
    canSave,
    show: (line) => void shown.push(line),
    input,
    output: { isTTY },
    environment: { CI },
  });
  opened.push(keys);
  const step = () => keys.beforeStep(async () => void saves.push(saves.length));
  return { controller, input, shown, saves, keys, step };
}

/** Whether a promise has resolved once all that is due has run. */
async function isDone(promise: Promise<void>): Promise<boolean> {
  let done = false;
  promise.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test('p pauses before the next step and goes on; the line names the keys', async () => {
  const { input, shown, step } = start();
  expect(await isDone(step())).toBe(true);
  input.press('p');
  const waiting = step();
  expect(await isDone(waiting)).toBe(false);
  input.press('p');
  expect(await isDone(waiting)).toBe(true);
  expect(shown).toEqual([
    'Keys: p pause, s save, q stop',
    'Paused.  Keys: p go on, s save, q stop',
    'Keys: p pause, s save, q stop',
  ]);
});

test('s saves once, before the next step or in a pause, which goes on', async () => {
  const { input, shown, saves, step } = start();
  input.press('ss');
  await step();
  await step();
  expect(saves.length).toBe(1);
  expect(shown.at(-1)).toBe('State saved.  Keys: p pause, s save, q stop');
  input.press('p');
  const waiting = step();
  input.press('s');
  expect(await isDone(waiting)).toBe(false);
  expect(saves.length).toBe(2);
  expect(shown.at(-1)).toBe('Paused. State saved.  Keys: p go on, s save, q stop');
});

test('q stops, also in a pause; keys after it do nothing', async () => {
  const { controller, input, shown, step } = start();
  input.press('p');
  const waiting = step();
  input.press('qp');
  expect(controller.signal.aborted).toBe(true);
  expect(await isDone(waiting)).toBe(true);
  expect(shown.at(-1)).toBe('Stopping after this step. Ctrl-C now ends at once, without saving.');
});

test('without a way to save there is no key s', async () => {
  const { input, saves, shown, step } = start({ canSave: false });
  input.press('sx\u0004');
  await step();
  expect(saves).toEqual([]);
  expect(shown).toEqual(['Keys: p pause, q stop']);
});

test('without a terminal, and in CI, nothing is shown and no key is read', async () => {
  for (const given of [{ isTTY: false }, { CI: '1' }]) {
    const { input, shown, step } = start(given);
    input.press('p');
    expect(await isDone(step())).toBe(true);
    expect(shown).toEqual([]);
    expect(input.listenerCount('data')).toBe(0);
  }
});

test('close gives the mode back and takes all listeners away', () => {
  const before = process.eventNames().map((name) => [name, process.listenerCount(name)]);
  const { input, keys } = start();
  keys.close();
  keys.close();
  expect(input.raw).toBe(false);
  expect(input.listenerCount('data')).toBe(0);
  expect(process.eventNames().map((name) => [name, process.listenerCount(name)])).toEqual(before);
});
