/**
 * The architecture: imports go from upper to lower folders only, without cycles; only src/node imports modules of Node;
 * the sources use only arithmetic that gives equal bits; and src/index.ts loads without Node.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { tmpdir } from 'node:os';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Each folder of src, and the folders that it may import. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  core: [],
  wasm: [],
  kernels: ['core', 'wasm'],
  autograd: ['core', 'kernels'],
  ops: ['core', 'kernels', 'autograd'],
  nn: ['core', 'kernels', 'autograd', 'ops'],
  optim: ['core', 'kernels', 'autograd', 'ops'],
  data: ['core', 'kernels', 'autograd'],
  compression: [],
  image: ['core', 'compression'],
  io: ['core', 'compression', 'autograd', 'nn'],
  onnx: ['core', 'autograd', 'ops', 'nn', 'io'],
  metrics: ['core', 'kernels', 'autograd', 'ops', 'nn', 'data', 'image'],
  training: ['core', 'kernels', 'autograd', 'ops', 'nn', 'optim', 'data', 'io'],
  gan: ['core', 'kernels', 'autograd', 'ops', 'nn', 'optim', 'data', 'image', 'io', 'training'],
  autoencoder: ['core', 'kernels', 'autograd', 'ops', 'nn', 'optim', 'data', 'training'],
  classifier: ['core', 'kernels', 'autograd', 'ops', 'nn', 'optim', 'data', 'training'],
  node: [
    ...['core', 'wasm', 'kernels', 'autograd', 'ops', 'nn', 'optim', 'data', 'image', 'io', 'metrics', 'training'],
    ...['compression', 'gan'],
  ],
};

interface Import {
  readonly specifier: string;
  /** Whether the compiler erases it. */
  readonly typeOnly: boolean;
}

interface Source {
  /** Without comments. */
  readonly code: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** All sources by their path from src, with slashes. */
const SOURCES: ReadonlyMap<string, Source> = new Map(
  readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path): [string, Source] => {
      const text = readFileSync(join(ROOT, 'src', path), 'utf8');
      return [
        path.split(sep).join('/'),
        { code: withoutComments(text), lines: text.split('\n').length, imports: importsOf(text) },
      ];
    }),
);

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, '$1');
}

