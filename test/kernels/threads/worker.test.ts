/** Threads where there is no node:worker_threads: the Worker of browsers, played by a recorder, and none at all. */
import { afterEach, expect, it, vi } from 'vitest';
import { availableCores, findThreads, type WorkerData } from '../../../src/kernels/threads/worker.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What a page would see: no process, and so none of Node's modules. */
function leaveNode(globals: Readonly<Record<string, unknown>>): void {
  vi.stubGlobal('process', undefined);
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
}

class FakeWorker {
  static readonly made: FakeWorker[] = [];
  readonly url: string;
  readonly options: unknown;
  readonly posted: unknown[] = [];
  terminated = false;
  onmessage: (() => void) | undefined;
  onerror: ((event: { preventDefault(): void }) => void) | undefined;

  constructor(url: string, options: unknown) {
    this.url = url;
    this.options = options;
    FakeWorker.made.push(this);
  }
  postMessage(data: unknown): void {
    this.posted.push(data);
  }
  terminate(): void {
    this.terminated = true;
  }
}

const data: WorkerData = {
  module: new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)),
  memory: new WebAssembly.Memory({ initial: 1 }),
  control: 64,
  workspace: 128,
};

it('a page starts a Worker from a Blob, hears that it is ready or lost, and takes its URL back', async () => {
  const revoked: string[] = [];
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void revoked.push(url));
  leaveNode({ Worker: FakeWorker });
  const start = findThreads()!;
  const events: string[] = [];
  const thread = start(data, { ready: () => events.push('ready'), lost: () => events.push('lost') });
  const [worker] = FakeWorker.made.splice(0);
  expect(worker!.options).toEqual({ name: 'ganvas' });
  expect(worker!.posted).toEqual([data]);
  // The source is all that a worker has: it must compile, and answer the one message that it gets.
  const source = await (await fetch(worker!.url)).text();
  const scope: { onmessage?: (event: { data: WorkerData }) => void; said: unknown[] } = { said: [] };
  new Function('scope', 'postMessage', `let onmessage;${source};scope.onmessage = onmessage;`)(scope, (text: unknown) =>
    scope.said.push(text),
  );
  // The module is an empty one, so that there is no work() to enter.
  expect(() => scope.onmessage!({ data })).toThrow(/work is not a function/);
  expect(scope.said).toEqual(['ready']);

  expect(events).toEqual([]);
  worker!.onmessage!();
  expect(events).toEqual(['ready']);
  expect(revoked).toEqual([worker!.url]);
  let prevented = false;
  worker!.onerror!({ preventDefault: () => (prevented = true) });
  expect(prevented).toBe(true);
  expect(events).toEqual(['ready', 'lost']);

  vi.useFakeTimers();
  thread.terminate();
  expect(worker!.terminated).toBe(true);
  expect(events.length).toBe(2);
  vi.advanceTimersByTime(1000);
  expect(events).toEqual(['ready', 'lost', 'lost']);
});

it('where there is no Worker or no Blob there are no threads', () => {
  leaveNode({ Worker: undefined });
  expect(findThreads()).toBeUndefined();
  leaveNode({ Worker: FakeWorker, Blob: undefined });
  expect(findThreads()).toBeUndefined();
});

it('the cores are those that Node or else the page tells, or one', () => {
  expect(availableCores()).toBeGreaterThanOrEqual(1);
  leaveNode({ navigator: { hardwareConcurrency: 7 } });
  expect(availableCores()).toBe(7);
  leaveNode({ navigator: undefined });
  expect(availableCores()).toBe(1);
});
