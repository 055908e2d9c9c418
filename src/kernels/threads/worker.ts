/**
 * The workers: a few lines of source, embedded so that no bundler has to find a file. A worker instantiates the kernel module on
 * the shared memory, says that it is ready, and enters work(), which never returns. Where threads cannot be, there are none.
 */

/** What a worker needs; addresses in bytes. */
export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: number;
  readonly workspace: number;
}

export interface ThreadEvents {
  readonly ready: () => void;
  /** The worker is gone, for whatever reason. */
  readonly lost: () => void;
}

export interface Thread {
  terminate(): void;
}

export type StartThread = (data: WorkerData, events: ThreadEvents) => Thread;

const RUN = `const run = ({ module, memory, control, workspace }, ready) => {
  const ganvas = { memory, workspace: new WebAssembly.Global({ value: 'i32' }, workspace) };
  const { exports } = new WebAssembly.Instance(module, { ganvas });
  ready();
  exports.work(control);
};
`;
const NODE_SOURCE: string = `'use strict';
const { parentPort, workerData } = require('node:worker_threads');
${RUN}run(workerData, () => parentPort.postMessage('ready'));`;
const WEB_SOURCE: string = `'use strict';
${RUN}onmessage = ({ data }) => run(data, () => postMessage('ready'));`;

/** The way to start a thread here, or undefined where there is none. */
export function findThreads(): StartThread | undefined {
  return findNodeThreads() ?? findWebThreads();
}

/** How many threads can run at once here; 1 where that cannot be told. */
export function availableCores(): number {
  const { navigator } = globalThis as { navigator?: { hardwareConcurrency?: number } };
  return builtin<NodeSystem>('node:os')?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1;
}

interface NodeSystem {
  availableParallelism(): number;
}

/** A module of Node's own, reached without an import that browsers would stumble over; undefined elsewhere, and before Node 20.16. */
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
    on(event: 'message' | 'error' | 'exit', listener: () => void): void;
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
      // Nothing of the main thread's loaders and options is wanted in there.
      execArgv: [],
      env: {},
    });
    worker.on('message', () => {
      // From now on it does not keep the process alive: it sleeps more than it works, and never ends by itself.
      worker.unref();
      events.ready();
    });
    worker.on('error', events.lost);
    worker.on('exit', events.lost);
    return { terminate: () => void worker.terminate() };
  };
}

function findWebThreads(): StartThread | undefined {
  if (typeof Worker !== 'function' || typeof Blob !== 'function') return undefined;
  return (data, events) => {
    const url = URL.createObjectURL(new Blob([WEB_SOURCE], { type: 'text/javascript' }));
    const worker = new Worker(url, { name: 'ganvas' });
    worker.onmessage = () => {
      URL.revokeObjectURL(url);
      events.ready();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      events.lost();
    };
    worker.postMessage(data);
    return {
      terminate() {
        worker.terminate();
        // Browsers do not tell when it has ended. It is long dead by then.
        setTimeout(events.lost, 1000);
      },
    };
  };
}
