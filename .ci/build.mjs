/**
 * Builds the package: `node .ci/build.mjs [FOLDER]`, by default into dist. First every module by itself, with its types, for browsers and
 * bundlers; then the two entries for Node in a few files (dist/bundle), since loading a hundred modules would take longer than the first
 * step of a training. Both forms come from the same sources; package.json says who gets which.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ESBUILD = 'esbuild@0.28.2';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(process.argv[2] ?? join(root, 'dist'));
const run = (command, args) => execFileSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });

rmSync(out, { recursive: true, force: true });
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
run(process.execPath, [compiler, '--project', '.ci/tsconfig.build.json', '--outDir', out]);
const entries = [join(out, 'index.js'), join(out, 'node/index.js')];
const options = [
  '--bundle',
  '--splitting',
  '--format=esm',
  '--platform=neutral',
  '--external:node:*',
  '--target=node20',
];
run('npx', ['--yes', ESBUILD, ...entries, ...options, `--outdir=${join(out, 'bundle')}`, '--log-level=warning']);