/** Static imports and re-exports, and dynamic imports. */
function importsOf(text: string): Import[] {
  const found: Import[] = [];
  const code = withoutComments(text);
  const statement =
    /^(?:import|export)\s+(type\s+)?(?:[\w$]+\s*,?\s*)?(?:\*(?:\s+as\s+[\w$]+)?|\{[^}]*\})?\s*from\s*['"]([^'"]+)['"]/gm;
  for (const [, type, specifier] of code.matchAll(statement)) {
    found.push({ specifier: specifier!, typeOnly: type !== undefined });
  }
  for (const [, specifier] of code.matchAll(/^import\s*['"]([^'"]+)['"]/gm)) {
    found.push({ specifier: specifier!, typeOnly: false });
  }
  for (const [, specifier] of code.matchAll(/\b(?:import|require)\(\s*['"`]([^'"`]+)['"`]/g)) {
    found.push({ specifier: specifier!, typeOnly: false });
  }
  return found;
}

/** The path from src that a relative import leads to. */
function target(from: string, { specifier }: Import): string {
  return posix.join(posix.dirname(from), specifier);
}

const isRelative = ({ specifier }: Import): boolean => specifier.startsWith('.');
const storeyOf = (path: string): string | undefined => (path.includes('/') ? path.split('/')[0] : undefined);

/** `path: what` for each source in which something is found. */
function offences(find: (path: string, source: Source) => Iterable<string>): string[] {
  return [...SOURCES].flatMap(([path, source]) => Array.from(find(path, source), (what) => `${path}: ${what}`));
}

it('importsOf finds every form of import', () => {
  const text = `
import { a } from './a.ts';
import type { B } from './b.ts';
import { type C, c } from './c.ts';
import * as d from './d.ts';
import e, { f } from './e.ts';
import './f.ts';
export * from './g.ts';
export * as h from './h.ts';
export type { I } from './i.ts';
export {
  j,
} from "./j.ts";
// import { no } from './comment.ts';
/** import { no } from './comment.ts'; */
const k = await import('node:fs');
const l = require('node:path');
`;
  const names = importsOf(text).map(({ specifier, typeOnly }) => `${specifier}${typeOnly ? ' (type)' : ''}`);
  expect(names.sort()).toEqual([
    ...['./a.ts', './b.ts (type)', './c.ts', './d.ts', './e.ts', './f.ts', './g.ts', './h.ts', './i.ts (type)'],
    ...['./j.ts', 'node:fs', 'node:path'],
  ]);
  expect(SOURCES.size).toBeGreaterThan(80);
});

describe('imports', () => {
  it('every folder of src is listed above', () => {
    const storeys = new Set([...SOURCES.keys()].map((path) => storeyOf(path) ?? path));
    expect([...storeys].sort()).toEqual([...Object.keys(BELOW), 'index.ts'].sort());
  });

  it('name existing files with their extension', () => {
    expect(
      offences((path, { imports }) =>
        imports
          .filter(isRelative)
          .map((one) => target(path, one))
          .filter((to) => !SOURCES.has(to)),
      ),
    ).toEqual([]);
  });

  it('go to lower folders only, also for types', () => {
    const upstairs = offences((path, { imports }) => {
      const own = storeyOf(path);
      if (own === undefined) return [];
      return imports
        .filter(isRelative)
        .map((one) => target(path, one))
        .filter((to) => storeyOf(to) !== own && !BELOW[own]!.includes(storeyOf(to) ?? to));
    });
    expect(upstairs).toEqual([]);
  });

  it('the list of folders has an order: each imports only from folders before it', () => {
    const order = Object.keys(BELOW);
    for (const [storey, below] of Object.entries(BELOW)) {
      for (const one of below) expect(order.indexOf(one), `${one} below ${storey}`).toBeLessThan(order.indexOf(storey));
    }
  });

  it('have no cycles of files, except type imports, which the compiler erases', () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const walk = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) circles.push([...trail.slice(trail.indexOf(path)), path].join(' -> '));
      if (done.has(path) || trail.includes(path)) return;
      for (const one of SOURCES.get(path)?.imports ?? []) {
        if (isRelative(one) && !one.typeOnly) walk(target(path, one), [...trail, path]);
      }
      done.add(path);
    };
    for (const path of SOURCES.keys()) walk(path, []);
    expect(circles).toEqual([]);
  });

  it('name no packages; only src/node imports modules of Node, with the prefix node:', () => {
    const foreign = offences((path, { imports }) =>
      imports
        .filter((one) => !isRelative(one))
        .map(({ specifier }) => specifier)
        .filter((specifier) => storeyOf(path) !== 'node' || !specifier.startsWith('node:'))
        // The source text of a worker, which runs in Node only (see the last test).
        .filter((specifier) => !(path === 'kernels/threads/worker.ts' && specifier === 'node:worker_threads')),
    );
    expect(foreign).toEqual([]);
  });

  it('from src/index.ts do not reach src/node', () => {
    const reached = new Set<string>();
    const walk = (path: string): void => {
      if (reached.has(path)) return;
      reached.add(path);
      for (const one of SOURCES.get(path)!.imports) if (isRelative(one)) walk(target(path, one));
    };
    walk('index.ts');
    expect([...reached].filter((path) => storeyOf(path) === 'node')).toEqual([]);
    expect(reached.size).toBeGreaterThan(60);
  });
});

describe('the programs', () => {
  /** Each folder of programs, and the folders it may import. */
  const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
    bench: ['src'],
    // It measures what the examples train.
    'bench/quality': ['src', 'bench', 'examples'],
    examples: ['src', 'bench/support'],
  };
  const inOther = (folder: string, path: string): boolean =>
    Object.keys(MAY_IMPORT).some(
      (other) => other.startsWith(`${folder}/`) && `${folder}/${path}`.startsWith(`${other}/`),
    );

  it.each(Object.entries(MAY_IMPORT))('%s import only themselves and %j', (folder, allowed) => {
    const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => path.split(sep).join('/'))
      .filter((path) => path.endsWith('.ts') && !path.includes('node_modules/') && !inOther(folder, path));
    const others = files.flatMap((path) =>
      importsOf(readFileSync(join(ROOT, folder, path), 'utf8'))
        .filter(isRelative)
        .map((one) => target(`${folder}/${path}`, one))
        .filter((to) => ![folder, ...allowed].some((one) => to.startsWith(`${one}/`)))
        .map((to) => `${path}: ${to}`),
    );
    expect(files.length).toBeGreaterThan(0);
    expect(others).toEqual([]);
  });
});

describe('the sources', () => {
  it('have at most 400 lines each', () => {
    expect(offences((_, { lines }) => (lines > 400 ? [`${lines} lines`] : []))).toEqual([]);
  });

  it('start with a comment, unless they only re-export', () => {
    const bare = [...SOURCES.keys()].filter((path) => {
      const text = readFileSync(join(ROOT, 'src', path), 'utf8');
      return !text.startsWith('/**') && !onlyReExports(withoutComments(text));
    });
    expect(bare).toEqual([]);
  });

  it('do not bypass the type checker', () => {
    const escapes = /\bas\s+unknown\s+as\b|\bas\s+any\b|[:<|&]\s*any\b(?=\s*[,;)>=|&\]{])|\bany\[\]/g;
    const found = offences((path, { code }) => {
      const text = readFileSync(join(ROOT, 'src', path), 'utf8');
      const found = [...code.matchAll(escapes), ...text.matchAll(/@ts-(?:ignore|expect-error|nocheck)/g)];
      return found.map(([match]) => match);
    });
    expect(found).toEqual([]);
  });

  it('use only exact functions of Math: the results of others differ between engines', () => {
    // Constants, in capitals, are the same everywhere.
    const exact = ['abs', 'ceil', 'clz32', 'floor', 'fround', 'imul', 'max', 'min', 'round', 'sign', 'sqrt', 'trunc'];
    const found = offences((_, { code }) => [
      ...Array.from(code.matchAll(/\bMath\s*\.\s*(\w*[a-z]\w*)/g), ([, name]) => name!).filter(
        (name) => !exact.includes(name),
      ),
      ...Array.from(code.matchAll(/(?:=\s*Math\s*[;,\n]|\bMath\[)/g), ([match]) => match),
      // A power of 2 with a whole exponent is exact.
      ...Array.from(code.matchAll(/(\S+)\s*\*\*/g), ([, base]) => `${base} **`).filter(
        (text) => !/^-?[([]*2 \*\*$/.test(text),
      ),
    ]);
    expect(found).toEqual([]);
  });

  it.each(['index.ts', 'node/index.ts', 'nn/layers/index.ts', 'wasm/index.ts'])('%s only re-exports', (path) => {
    expect(onlyReExports(SOURCES.get(path)!.code)).toBe(true);
  });
});

function onlyReExports(code: string): boolean {
  return code.replace(/^export\s+(?:type\s+)?(?:\*(?:\s+as\s+\w+)?|\{[^}]*\})\s+from\s+'[^']+';/gm, '').trim() === '';
}

/** Refuses every module outside the folder. */
const HOOK = `
export async function resolve(specifier, context, nextResolve) {
  if (context.parentURL?.startsWith(FOLDER) && !specifier.startsWith('./') && !specifier.startsWith('../')) {
    throw new Error('ganvas imported ' + specifier);
  }
  return nextResolve(specifier, context);
}`;

/** Deletes the globals that browsers do not have, then trains. */
const BROWSER = `
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(HOOK.replace('FOLDER', JSON.stringify(FOLDER))));
process.getBuiltinModule = (name) => { throw new Error('ganvas asked for ' + name); };
const { log } = console;
const { exit } = process;
const failed = (error) => { log(String(error?.stack ?? error)); exit(1); };
for (const name of ['process', 'Buffer', 'setImmediate', 'clearImmediate', 'global']) delete globalThis[name];
try {
  const g = await import(FOLDER + 'index.js');
  const generator = g.sequential([
    g.layers.dense({ units: 4, inputShape: [2], activation: 'tanh' }), g.layers.reshape({ targetShape: [2, 2, 1] }),
  ]);
  const discriminator = g.sequential([g.layers.flatten({ inputShape: [2, 2, 1] }), g.layers.dense({ units: 1 })]);
  const images = g.dataset(new Uint8Array(32), [8, 2, 2, 1]);
  const { completed } = await g.trainGan({ images, generator, discriminator, latentDim: 2, batchSize: 4, epochs: 2 });
  log(JSON.stringify({ completed }));
} catch (error) { failed(error); }
exit(0);
`;

describe('src/index.ts', () => {
  it('loads and trains without the modules and globals of Node', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ganvas-front-door-'));
    try {
      const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin', 'tsc');
      const out = join(folder, 'dist');
      execFileSync(process.execPath, [
        tsc,
        '--project',
        join(ROOT, '.ci/tsconfig.build.json'),
        '--outDir',
        out,
        '--noCheck',
      ]);
      expect(existsSync(join(out, 'index.js'))).toBe(true);
      writeFileSync(join(out, 'package.json'), '{ "type": "module" }');
      const url = JSON.stringify(`${pathToFileURL(out)}/`);
      const constants = `const FOLDER = ${url};\nconst HOOK = ${JSON.stringify(HOOK)};`;
      const script = join(folder, 'browser.mjs');
      writeFileSync(script, constants + BROWSER);
      const open = () => spawnSync(process.execPath, [script], { encoding: 'utf8', env: { NODE_NO_WARNINGS: '1' } });
      const { stdout, stderr } = open();
      expect({ stdout, stderr }).toEqual({ stdout: '{"completed":true}\n', stderr: '' });

      // The entry for Node must be refused.
      writeFileSync(script, (constants + BROWSER).replace("FOLDER + 'index.js'", "FOLDER + 'node/index.js'"));
      expect(open().stdout).toContain('Error: ganvas imported node:');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
