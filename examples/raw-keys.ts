/**
 * Single keys from a terminal. Raw mode hands them over one by one, and so Ctrl-C, Ctrl-Z and Ctrl-\ as well, of which
 * this file makes the signals that they stand for. The terminal gets its old mode back whenever the program stops,
 * pauses or is put into the background.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What is needed of `process.stdin`. */
export interface KeyInput {
  readonly isTTY?: boolean | undefined;
  setRawMode?(raw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (data: Uint8Array) => void): unknown;
  off(event: 'data', listener: (data: Uint8Array) => void): unknown;
}

/** The signals of the keys. The first goes to this process, as its parents wait for it; the others to the whole job. */
const SIGNALS: Readonly<Record<string, () => void>> = {
  '\u0003': () => process.kill(process.pid, 'SIGINT'),
  '\u001a': () => process.kill(0, 'SIGTSTP'),
  '\u001c': () => process.kill(0, 'SIGQUIT'),
};

/** After these signals the process ends, and Node does not restore the terminal itself, as it does after SIGTERM. */
const DEADLY = ['SIGHUP', 'SIGQUIT'] as const;

/** Calls `onKey` with each key until the function that it returns is called. */
export function readKeys(input: KeyInput, onKey: (key: string) => void): () => void {
  const enter = (): void => {
    // A background process that changes the terminal's mode is stopped by the system.
    if (!inForeground()) return;
    input.setRawMode?.(true);
    input.resume();
  };
  const leave = (): void => {
    input.setRawMode?.(false);
    input.pause();
  };
  const onData = (data: Uint8Array): void => {
    for (const key of new TextDecoder().decode(data)) (SIGNALS[key] ?? (() => onKey(key)))();
  };
  const suspend = (): void => {
    leave();
    process.kill(process.pid, 'SIGSTOP');
  };
  const die = (signal: NodeJS.Signals): void => {
    close();
    process.kill(process.pid, signal);
  };
  const close = (): void => {
    leave();
    input.off('data', onData);
    process.off('exit', leave).off('SIGTSTP', suspend).off('SIGCONT', enter);
    for (const signal of DEADLY) process.off(signal, die);
  };

  input.on('data', onData);
  // Listening has started the stream; in the background it must not read.
  input.pause();
  process.on('exit', leave);
  if (process.platform !== 'win32') {
    process.on('SIGTSTP', suspend).on('SIGCONT', enter);
    for (const signal of DEADLY) process.on(signal, die);
  }
  enter();
  return close;
}

/** Whether the terminal belongs to the job of this process. */
function inForeground(): boolean {
  if (process.platform === 'win32') return true;
  try {
    // pid (name) state parent group session terminal group-of-terminal ...; the name may contain anything.
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return group === foreground;
  } catch {
    const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', `${process.pid}`], { encoding: 'utf8' });
    return stdout.includes('+');
  }
}
