/**
 * The process that is killed: `node --import tsx test/torture/child.ts FOLDER CALL`. It trains in FOLDER and reports
 * its first step and each save to its parent. If CALL is not 0, it stops at that file system call, counted from 1 over
 * the opening of the directory and all saves, reports it, and waits to be killed.
 */
import { runToTheEnd, watchedDirectory } from './training.ts';

export type ChildMessage = { readonly saved: number } | 'started' | 'inside a save';

const [folder = '', call = '0'] = process.argv.slice(2);
const pauseAt = Number(call);

function tell(message: ChildMessage): void {
  process.send?.(message);
}

let calls = 0;
const onCall = async (): Promise<void> => {
  if (++calls !== pauseAt) return;
  tell('inside a save');
  await new Promise((resolve) => setTimeout(resolve, 60_000));
};

let started = false;
await runToTheEnd(
  watchedDirectory(folder, onCall, (saved) => tell({ saved })),
  () => {
    if (!started) tell('started');
    started = true;
  },
);
process.disconnect?.();
