/**
 * Every example of the docstrings, the README and the guides: the compiler accepts it, it runs, and the values that its
 * comments state are right. It runs in an empty folder with a few pictures. loadMnist() gives 256 digits of
 * examples/data instead of downloading, and trainings have one thread and at most one epoch. Examples that begin with
 * '// In a page', '// In a worker' or '// Needs ...' are compiled only.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import * as fileSystem from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import * as ganvas from '../../src/index.ts';
import * as ganvasNode from '../../src/node/index.ts';
import { tagsNamed } from './docstring.ts';
import { type Example, fileOf, isRun, toModule, toProgram } from './example.ts';
import { exportsOf, ROOT } from './exports.ts';
import { snippetsOf } from './markdown.ts';
import { difference, parseStated } from './stated-value.ts';

const EXPORTS = { ganvas: exportsOf('src/index.ts'), 'ganvas/node': exportsOf('src/node/index.ts') };
const ENTRIES = {
  // Members of a namespace are reached through it.
  ganvas: new Set([...EXPORTS.ganvas.map(({ name }) => name.split('.')[0]!), 'layers', 'schedules']),
  'ganvas/node': new Set(EXPORTS['ganvas/node'].map(({ name }) => name)),
};

const docstrings = Object.values(EXPORTS)
  .flat()
  .flatMap(({ name, file, doc }) =>
    tagsNamed(doc, 'example').map(({ text, line }) => ({ title: `${file}:${line} ${name}`, code: text })),
  );
const pages = ['README.md', ...readdirSync(join(ROOT, 'examples/guides')).map((name) => `examples/guides/${name}`)];
const snippets = pages.flatMap((page) =>
  snippetsOf(readFileSync(join(ROOT, page), 'utf8'))
    .filter(({ language }) => language === 'ts')
    .map(({ code, line }) => ({ title: `${page}:${line}`, code })),
);
const EXAMPLES: readonly Example[] = [...docstrings, ...snippets];

const start = process.cwd();
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'ganvas-examples-')));

beforeAll(async () => {
  process.chdir(folder);
  const random = ganvas.createRandom(1);
  for (const name of ['daisy', 'tulip']) {
    mkdirSync(join('flowers', name), { recursive: true });
    for (let i = 0; i < 32; i++) {
      await ganvasNode.saveImage(join('flowers', name, `${i}.png`), random.uniform([40, 36, 3], -1, 1));
    }
  }
});
afterEach(() => ganvas.configure({ threads: 1, kernels: 'auto' }));
afterAll(() => {
  process.chdir(start);
  rmSync(folder, { recursive: true });
});

it('there are examples in docstrings and pages', () => {
  expect(docstrings.length).toBeGreaterThan(150);
  expect(snippets.length).toBeGreaterThanOrEqual(10);
});

it('the compiler accepts all of them', () => {
  const sources = join(folder, 'sources');
  mkdirSync(sources);
  const titles = new Map(EXAMPLES.map((example, i) => [fileOf(example) ?? `e${i}.ts`, example]));
  for (const [file, example] of titles) writeFileSync(join(sources, file), toModule(example, ENTRIES));
  expect(titles.size, 'files of examples with different names').toBe(EXAMPLES.length);
  const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
  const [entry, node] = ['src/index.ts', 'src/node/index.ts'].map((path) => [join(ROOT, path)]);
  const options = {
    ...{ ...compilerOptions, noUnusedLocals: false, verbatimModuleSyntax: false, isolatedDeclarations: false },
    ...{ paths: { ganvas: entry, 'ganvas/node': node }, typeRoots: [join(ROOT, 'node_modules/@types')] },
  };
  writeFileSync(join(sources, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, include: ['*.ts'] }));
  writeFileSync(join(sources, 'package.json'), '{ "type": "module" }');
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const errors = errorsOf(compiler, sources).map((line) =>
    line.replace(/^(?:\S*\/)?(\w+\.ts)/, (_, file) => `${titles.get(file)?.title} line `),
  );
  if (errors.length > 0) throw new Error(errors.join('\n'));
});

/** What the compiler says, line by line. */
function errorsOf(compiler: string, sources: string): string[] {
  try {
    execFileSync(process.execPath, [compiler, '--project', sources, '--pretty', 'false'], { encoding: 'utf8' });
    return [];
  } catch (error) {
    const { stdout = '', message } = error as { stdout?: string; message: string };
    return (stdout || message).trim().split('\n');
  }
}

type Program = (modules: object, check: (value: unknown, comment: string) => unknown, console: object) => Promise<void>;

describe('runs, with the values that it states', () => {
  const run = EXAMPLES.filter(isRun);
  it.each(run.map((example) => [example.title, example] as const))('%s', async (_, example) => {
    const differences: string[] = [];
    const checked = new Set<string>();
    const check = (value: unknown, comment: string): unknown => {
      checked.add(comment);
      const { of, value: expected } = parseStated(comment);
      const found = difference(of === 'shape' ? [...(value as ganvas.Tensor).shape] : plain(value), expected);
      if (found !== '') differences.push(`// ${comment}: ${found}`);
      return value;
    };
    const { code, stated } = toProgram(example, ENTRIES);
    const program = new Function('$modules', '$check', 'console', code);
    await (program as Program)(MODULES, check, { log: () => {}, error: () => {} });
    if (differences.length > 0) throw new Error(differences.join('\n'));
    expect([...checked], 'the values that it came to').toEqual(stated);
  });
});

/** Tensors and typed arrays as lists. */
function plain(value: unknown): unknown {
  if (value instanceof ganvas.Tensor) return value.toArray();
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as Uint8Array);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

const MODULES = {
  ganvas: {
    ...ganvas,
    trainGan: shortened(ganvas.trainGan),
    trainClassifier: shortened(ganvas.trainClassifier),
    trainAutoencoder: shortened(ganvas.trainAutoencoder),
  },
  'ganvas/node': { ...ganvasNode, loadMnist, createDashboard },
  'node:fs/promises': fileSystem,
};

function shortened<Options extends { readonly epochs?: number | undefined }, Result>(
  train: (options: Options) => Promise<Result>,
): (options: Options) => Promise<Result> {
  return (options) => train({ threads: 1, ...options, epochs: Math.min(options.epochs ?? 1, 1) });
}

/** One that prints nothing between the results of the tests. */
function createDashboard(options: ganvasNode.DashboardOptions): ganvasNode.Dashboard {
  return ganvasNode.createDashboard({ ...options, stream: { write: () => true } });
}

async function loadMnist({ limit = 256 }: ganvasNode.MnistOptions = {}): Promise<ganvasNode.Mnist> {
  const data = (name: string): Promise<ganvas.IdxArray> => ganvasNode.readIdxFile(join(ROOT, 'examples/data', name));
  const [{ data: pixels }, { data: labels }] = [await data('images-idx3-ubyte.gz'), await data('labels-idx1-ubyte.gz')];
  const count = Math.min(limit, 256);
  return {
    images: ganvas.dataset(Uint8Array.from(pixels.subarray(0, 784 * count)), [count, 28, 28, 1]),
    labels: Uint8Array.from(labels.subarray(0, count)),
  };
}
