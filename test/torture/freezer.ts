/** Freezes threads of this process by a helper process (freezer.py), which goes on while this thread is busy. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HELPER: string = fileURLToPath(new URL('freezer.py', import.meta.url));

/** The ids of this process's threads. */
export function threadIds(): Set<number> {
  return new Set(readdirSync('/proc/self/task').map(Number));
}

export class Freezer {
  readonly #helper: ChildProcess = spawn('python3', [HELPER], { stdio: ['pipe', 'pipe', 'inherit'] });
  readonly #answers: AsyncIterator<string> = createInterface({ input: this.#helper.stdout! })[Symbol.asyncIterator]();

  /** Asks for the thread to be frozen after so many milliseconds, and returns at once. */
  freezeSoon(thread: number, milliseconds: number): void {
    this.#helper.stdin!.write(`freeze ${thread} ${milliseconds}\n`);
  }

  /** Resolves when the thread that was asked for is frozen. */
  async frozen(): Promise<void> {
    await this.#answer('frozen');
  }

  /** Resolves to whether it was still frozen: the helper releases a thread by itself if this process is held up. */
  async thaw(thread: number): Promise<boolean> {
    this.#helper.stdin!.write(`thaw ${thread}\n`);
    return (await this.#answer('thawed', 'released')) === 'thawed';
  }

  end(): void {
    this.#helper.stdin!.end();
  }

  async #answer(...expected: readonly string[]): Promise<string> {
    const { value } = await this.#answers.next();
    const [word = ''] = String(value).split(' ');
    if (expected.includes(word)) return word;
    throw new Error(`the helper says "${String(value)}"; it needs Linux, python3 and the right to trace this process`);
  }
}
