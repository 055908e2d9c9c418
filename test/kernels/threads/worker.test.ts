/** Threads without node:worker_threads: a recorder plays the Worker of browsers, or there is none. */
import { afterEach, expect, it, vi } from 'vitest';
import { availableCores, findThreads, type Thread, type WorkerData } from '../../../src/kernels/threads/worker.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Simulates a page: no process, and so no modules of Node. */
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
  onmessage: ((event: { data: unknown }) => void) | undefined;
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
  door: 4096,
  workspace: 128,
};

/** Starts a worker as a page does. `events` records what the pool is told, `revoked` the URLs that were revoked. */
function startInPage(): {
  readonly thread: Thread;
  readonly worker: FakeWorker;
  readonly events: string[];
  readonly revoked: string[];
} {
  const revoked: string[] = [];
  vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => void revoked.push(url));
  leaveNode({ Worker: FakeWorker });
  const events: string[] = [];
  const start = findThreads()!;
  const thread = start(data, { ready: () => events.push('ready'), ended: () => events.push('ended') });
  // The test runner needs the removed globals.
  vi.unstubAllGlobals();
  const [worker] = FakeWorker.made.splice(0);
  return { thread, worker: worker!, events, revoked };
}

it('a page starts a Worker from a Blob, gets its ready message, and revokes the URL', async () => {
  const { worker, events, revoked } = startInPage();
  expect(worker.options).toEqual({ name: 'ganvas' });
  expect(worker.posted).toEqual([data]);
  // A worker has only its source: it must compile, and answer the one message that it gets.
  const source = await (await fetch(worker.url)).text();
  const scope: { onmessage?: (event: { data: WorkerData }) => void; said: unknown[] } = { said: [] };
  new Function('scope', 'postMessage', `let onmessage;${source};scope.onmessage = onmessage;`)(scope, (text: unknown) =>
    scope.said.push(text),
  );
  // The module is empty, so there is no work() to enter.
  expect(() => scope.onmessage!({ data })).toThrow(/work is not a function/);
  expect(scope.said).toEqual(['ready']);
  // Its door is no longer open: it must not enter.
  scope.onmessage!({ data });
  expect(scope.said).toEqual(['ready', 'ended']);

  expect(events).toEqual([]);
  worker.onmessage!({ data: 'ready' });
  expect(events).toEqual(['ready']);
  expect(revoked).toEqual([worker.url]);
});

it('a worker of a page counts as ended when it has thrown', () => {
  const { worker, events } = startInPage();
  let prevented = false;
  worker.onerror!({ preventDefault: () => (prevented = true) });
  expect(prevented).toBe(true);
  expect(worker.terminated).toBe(true);
  expect(events).toEqual(['ended']);
});

it('a worker of a page reports that it has ended', () => {
  vi.useFakeTimers();
  const { thread, worker, events } = startInPage();
  thread.terminate();
  vi.advanceTimersByTime(500);
  expect(worker.terminated).toBe(false);
  worker.onmessage!({ data: 'ended' });
  expect(worker.terminated).toBe(true);
  expect(events).toEqual(['ended']);
});

it('a worker of a page that does not end is terminated, and never counts as ended', () => {
  vi.useFakeTimers();
  const { thread, worker, events } = startInPage();
  thread.terminate();
  vi.advanceTimersByTime(1000);
  expect(worker.terminated).toBe(true);
  vi.advanceTimersByTime(100_000);
  expect(events).toEqual([]);
});

it('there are no threads without Worker or without Blob', () => {
  leaveNode({ Worker: undefined });
  expect(findThreads()).toBeUndefined();
  leaveNode({ Worker: FakeWorker, Blob: undefined });
  expect(findThreads()).toBeUndefined();
});

it('the number of cores comes from Node, else from the page, else it is one', () => {
  expect(availableCores()).toBeGreaterThanOrEqual(1);
  leaveNode({ navigator: { hardwareConcurrency: 7 } });
  expect(availableCores()).toBe(7);
  leaveNode({ navigator: undefined });
  expect(availableCores()).toBe(1);
});
