/** The engine's garbage collector at hand, without a flag on the command line. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/**
 * Collects until `done` holds, letting finalisers run in between; gives up after 50 turns. Returns whether it held.
 * Weak references and finalisers need turns of the event loop: one collection is not enough.
 */
export async function collectUntil(done: () => boolean): Promise<boolean> {
  for (let turn = 0; turn < 50; turn++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 1));
    if (done()) return true;
  }
  return false;
}
