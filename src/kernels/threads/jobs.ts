/**
 * Jobs in shared memory. A job is cut into chunks; each chunk is a record of a kernel number and arguments. `ticket` is
 * the number of chunks that are not taken yet, `completed` the number that are done. The main thread and the workers
 * take chunks with drain(). A worker stays in work(): it spins briefly for the next job, then sleeps on the ticket
 * until it is woken. It returns when the ticket is CLOSED.
 *
 * Waking a sleeper takes a lock of the engine, so it is done only if somebody sleeps: workers count themselves in
 * `sleepers`, and the main thread sets `awaited` while it sleeps on `completed`. Each writes its own word before it
 * reads the other's, so no sleeper is missed.
 *
 * Taking a chunk is a compare-and-exchange of the ticket from n to n - 1. A slow worker may therefore take a chunk of a
 * later job than the one it saw. This does no harm: the records are written before the ticket is.
 */
import { type Expr, type FunctionHandle, f32, i32, i64, type ModuleBuilder, memory } from '../../wasm/index.ts';
import type { Heap } from '../heap.ts';
import type { AnyKernel } from '../kernel.ts';

/** Byte offsets in the control block. `ticket` and `completed` each have their own cache line. */
export const TICKET = 0;
export const SLEEPERS = 4;
export const COMPLETED = 64;
export const AWAITED = 68;
export const RECORDS = 128;
/**
 * Size of a record: the kernel number, which the result replaces, and up to 15 arguments. These sixteen words fill one
 * cache line.
 */
export const RECORD_BYTES = 64;
export const MAX_CHUNKS = 128;
export const MAX_WORKERS = 63;
/**
 * One word for each worker. It decides whether the worker starts in time: it is DOOR_OPEN until the worker or the pool
 * sets it to another value; whichever is first decides.
 */
export const DOORS: number = RECORDS + MAX_CHUNKS * RECORD_BYTES;
export const CONTROL_BYTES: number = DOORS + 4 * MAX_WORKERS;

/** The ticket of a closed pool. */
export const CLOSED = -1;
export const DOOR_OPEN = 0;
/** The worker has entered work() or is about to. */
export const DOOR_ENTERED = 1;
/** The pool no longer waits for the worker: it must not enter. */
export const DOOR_SHUT = 2;

/**
 * How often a worker reads the ticket before it sleeps: some tens of microseconds, about as long as the pause between
 * two jobs of a step.
 */
const SPINS = 20_000;

/**
 * Defines drain(control) and work(control). `control` is the byte address of a control block; each pool has its own.
 */
export function jobs(module: ModuleBuilder, kernels: readonly AnyKernel[], handles: readonly FunctionHandle[]): void {
  const runners = module.table(kernels.map((kernel, i) => defineRunner(module, kernel, handles[i]!)));
  const drain = module.function('drain', { control: 'i32' }, 'void', (f, { control }) => {
    const ticket = f.local('i32', 'ticket');
    f.while(i32.gt_s(f.tee(ticket, i32.atomic.load(control, TICKET)), 0), () => {
      const next = f.let(i32.sub(ticket, 1));
      f.if(i32.eq(i32.atomic.rmw.cmpxchg(control, ticket, next, TICKET), ticket), () => {
        const record = f.let(i32.add(i32.add(control, RECORDS), i32.mul(next, RECORD_BYTES)), 'record');
        f.emit(runners.call(i32.load(record), { record }));
        f.drop(i32.atomic.rmw.add(control, 1, COMPLETED));
        f.if(i32.atomic.load(control, AWAITED), () => f.drop(memory.atomic.notify(control, 1, COMPLETED)));
      });
    });
  });
  module.function('work', { control: 'i32' }, 'void', (f, { control }) => {
    const spins = f.local('i32', 'spins');
    const work = (): void => {
      f.set(spins, SPINS);
      f.while(i32.and(i32.eqz(i32.atomic.load(control, TICKET)), i32.ne(spins, 0)), () =>
        f.set(spins, i32.sub(spins, 1)),
      );
      f.if(i32.eqz(i32.atomic.load(control, TICKET)), () => {
        f.drop(i32.atomic.rmw.add(control, 1, SLEEPERS));
        f.drop(memory.atomic.wait32(control, 0, i64.const(-1), TICKET));
        f.drop(i32.atomic.rmw.add(control, -1, SLEEPERS));
      });
      f.emit(drain.call({ control }));
    };
    f.doWhile(work, i32.ne(i32.atomic.load(control, TICKET), CLOSED));
  });
}

/** Writes a record at an address in floats. `floats` says which arguments are float32; the others are int32. */
export function writeRecord(
  { ints, floats: reals }: Heap,
  record: number,
  kernel: number,
  floats: readonly boolean[],
  args: readonly number[],
): void {
  ints[record] = kernel;
  for (let i = 0; i < floats.length; i++) {
    if (floats[i]) reals[record + 1 + i] = args[i]!;
    else ints[record + 1 + i] = args[i]!;
  }
}

/**
 * A function that calls a kernel with the arguments of a record, and stores the result there, or 0 if there is none.
 */
function defineRunner(
  module: ModuleBuilder,
  { name, parameters }: AnyKernel,
  handle: FunctionHandle,
): FunctionHandle<{ record: 'i32' }, 'void'> {
  return module.function(
    `run_${name}`,
    { record: 'i32' },
    'void',
    (f, { record }) => {
      const values = Object.entries(parameters).map(([parameter, kind], i) => {
        const offset = 4 + 4 * i;
        return [parameter, kind === 'f32' ? f32.load(record, offset) : i32.load(record, offset)] as const;
      });
      const call = handle.call(Object.fromEntries(values));
      if (isInteger(call)) f.emit(i32.store(record, call));
      else if (isVoid(call)) f.emit(call, i32.store(record, 0));
    },
    { exported: false },
  );
}

const isInteger = (expression: Expr): expression is Expr<'i32'> => expression.type === 'i32';
const isVoid = (expression: Expr): expression is Expr<'void'> => expression.type === 'void';
