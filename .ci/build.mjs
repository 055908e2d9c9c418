/**
 * Builds the package: `node .ci/build.mjs [FOLDER]`, by default into dist. First each module by itself with its types,
 * for browsers and bundlers; the types are then trimmed (declarations.mjs). Then the two entries for Node, bundled into
 * a few files in dist/bundle: Node would take longer to load a hundred modules than to compute the first step of a
 * training. The `exports` of package.json choose between them. esbuild is a dependency of tsx, so the lock file pins
 * it.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { trimDeclarations } from './declarations.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = resolve(process.argv[2] ?? join(root, 'dist'));

rmSync(out, { recursive: true, force: true });
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
execFileSync(process.execPath, [compiler, '--project', join(root, '.ci/tsconfig.build.json'), '--outDir', out], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
trimTypes();
await build({
  entryPoints: [join(out, 'index.js'), join(out, 'node/index.js')],
  outdir: join(out, 'bundle'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'neutral',
  external: ['node:*'],
  target: 'node20',
  logLevel: 'warning',
});

function trimTypes() {
  const paths = readdirSync(out, { recursive: true }).filter((path) => path.endsWith('.d.ts'));
  const sources = new Map(paths.map((path) => [path.split(sep).join('/'), readFileSync(join(out, path), 'utf8')]));
  const trimmed = trimDeclarations(sources, ['index.d.ts', 'node/index.d.ts']);
  for (const path of sources.keys()) {
    if (trimmed.has(path)) writeFileSync(join(out, path), trimmed.get(path));
    else rmSync(join(out, path));
  }
}
