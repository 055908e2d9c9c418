/** The training that is killed: eight epochs of ten steps of the tiny GAN, with a save after every second step. */
import { dataset, type ResumeEvent, trainGan } from '../../src/index.ts';
import { checkpointDirectory } from '../../src/node/checkpoints.ts';
import { decodeCheckpoint } from '../../src/training/checkpoint.ts';
import type { CheckpointStore } from '../../src/training/checkpoint-store.ts';
import { stateHash, tinyOptions } from '../gan/tiny.ts';
import { hookedFileSystem } from './hooked-file-system.ts';

const EPOCHS = 8;
const STEPS_PER_EPOCH = 10;
export const TOTAL_STEPS: number = EPOCHS * STEPS_PER_EPOCH;

/** Starts or resumes the training, runs it to the end, and returns the step at which it started. */
export async function runToTheEnd(checkpoint: CheckpointStore, onStep?: () => void): Promise<number> {
  const bytes = Uint8Array.from({ length: 38 * 16 }, (_, i) => (i * i * 37 + 11 * i) & 255);
  let begin = 0;
  await trainGan({
    ...tinyOptions(),
    images: dataset(bytes, [38, 4, 4, 1]),
    epochs: EPOCHS,
    checkpoint,
    checkpointEvery: 2,
    resume: true,
    onResume: (event: ResumeEvent) => {
      if (event.skipped.length > 0) throw new Error(`damaged: ${event.skipped.map(({ name }) => name).join()}`);
      begin = stepsDone(event);
    },
    onStep,
  });
  return begin;
}

export function stepsDone({ epoch, step }: { readonly epoch: number; readonly step: number }): number {
  return (epoch - 1) * STEPS_PER_EPOCH + step;
}

/** The hash of the newest state in a directory. */
export async function newestHash(folder: string): Promise<string> {
  const [newest] = await checkpointDirectory(folder).list();
  if (newest === undefined) throw new Error(`${folder} has no checkpoint`);
  return stateHash(await newest.read());
}

/**
 * A directory store that reports its calls. Each write takes at most 1000 bytes.
 *
 * @param onCall - called before each file system call of its opening and of a save.
 * @param onSaved - called after each save with the number of steps in it.
 */
export function watchedDirectory(
  folder: string,
  onCall: () => unknown,
  onSaved: (steps: number) => void = () => {},
): CheckpointStore {
  let saving = false;
  const fileSystem = hookedFileSystem(() => (saving ? onCall() : undefined), 1000);
  const store = checkpointDirectory(folder, fileSystem);
  return {
    async open() {
      saving = true;
      await store.open?.();
      saving = false;
    },
    close: async () => store.close?.(),
    async save(bytes) {
      saving = true;
      await store.save(bytes);
      saving = false;
      onSaved(stepsDone(decodeCheckpoint(bytes)));
    },
    list: () => store.list(),
  };
}
