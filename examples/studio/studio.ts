/**
 * The studio, a page in which networks train: `npm run studio` builds it and serves it on this machine;
 * `npm run studio -- --build DIR` writes the files for a static host.
 */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  helpText,
  type Options,
  readCommandLine,
  readWholeNumber,
  runCommand,
  UsageError,
} from '../../bench/support/command-line.ts';
import { RUNS } from '../run-folder.ts';
import { buildStudio, CLASSIFIER } from './build.ts';
import { ISOLATION, POLICY, studioServer } from './server.ts';

const USAGE = 'npm run studio';
const OPTIONS = {
  port: { type: 'string', value: 'N', help: 'port of the server (default 4173)' },
  build: { type: 'string', value: 'DIR', help: 'write the files for a static host to DIR, and serve nothing' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

/** In a process of its own, which leaves the processor to the page. */
async function makeClassifier(file: string): Promise<void> {
  const script = fileURLToPath(new URL('./classifier.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, file], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) console.error('The classifier could not be made: the studio shows no distances.');
}

await runCommand(USAGE, async () => {
  const { values } = readCommandLine(process.argv.slice(2), OPTIONS);
  if (values.help) return console.log(helpText(USAGE, OPTIONS));
  const folder = values.build ?? join(RUNS, 'studio');
  // The names of scripts change with their content, so a folder of our own is emptied first.
  if (values.build === undefined) rmSync(folder, { recursive: true, force: true });
  await buildStudio(folder);
  const classifier = makeClassifier(join(folder, CLASSIFIER));
  if (values.build !== undefined) {
    console.log('The classifier of the distances is made now; the first time that takes a minute or two.');
    await classifier;
    return console.log(`The studio is in ${folder}: any static host can serve it.`);
  }
  const port = readWholeNumber(values, 'port', 0) ?? 4173;
  const server = studioServer(folder, { ...ISOLATION, 'Content-Security-Policy': POLICY }, CLASSIFIER);
  await new Promise<void>((resolve, reject) => {
    server.on('error', (error) => {
      const isTaken = 'code' in error && error.code === 'EADDRINUSE';
      reject(isTaken ? new UsageError(`port ${port} is taken by another program; choose one with --port N`) : error);
    });
    // Only this machine, not its network.
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const shown = typeof address === 'object' && address !== null ? address.port : port;
  console.log(`The studio is at http://localhost:${shown}/ (Ctrl-C stops it)`);
});
