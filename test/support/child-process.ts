/** Runs a few lines of TypeScript in a process of its own, with the whole library at hand as `ganvas`. */
import { spawn } from 'node:child_process';

interface ChildResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the last line of the script to the end of the process. */
  readonly lingering: number;
}

/** Source modules of the library, relative to src. */
export function sourceUrl(path: string): string {
  return new URL(`../../src/${path}`, import.meta.url).href;
}

/** The script may await; it is killed after `limit` milliseconds, which gives the code null. */
export function runScript(script: string, limit = 20_000): Promise<ChildResult> {
  const marked = `${script}\nprocess.stdout.write('\\nlast line\\n');`;
  return new Promise((resolve, reject) => {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', marked];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let lastLine = Number.NaN;
    child.stdout.on('data', (bytes: Buffer) => {
      stdout += bytes.toString();
      if (Number.isNaN(lastLine) && stdout.includes('\nlast line\n')) lastLine = performance.now();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      stderr += bytes.toString();
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), limit);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      const lingering = performance.now() - lastLine;
      resolve({ code, stdout: stdout.replace('\nlast line\n', ''), stderr, lingering });
    });
  });
}
