/**
 * Where checkpoints are kept: what a training asks of such a place, and one in memory. A place on disk is in
 * ganvas/node.
 */

import { checkBytes } from '../core/bytes.ts';

/** One checkpoint that a store keeps. */
export interface SavedCheckpoint {
  /** To tell it from others in messages: a path, a key. */
  readonly name: string;
  read(): Promise<Uint8Array>;
}

/** What trainGan takes as `checkpoint`. Anything that keeps bytes can be one: a folder, a database, a server. */
export interface CheckpointStore {
  /**
   * Called once before the first step of a training, and before list(). Rejects if the training could not save here:
   * because it may not write, or because another training saves here already. Optional.
   */
  open?(): Promise<void>;
  /** Called when a training that has opened the store has ended, however it did. Its rejection is ignored. Optional. */
  close?(): Promise<void>;
  /**
   * Keeps these bytes as the newest checkpoint. Until that has succeeded the ones before must stay readable; whether
   * they stay afterwards is the store's choice, but the last one should, in case the newest turns out damaged.
   */
  save(bytes: Uint8Array): Promise<void>;
  /** What is kept, newest first; an empty list if nothing was saved yet. */
  list(): Promise<readonly SavedCheckpoint[]>;
}

/** How many checkpoints the stores of this library keep. */
export const KEPT_CHECKPOINTS = 2;

/**
 * A store in memory that keeps the last two checkpoints: for tests, and for pages that hand the bytes on themselves.
 *
 * @example
 * const checkpoint = memoryCheckpoints();
 * await trainGan({ images, checkpoint, epochs: 10 });
 * await trainGan({ images, checkpoint, epochs: 20, resume: true }); // goes on with epoch 11
 */
export function memoryCheckpoints(): CheckpointStore {
  const kept: SavedCheckpoint[] = [];
  let count = 0;
  return {
    async save(bytes) {
      const copy = Uint8Array.from(checkBytes('memoryCheckpoints', 'bytes', bytes));
      kept.unshift({ name: `checkpoint ${++count} in memory`, read: async () => copy.slice() });
      kept.length = Math.min(kept.length, KEPT_CHECKPOINTS);
    },
    async list() {
      return [...kept];
    },
  };
}
