/**
 * Builds the studio into a folder that any static host can serve, from any path: index.html, styles, scripts and the
 * digits. esbuild comes with tsx, so the lock file pins it.
 */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { POLICY } from './server.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Scripts and styles that are loaded by name: the page's, the workers', and the styles of the second mode. */
const ENTRIES: Readonly<Record<string, string>> = {
  page: 'page.ts',
  worker: 'worker.ts',
  // esbuild leaves their references to files as they are.
  studio: 'styles.css',
  plane: 'plane/plane.css',
};

/** Files that are copied as they are. */
const FILES = ['icon.svg'];
const DIGITS = ['images-idx3-ubyte.gz', 'labels-idx1-ubyte.gz'];

/** The network that distances are measured with. The page works without; classifier.ts writes it. */
export const CLASSIFIER = 'classifier.safetensors';

export async function buildStudio(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, join(here, path)])),
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    external: ['*.svg'],
    logLevel: 'warning',
  });
  const page = readFileSync(join(here, 'index.html'), 'utf8');
  writeFileSync(join(folder, 'index.html'), page.replace('content="POLICY"', `content="${POLICY}"`));
  for (const name of FILES) copyFileSync(join(here, name), join(folder, name));
  for (const name of DIGITS) copyFileSync(join(here, '../data', name), join(folder, name));
}
