/**
 * Runs TensorFlow.js's own tests of its operations against ganvas: `npm run test:tfjs-core`. The tests come with the
 * package @tensorflow/tfjs-core, of which nothing but the tests and their helpers is used.
 *
 * It counts the tests that pass, those that need something that ganvas does not have, and those that fail. Failures
 * that differ by design are listed in `BY_DESIGN` with the reason; the exit code is 1 if there are others.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { BY_DESIGN } from './by-design.ts';
import type { Outcome } from './harness.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const source = join(here, 'node_modules/@tensorflow/tfjs-core/dist');

/** Tests of something else than operations, and of what the adapter computes by itself. */
const OTHERS =
  /(_util|operation|rand|random\w*|pixels|draw|range|clone|ensure_shape|(ones|zeros)_like|rotate_with_offset)_test\.js$/;
const FOLDERS = ['ops', 'ops/losses', 'ops/image'];

const files = FOLDERS.flatMap((folder) =>
  readdirSync(join(source, folder))
    .filter((name) => name.endsWith('_test.js') && !OTHERS.test(name))
    .map((name) => join(source, folder, name)),
);

/** Gives the tests the adapter in the place of TensorFlow.js, and the harness in the place of its test framework. */
const replacements: Plugin = {
  name: 'replacements',
  setup(builder) {
    builder.onResolve({ filter: /\/jasmine_util$/ }, () => ({ path: join(here, 'harness.ts') }));
    builder.onLoad({ filter: /_test\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const globals = 'afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jasmine, startFile';
      return {
        contents:
          `import { ${globals} } from ${JSON.stringify(join(here, 'harness.ts'))};\n` +
          `startFile(${JSON.stringify(relative(source, path))});\n` +
          `import { tf } from ${JSON.stringify(join(here, 'adapter.ts'))};\n` +
          text
            .replace(/import \* as tf from '[./]*index';/, '')
            .replace(/import (\{[^}]*\}) from '[./]*\/(?!\w*(util|_test)')\w+';/g, 'const $1 = tf;'),
      };
    });
    // The tolerance of the tests' comparisons depends on the backend in use: that of 32-bit floats.
    builder.onLoad({ filter: /dist\/test_util\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      const engine = 'const ENGINE = { backend: { floatPrecision: () => 32 } };';
      const harness = `import { expect } from ${JSON.stringify(join(here, 'harness.ts'))};`;
      return { contents: `${harness}\n${text.replace(/import \{ ENGINE \} from '\.\/engine';/, engine)}` };
    });
  },
};

const folder = mkdtempSync(join(tmpdir(), 'ganvas-tfjs-core-'));
try {
  const outfile = join(folder, 'tests.mjs');
  await build({
    stdin: {
      contents: [
        ...files.map((path) => `import ${JSON.stringify(path)};`),
        `export { runTests } from ${JSON.stringify(join(here, 'harness.ts'))};`,
      ].join('\n'),
      resolveDir: here,
    },
    bundle: true,
    // The package says that its modules have no side effects; its tests have.
    ignoreAnnotations: true,
    format: 'esm',
    platform: 'node',
    outfile,
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    plugins: [replacements],
    // TensorFlow.js asks for packages of its own in branches that no test takes.
    external: ['jasmine-core', 'node-fetch', 'string_decoder'],
    logLevel: 'error',
  });
  const bundle: { runTests(): Promise<Outcome[]> } = await import(pathToFileURL(outfile).href);
  process.exitCode = report(await bundle.runTests());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function report(outcomes: readonly Outcome[]): number {
  const count = (result: Outcome['result']): number => outcomes.filter((one) => one.result === result).length;
  const failed = outcomes.filter(({ result }) => result === 'failed');
  const unexpected = failed.filter(({ title }) => !BY_DESIGN.some(({ tests }) => tests.test(title)));
  for (const { file, title, reason } of unexpected) {
    console.log(`${basename(file)}: ${title}\n    ${reason.split('\n')[0]}`);
  }
  for (const { tests, why } of BY_DESIGN) {
    const count = failed.filter(({ title }) => tests.test(title)).length;
    console.log(`${count} differ by design: ${why}`);
    if (count === 0) throw new Error(`by-design.ts: no test fails that matches ${tests}`);
  }
  console.log(
    `${outcomes.length} tests: ${count('passed')} pass, ${count('not applicable')} need what ganvas does not have, ` +
      `${failed.length - unexpected.length} differ by design, ${unexpected.length} fail`,
  );
  return unexpected.length > 0 || count('passed') === 0 ? 1 : 0;
}
