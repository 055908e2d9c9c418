/** A peer in its own process. Steps are requested over its standard input; serve.ts is the other side. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import type { Ready, StepAnswer, Unavailable } from './serve.ts';

export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
}

/** The environment without the variables that restrict the instructions of OpenBLAS. */
function environment(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _coreType, OPENBLAS_L2_SIZE: _l2Size, ...rest } = process.env;
  return rest;
}

export class Peer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #reader: Interface;
  #errors = '';
  #failure: string | undefined;

  constructor({ file, args }: Command) {
    this.#child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: environment() });
    this.#child.once('error', (error) => {
      this.#failure = error.message;
    });
    // Writing to a process that has ended gives an error of the pipe. The missing answer tells the same.
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#errors = (this.#errors + data.toString()).slice(-2000);
    });
    this.#reader = createInterface({ input: this.#child.stdout! });
    this.#lines = this.#reader[Symbol.asyncIterator]();
  }

  /** Waits until the peer is ready, or says why it cannot run. */
  async ready(): Promise<Ready | Unavailable> {
    const answer = await this.#next();
    return answer === undefined ? { unavailable: this.#whyEnded() } : (answer as Ready | Unavailable);
  }

  async steps(count: number): Promise<StepAnswer> {
    this.#child.stdin?.write(`${count}\n`);
    const answer = await this.#next();
    if (answer === undefined) throw new Error(this.#whyEnded());
    return answer as StepAnswer;
  }

  close(): void {
    this.#child.stdin?.end();
    this.#reader.close();
    this.#child.kill();
  }

  /** The next line of JSON, undefined at the end of the output. Other lines, printed by libraries, are skipped. */
  async #next(): Promise<unknown> {
    for (;;) {
      const { done, value } = await this.#lines.next();
      if (done === true) return undefined;
      if (value.startsWith('{')) return JSON.parse(value);
    }
  }

  #whyEnded(): string {
    const last = this.#errors.trim().split('\n');
    return this.#failure ?? last.find((line) => line.includes('Error')) ?? last.at(-1) ?? 'it ended without a word';
  }
}
