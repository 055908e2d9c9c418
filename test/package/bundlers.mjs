/**
 * Bundles program.js by each bundler, with its defaults: into a page, which runs in Chromium, and into a program for
 * Node. The losses must be those of the program as it is, to the last bit.
 */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInBrowser } from '../engines/browser.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const require = createRequire(import.meta.url);
const CHROMIUM = '/usr/bin/chromium';
const PAGE =
  '<!doctype html><meta charset="utf-8"><title>ganvas</title><script type="module" src="program.js"></script>';

/** Each bundler's functions write to `out`. That of a page returns the page; most bundlers make only its script. */
const BUNDLERS = {
  esbuild: {
    page: (folder, out) => esbuild(folder, out, 'browser'),
    node: (folder, out) => esbuild(folder, out, 'node'),
  },
  rollup: { page: (folder, out) => rollup(folder, out, true), node: (folder, out) => rollup(folder, out, false) },
  webpack: { page: (folder, out) => webpack(folder, out, 'web'), node: (folder, out) => webpack(folder, out, 'node') },
  vite: { page: (folder, out) => vite(folder, out), node: (folder, out) => vite(folder, out, 'program.js') },
  // For Node, Parcel leaves packages out of its bundle.
  parcel: { page: parcel },
};

/** @param run - runs a command in the folder where ganvas is installed, and returns what it prints. */
export async function checkBundlers(folder, run) {
  copyFileSync(join(HERE, 'program.js'), join(folder, 'program.js'));
  writeFileSync(join(folder, 'index.html'), PAGE);
  const expected = JSON.parse(run('node', ['program.js']));
  assert.equal(expected.losses.length, 6, 'three steps have two losses each');
  assert.match(expected.refusal, /^RuntimeError: loadMnist: none of .* is in "absent"/);
  if (!existsSync(CHROMIUM)) console.log(`package: there is no ${CHROMIUM}, so the pages are made, but not opened`);

  for (const [name, bundler] of Object.entries(BUNDLERS)) {
    for (const kind of Object.keys(bundler)) {
      const out = join(folder, `${name}-${kind}`);
      const start = performance.now();
      const page = await bundler[kind](folder, out);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      const result = kind === 'node' ? JSON.parse(run('node', [join(out, nodeProgram(name))])) : await open(out, page);
      if (result !== undefined) compare(`${name}, ${kind}`, kind, result, expected);
      console.log(`package: ${name} bundles a program for ${kind === 'node' ? 'Node' : 'a page'} in ${seconds} s`);
    }
  }
}

function compare(label, kind, result, expected) {
  assert.deepEqual(result.losses, expected.losses, `${label}: other losses`);
  assert.equal(result.kernels, 'simd', `${label}: ${result.reasons.kernels}`);
  assert.equal(result.threads, 2, `${label}: ${result.reasons.threads}`);
  if (kind === 'node') {
    assert.equal(result.refusal, expected.refusal, label);
    assert.equal(result.reason, expected.reason, label);
  } else {
    assert.match(
      result.refusal,
      /^RuntimeError: loadMnist of ganvas\/node needs .*bundled for browsers.*parseIdx/,
      label,
    );
    assert.match(result.reason, /browsers/, label);
  }
}

/** Undefined where there is no Chromium. */
async function open(folder, page) {
  if (!existsSync(CHROMIUM)) return undefined;
  return runInBrowser({ kind: 'chromium', path: CHROMIUM, folder, page, timeout: 60_000 });
}

/** webpack makes a script in the old form, and the folder has modules. */
function nodeProgram(bundler) {
  return bundler === 'webpack' ? 'program.cjs' : 'program.js';
}

async function esbuild(folder, out, platform) {
  const { build } = await import('esbuild');
  await build({
    absWorkingDir: folder,
    entryPoints: ['program.js'],
    outdir: out,
    bundle: true,
    minify: true,
    format: 'esm',
    platform,
    logLevel: 'error',
  });
  return PAGE;
}

async function rollup(folder, out, browser) {
  const [{ rollup: bundle }, { nodeResolve }] = await Promise.all([
    import('rollup'),
    import('@rollup/plugin-node-resolve'),
  ]);
  const bundled = await bundle({
    input: join(folder, 'program.js'),
    plugins: [nodeResolve({ browser })],
    onwarn: ({ message }) => assert.fail(`rollup: ${message}`),
  });
  await bundled.write({ dir: out, format: 'es' });
  await bundled.close();
  return PAGE;
}

async function webpack(folder, out, target) {
  const { default: compilerOf } = await import('webpack');
  const compiler = compilerOf({
    context: folder,
    entry: './program.js',
    mode: 'production',
    target,
    output: { path: out, filename: target === 'node' ? nodeProgram('webpack') : 'program.js' },
    // Without it, webpack warns of bundles above 244 kB.
    performance: { hints: false },
  });
  const stats = await new Promise((resolve, reject) => {
    compiler.run((error, result) => (error ? reject(error) : resolve(result)));
  });
  await new Promise((resolve) => compiler.close(resolve));
  const problems = stats.toString({ all: false, errors: true, warnings: true });
  assert.equal(problems, '', `webpack: ${problems}`);
  return PAGE;
}

/** @param ssr - the program for Node; undefined means the page. */
async function vite(folder, out, ssr) {
  const { build } = await import('vite');
  await build({
    root: folder,
    logLevel: 'warn',
    build: { outDir: out, emptyOutDir: true, ...(ssr !== undefined && { ssr }) },
    ssr: { noExternal: true },
  });
  return ssr === undefined ? readFileSync(join(out, 'index.html'), 'utf8') : undefined;
}

async function parcel(folder, out) {
  const { Parcel } = require('@parcel/core');
  await new Parcel({
    entries: join(folder, 'index.html'),
    defaultConfig: require.resolve('@parcel/config-default'),
    defaultTargetOptions: { shouldOptimize: true },
    mode: 'production',
    shouldDisableCache: true,
    targets: { default: { distDir: out } },
  }).run();
  return readFileSync(join(out, 'index.html'), 'utf8');
}
