/**
 * One worker: a few lines of source, embedded so that no bundler has to find a file. The worker instantiates the kernel
 * module on the shared memory, passes its door (jobs.ts), reports that it is ready and enters work(). After work() it
 * reports that it has ended. Where threads are not possible, there are no workers.
 */
import { DOOR_ENTERED, DOOR_OPEN } from './jobs.ts';

/** What a worker needs. Addresses are in bytes. */
export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly door: number;
  readonly workspace: number;
}

export interface ThreadEvents {
  readonly ready: () => void;
  /** The worker has ended, for any reason, and can no longer access the memory. It may be called more than once. */
  readonly ended: () => void;
}

export interface Thread {
  /** Ends the worker, now or as soon as the engine can. It has ended only when `ended` is called. */
  terminate(): void;
}

export type StartThread = (data: WorkerData, events: ThreadEvents) => Thread;

type Message = 'ready' | 'ended';

const RUN = `const run = ({ module, memory, control, door, workspace }, post) => {
  const ganvas = { memory, workspace: new WebAssembly.Global({ value: 'i32' }, workspace) };
  const { exports } = new WebAssembly.Instance(module, { ganvas });
  const ints = new Int32Array(memory.buffer);
  if (Atomics.compareExchange(ints, door / 4, ${DOOR_OPEN}, ${DOOR_ENTERED}) === ${DOOR_OPEN}) {
    post('ready');
    exports.work(control);
  }
  post('ended');
};
`;
const NODE_SOURCE: string = `'use strict';
const { parentPort, workerData } = require('node:worker_threads');
${RUN}run(workerData, (message) => parentPort.postMessage(message));`;
const WEB_SOURCE: string = `'use strict';
${RUN}onmessage = ({ data }) => run(data, (message) => postMessage(message));`;

/** The function that starts a thread on this platform; undefined if there is none. */
export function findThreads(): StartThread | undefined {
  return findNodeThreads() ?? findWebThreads();
}

/** How many threads can run at the same time; 1 if that is unknown. */
export function availableCores(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  return builtin<NodeSystem>('node:os')?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}

interface NodeSystem {
  availableParallelism(): number;
}

/**
 * A built-in module of Node, loaded without an import, which browsers would reject. Undefined outside Node and before
 * Node 20.16.
 */
function builtin<Module>(name: string): Module | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.(name) as Module | undefined;
}

/** The part of node:worker_threads that is used. */
interface NodeWorkers {
  readonly Worker: new (
    source: string,
    options: { eval: true; workerData: WorkerData; name: string; execArgv: string[]; env: Record<string, string> },
  ) => {
    on(event: 'message' | 'error' | 'exit', listener: (message: unknown) => void): void;
    unref(): void;
    terminate(): Promise<number>;
  };
}

function findNodeThreads(): StartThread | undefined {
  const workers = builtin<NodeWorkers>('node:worker_threads');
  if (workers === undefined) return undefined;
  return (workerData, events) => {
    const worker = new workers.Worker(NODE_SOURCE, {
      eval: true,
      workerData,
      name: 'ganvas',
      // The worker does not need the loaders and options of the main thread.
      execArgv: [],
      env: {},
    });
    worker.on('message', (message) => {
      // The worker does not keep the process alive: it sleeps most of the time.
      worker.unref();
      if (message === 'ready') events.ready();
    });
    // 'exit' follows, and only then has the thread ended. Without a listener the error would be thrown here.
    worker.on('error', () => undefined);
    worker.on('exit', events.ended);
    return { terminate: () => void worker.terminate() };
  };
}

/** How long a browser's worker has to return from work() by itself, in milliseconds. */
const GRACE = 1000;

function findWebThreads(): StartThread | undefined {
  if (typeof Worker !== 'function' || typeof Blob !== 'function') return undefined;
  return (data, events) => {
    const url = URL.createObjectURL(new Blob([WEB_SOURCE], { type: 'text/javascript' }));
    const worker = new Worker(url, { name: 'ganvas' });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (): void => {
      clearTimeout(timer);
      URL.revokeObjectURL(url);
      worker.terminate();
      events.ended();
    };
    worker.onmessage = ({ data: message }: MessageEvent<Message>) => {
      if (message === 'ended') return end();
      URL.revokeObjectURL(url);
      events.ready();
    };
    // The worker threw, so it has left work().
    worker.onerror = (event) => {
      event.preventDefault();
      end();
    };
    worker.postMessage(data);
    return {
      terminate() {
        // A browser does not report when a worker that it terminates has ended. So the worker reports it itself. If it
        // does not, it is terminated, and its memory is never used again.
        timer = setTimeout(() => worker.terminate(), GRACE);
      },
    };
  };
}
