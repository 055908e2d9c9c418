/**
 * Compares the bits of all engines: packs ganvas, installs the package into an empty folder, trains 200 steps in each
 * engine with each kernel set and thread count, and compares the hash of the whole state: weights, moving statistics,
 * moments of Adam, losses, samples.
 *
 *   npm run test:engines             every engine: Node 20 to 26, Deno, Bun, Chromium, Firefox
 *   npm run test:engines -- ci       this Node and Chromium
 *   npm run test:engines -- views    every engine keeps 10,000 views of predictions, which must hold their values
 *
 * Each browser also opens pages with a content security policy (policies.mjs).
 *
 * Engines that cannot run are listed as not run, with the reason, and do not count as passed. The exit code is 1 if a
 * hash or a view differs, if a run fails, or if one of the two does not run in `ci` mode.
 */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInBrowser } from './browser.mjs';
import { difference, POLICIES } from './policies.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const ciOnly = process.argv.includes('ci');
const views = process.argv.includes('views');
const program = views ? { program: 'views', count: 10_000 } : { program: 'training' };
const TIMEOUT = 600_000;

const simd = [1, 2, 3, 4].map((threads) => ({ kernels: 'simd', threads, wide: false }));
const portable = { kernels: 'portable', threads: 1, wide: false };
const wide = [1, 2, 3].map((threads) => ({ kernels: 'simd', threads, wide: true }));

const folder = installPackage();
let failures = 0;
let reference;
const rows = [];
try {
  for (const engine of engines()) {
    for (const configuration of engine.configurations) await runOne(engine, configuration);
    if (engine.runPolicy !== undefined && !views) for (const policy of POLICIES) await runPolicy(engine, policy);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
report();

function engines() {
  const command = (name, path, args = []) => ({
    name,
    path,
    configurations: views ? simd.slice(0, 2) : [...simd, portable, ...wide],
    run: (configuration) => runProgram(path, [...args, join(folder, 'command.mjs'), JSON.stringify(configuration)]),
  });
  const browser = (name, path, kind) => ({
    name,
    path,
    configurations: views ? simd.slice(0, 2) : [...simd.slice(0, 3), portable],
    run: (configuration) => runInBrowser({ kind, path, folder, configuration, timeout: TIMEOUT }),
    runPolicy: (policy) =>
      runInBrowser({ kind, path, folder, configuration: { program: 'runtime' }, policy, timeout: TIMEOUT }),
  });
  const own = command(`node ${process.versions.node} (this one)`, process.execPath);
  const chromium = browser('chromium', '/usr/bin/chromium', 'chromium');
  if (ciOnly) {
    return [
      { ...own, configurations: [simd[0], simd[1], simd[2], portable] },
      { ...chromium, configurations: [simd[0], simd[1]] },
    ];
  }
  const modules = join(here, 'node_modules');
  return [
    ...['20', '22', '24', '26'].map((version) => command(`node ${version}`, join(modules, `node${version}/bin/node`))),
    command('deno', join(modules, '@deno/linux-x64-glibc/deno'), ['run', '--allow-all', '--quiet']),
    command('bun', join(modules, '@oven/bun-linux-x64/bin/bun')),
    chromium,
    browser('firefox', '/usr/bin/firefox-esr', 'firefox'),
  ];
}

async function runOne(engine, configuration) {
  const label = `${configuration.wide ? 'wide' : configuration.kernels}, threads ${configuration.threads}`;
  const add = (outcome, detail) => {
    rows.push([engine.name, label, outcome, detail]);
    console.log(`${engine.name}, ${label}: ${outcome} ${detail}`);
  };
  if (!existsSync(engine.path)) {
    if (ciOnly) failures++;
    add('NOT RUN', `there is no ${engine.path.replace(root, '.')}`);
    return;
  }
  try {
    const result = await engine.run({ ...program, ...configuration });
    if (result.unavailable !== undefined) {
      add('NOT RUN', result.unavailable);
      return;
    }
    const wanted = configuration.wide ? 'wide' : configuration.kernels;
    if (result.kernels !== wanted || result.threads !== configuration.threads) {
      add('NOT RUN', `it ran ${result.kernels} with ${result.threads} threads instead`);
      if (ciOnly) failures++;
      return;
    }
    reference ??= views ? 'no foreign values' : `the hash ${result.hash}`;
    const equal = views
      ? result.foreign === 0 && result.kept === program.count
      : `the hash ${result.hash}` === reference;
    if (!equal) failures++;
    const found = views
      ? `${result.foreign} of ${result.kept} views ${JSON.stringify(result.kinds)}`
      : result.hash.slice(0, 16);
    add(equal ? 'equal' : 'DIFFERENT', `${found}, ${result.seconds.toFixed(1)} s`);
  } catch (error) {
    failures++;
    add('FAILED', error instanceof Error ? error.message : String(error));
  }
}

/** What the package says of itself in a page with a content security policy. */
async function runPolicy(engine, { name, policy, expected }) {
  if (!existsSync(engine.path)) return;
  let outcome;
  try {
    outcome = difference(await engine.runPolicy(policy), expected);
  } catch (error) {
    outcome = error instanceof Error ? error.message : String(error);
  }
  if (outcome !== '') failures++;
  console.log(`${engine.name}, policy "${name}": ${outcome === '' ? 'as expected' : `FAILED ${outcome}`}`);
}

function report() {
  const count = (outcome) => rows.filter((row) => row[2] === outcome).length;
  const compared = count('equal') + count('DIFFERENT');
  console.log(
    `\n${count('equal')} of ${compared} runs have ${reference ?? 'no result'};` +
      ` ${count('NOT RUN')} not run, ${count('FAILED')} failed`,
  );
  process.exitCode = failures === 0 && compared > 1 ? 0 : 1;
}

function installPackage() {
  const target = mkdtempSync(join(tmpdir(), 'ganvas-engines-'));
  const npm = (args, cwd) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  npm(['run', '--silent', 'build'], root);
  const [{ filename }] = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', target], root));
  writeFileSync(join(target, 'package.json'), JSON.stringify({ name: 'engines', private: true, type: 'module' }));
  npm(['install', '--no-audit', '--no-fund', '--ignore-scripts', join(target, filename)], target);
  for (const file of ['training.mjs', 'views.mjs', 'policies.mjs', 'programs.mjs', 'command.mjs'])
    copyFileSync(join(here, file), join(target, file));
  return target;
}

/** Runs a program to its end; the last line of its output is the result. */
function runProgram(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: folder, timeout: TIMEOUT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (errors += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code !== 0) reject(new Error(`exit code ${code}: ${errors.trim().split('\n').slice(-3).join(' | ')}`));
      else resolve(JSON.parse(output.trim().split('\n').at(-1)));
    });
  });
}
