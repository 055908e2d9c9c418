/**
 * The studio, a page in which networks train: `npm run studio` builds it and serves it on this machine;
 * `npm run studio -- --build DIR` writes the files for a static host.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  helpText,
  type Options,
  readCommandLine,
  readWholeNumber,
  runCommand,
} from '../../bench/support/command-line.ts';
import { RUNS } from '../run-folder.ts';
import { buildStudio } from './build.ts';
import { ISOLATION, POLICY, studioServer } from './server.ts';

const USAGE = 'npm run studio';
const OPTIONS = {
  port: { type: 'string', value: 'N', help: 'port of the server (default 4173)' },
  build: { type: 'string', value: 'DIR', help: 'write the files for a static host to DIR, and serve nothing' },
  help: { type: 'boolean', help: 'show this text' },
} as const satisfies Options;

await runCommand(USAGE, async () => {
  const { values } = readCommandLine(process.argv.slice(2), OPTIONS);
  if (values.help) return console.log(helpText(USAGE, OPTIONS));
  const folder = values.build ?? join(RUNS, 'studio');
  // The names of scripts change with their content, so a folder of our own is emptied first.
  if (values.build === undefined) rmSync(folder, { recursive: true, force: true });
  await buildStudio(folder);
  if (values.build !== undefined) return console.log(`The studio is in ${folder}: any static host can serve it.`);
  const port = readWholeNumber(values, 'port', 0) ?? 4173;
  const server = studioServer(folder, { ...ISOLATION, 'Content-Security-Policy': POLICY });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    // Only this machine, not its network.
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const shown = typeof address === 'object' && address !== null ? address.port : port;
  console.log(`The studio is at http://localhost:${shown}/ (Ctrl-C stops it)`);
});
