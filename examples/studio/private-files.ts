/**
 * Small files of the studio in the origin private file system, beside the checkpoints of browserCheckpoints(). They are
 * conveniences: a file that is not there or cannot be read is undefined, and one that cannot be written is left out.
 */

interface SyncAccess {
  truncate(size: number): void;
  write(bytes: Uint8Array): number;
  close(): void;
}

interface WritableFile extends FileSystemFileHandle {
  createSyncAccessHandle?(): Promise<SyncAccess>;
}

const FOLDER = 'ganvas-studio';

async function folder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

export async function readPrivateFile(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const handle = await (await folder()).getFileHandle(name);
    return new Uint8Array(await (await handle.getFile()).arrayBuffer());
  } catch {
    return undefined;
  }
}

/** Workers only. */
export async function writePrivateFile(name: string, bytes: Uint8Array): Promise<void> {
  try {
    const handle: WritableFile = await (await folder()).getFileHandle(name, { create: true });
    const access = await handle.createSyncAccessHandle?.();
    if (access === undefined) return;
    try {
      access.truncate(0);
      access.write(bytes);
    } finally {
      access.close();
    }
  } catch {
    // No such file system here, or no space: the studio works without.
  }
}
