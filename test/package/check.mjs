/**
 * Checks the package as a user gets it: packs it twice and compares the bytes, checks the list of files and what
 * publint and attw say, installs it into an empty folder, trains three steps, measures the core, compiles users'
 * programs (types.mjs) and bundles one (bundlers.mjs). Run `npm run build` first, then `npm run test:package`, which
 * installs the compilers and bundlers of this folder.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { checkBundlers } from './bundlers.mjs';
import { checkTypes } from './types.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'ganvas-package-'));
const run = (command, args, cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });

try {
  const tarball = packTwice();
  checkFiles(tarball);
  install(tarball);
  trainThreeSteps();
  await bundleCore();
  checkManifest(tarball);
  await checkTypes(folder, root);
  await checkBundlers(folder, run);
  console.log('package: all checks passed');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function packTwice() {
  if (!existsSync(join(root, 'dist/index.js'))) run('npm', ['run', 'build'], root);
  const [first, second] = ['one', 'two'].map((name) => {
    const target = mkdtempSync(join(folder, `${name}-`));
    const [{ filename }] = JSON.parse(
      run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', target], root),
    );
    return join(target, filename);
  });
  const hash = (path) => createHash('sha256').update(readFileSync(path)).digest('hex');
  assert.equal(hash(first), hash(second), 'packing twice gives different bytes');
  return first;
}

/**
 * Allows package.json, README.md, LICENSE, the guides and pictures that these link to, and in dist only modules and
 * their types.
 */
function checkFiles(tarball) {
  const files = run('tar', ['-tzf', tarball]).trim().split('\n');
  const allowed = [
    /^package\/(package\.json|README\.md|LICENSE|dist\/[\w/.-]+\.(js|d\.ts))$/,
    /^package\/(examples\/guides\/[\w-]+\.md|examples\/[\w/-]+\.png|bench\/quality\/curve\.svg)$/,
  ];
  const unexpected = files.filter((file) => !allowed.some((pattern) => pattern.test(file)));
  assert.deepEqual(unexpected, [], 'files that do not belong in the package');
  for (const needed of [
    'package.json',
    'README.md',
    'LICENSE',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/node/index.js',
    'dist/bundle/index.js',
    'dist/bundle/node/index.js',
  ]) {
    assert.ok(files.includes(`package/${needed}`), `${needed} is missing`);
  }
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  assert.equal(manifest.dependencies, undefined, 'there must be no dependencies');
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'prepack', 'prepublish'];
  assert.deepEqual(
    hooks.filter((hook) => hook in manifest.scripts),
    [],
    'there must be no install scripts',
  );
}

function install(tarball) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true, type: 'module' }));
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', tarball]);
  const installed = run('npm', ['ls', '--all', '--parseable']).trim().split('\n').slice(1);
  assert.equal(installed.length, 1, `ganvas must install no other package; installed: ${installed.join(', ')}`);
}

function trainThreeSteps() {
  writeFileSync(
    join(folder, 'train.js'),
    `import { dataset, encodePng, imageGrid, trainGan } from 'ganvas';
import { saveImage } from 'ganvas/node';
const bytes = Uint8Array.from({ length: 96 * 784 }, (_, i) => (i * 31) % 256);
const losses = [];
let samples;
await trainGan({
  images: dataset(bytes, [96, 28, 28, 1]), epochs: 1, batchSize: 32,
  onStep: ({ generatorLoss }) => losses.push(generatorLoss),
  onEpoch: (event) => { samples = event.samples; },
});
const { pixels, width, height } = imageGrid(samples);
await saveImage('grid.png', samples);
console.log(JSON.stringify({ losses, png: encodePng(pixels, width, height).length }));
`,
  );
  const { losses, png } = JSON.parse(run('node', ['train.js']));
  assert.equal(losses.length, 3);
  assert.ok(
    losses.every((loss) => loss > 0 && loss < 10),
    `losses are ${losses}`,
  );
  assert.ok(png > 100 && existsSync(join(folder, 'grid.png')));
}

/** Programs with require() have to import the package: it has modules only, which is the rule that is left out. */
function checkManifest(tarball) {
  const tools = { publint: ['--strict'], attw: ['--ignore-rules', 'cjs-resolves-to-esm', '--no-color'] };
  for (const [name, args] of Object.entries(tools)) {
    try {
      run(join(here, 'node_modules/.bin', name), [tarball, ...args]);
    } catch ({ stdout, message }) {
      throw new Error(`${name}: ${stdout || message}`);
    }
  }
  console.log('package: publint and attw find no problem');
}

/** Measures what a web page loads that uses only the tensor core. */
async function bundleCore() {
  const names = [
    'tensor, variable, gradients, scope, configure, createRandom',
    'add, sub, mul, div, matmul, sum, mean, reshape, transpose, tanh, sigmoid, relu, leakyRelu',
  ];
  writeFileSync(join(folder, 'core.js'), `export { ${names.join(', ')} } from 'ganvas';\n`);
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['core.js'],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  });
  const minified = outputFiles[0].contents;
  const kilobytes = gzipSync(minified, { level: 9 }).length / 1000;
  console.log(
    `package: the core is ${(minified.length / 1000).toFixed(1)} KB minified, ${kilobytes.toFixed(1)} KB gzipped`,
  );
  assert.ok(kilobytes <= 28, `the core must be at most 28 KB gzipped, and is ${kilobytes.toFixed(1)} KB`);
}
