/**
 * The interface of checkpoint stores, and a store in memory. ganvas/node has a store on disk.
 */

import { checkBytes } from '../core/bytes.ts';

/** A checkpoint in a store. */
export interface SavedCheckpoint {
  /** Identifies the checkpoint in messages, for example its path or key. */
  readonly name: string;
  /** The bytes that save() got. */
  read(): Promise<Uint8Array>;
}

/**
 * The type of the option `checkpoint`. Anything that keeps bytes can be a store: a folder, a database, a server.
 *
 * @example
 * // One that keeps checkpoints in an object, such as a database that has get and set.
 * const saved = new Map<string, Uint8Array>();
 * const store: CheckpointStore = {
 *   async save(bytes) {
 *     saved.set(`checkpoint ${saved.size}`, bytes.slice());
 *   },
 *   async list() {
 *     return [...saved].reverse().map(([name, bytes]) => ({ name, read: async () => bytes }));
 *   },
 * };
 * const { images } = await loadMnist();
 * await trainGan({ images, epochs: 1, checkpoint: store });
 * saved.size; // 1
 */
export interface CheckpointStore {
  /**
   * Called once, before the first step of a training and before list(). Rejects if the training cannot save here: the
   * store is not writable, or another training saves here. Optional.
   */
  open?(): Promise<void>;
  /** Called when a training that has opened the store ends, even with an error. A rejection is ignored. Optional. */
  close?(): Promise<void>;
  /**
   * Saves these bytes as the newest checkpoint. Earlier checkpoints must stay readable until that has succeeded. Then
   * the store may remove them, but it should keep the last one, in case the newest is damaged later.
   */
  save(bytes: Uint8Array): Promise<void>;
  /** The saved checkpoints, newest first; an empty list if there are none. */
  list(): Promise<readonly SavedCheckpoint[]>;
}

/** The number of checkpoints that the stores of this library keep. */
export const KEPT_CHECKPOINTS = 2;

/**
 * A store in memory that keeps the last two checkpoints: for tests, and for pages that store the bytes themselves.
 *
 * @throws nothing.
 * @example
 * const { images } = await loadMnist();
 * const checkpoint = memoryCheckpoints();
 * await trainGan({ images, checkpoint, epochs: 10 });
 * await trainGan({ images, checkpoint, epochs: 20, resume: true }); // continues with epoch 11
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
