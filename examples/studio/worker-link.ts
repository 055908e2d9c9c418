/**
 * A worker as its mode's page sees it, and the page as the worker sees it: typed messages, one union each way.
 *
 * @example
 * // On the page.
 * const worker = openWorker<Command, Event>('points', receive, host.fail);
 * worker.send({ kind: 'start' });
 *
 * // In the worker.
 * const page = openPage<Command, Event>((command) => { ... });
 * page.send({ kind: 'points', bytes }, [bytes.buffer]);
 */

/** The workers: the trainings of the two modes, and the measure of the pictures. */
export type WorkerName = 'pictures' | 'distances' | 'points';

export interface Link<Message> {
  /** @param transfer - buffers that move instead of being copied. */
  send(message: Message, transfer?: Transferable[]): void;
}

/**
 * Starts a module worker with the script of all of them, worker.ts.
 *
 * @param fail - gets an error that the worker did not catch, and one if it could not be loaded.
 */
export function openWorker<Command, Event>(
  name: WorkerName,
  receive: (event: Event) => void,
  fail: (error: unknown) => void,
): Link<Command> {
  // esbuild leaves the URL as it is, so that it works from any folder of any host.
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module', name });
  worker.onmessage = ({ data }: MessageEvent<Event>) => receive(data);
  worker.onerror = (event) => {
    event.preventDefault();
    fail(event.message ?? `the worker of the ${name} could not be loaded`);
  };
  return { send: (message, transfer = []) => worker.postMessage(message, transfer) };
}

/** The part of a worker's global scope that is used here. The DOM library of TypeScript knows only that of a page. */
interface WorkerScope {
  readonly name: string;
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

/** Inside a worker: which one it is, as openWorker named it. */
export function workerName(): WorkerName {
  return (globalThis as object as WorkerScope).name as WorkerName;
}

/** Inside a worker: the page that started it. */
export function openPage<Command, Event>(receive: (command: Command) => void): Link<Event> {
  const scope = globalThis as object as WorkerScope;
  scope.onmessage = ({ data }: MessageEvent<Command>) => receive(data);
  return { send: (message, transfer = []) => scope.postMessage(message, transfer) };
}
