/**
 * A process that trains in FOLDER without end: `node --import tsx test/torture/claiming-child.ts FOLDER`. It tells its
 * parent of the second step, when the first has been saved, and with what the training ended.
 */
import { checkpointDirectory } from '../../src/node/checkpoints.ts';
import { runTiny } from '../gan/tiny.ts';

const [folder = ''] = process.argv.slice(2);
let steps = 0;
await runTiny({
  checkpoint: checkpointDirectory(folder),
  checkpointEvery: 1,
  epochs: 1e9,
  resume: true,
  onStep: async () => {
    if (++steps === 2) process.send?.('training');
    await new Promise((resolve) => setTimeout(resolve, 20));
  },
}).catch((error: unknown) => process.send?.(String(error)));
process.disconnect?.();
