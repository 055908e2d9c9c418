/**
 * Compiles users' programs with TypeScript 5.4, 5.9 and 7, without libraries but ECMAScript's, with the DOM's and with
 * Node's types, in each way to find modules, and never skipping the check of libraries. A second program has only
 * inferred types, and the compiler must be able to write its declarations.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inferredTypes } from './inferred.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const VERSIONS = ['5.4', '5.9', '7'];
const RESOLUTIONS = {
  bundler: { module: 'ESNext', moduleResolution: 'bundler' },
  node16: { module: 'Node16', moduleResolution: 'node16' },
  nodenext: { module: 'NodeNext', moduleResolution: 'nodenext' },
  // The default of older programs; TypeScript 7 does not have it any more.
  node10: { module: 'ESNext', moduleResolution: 'node10' },
};

const PROGRAM = `import { adam, gradients, layers, mean, type Model, sequential, square, tensor, type Tensor } from 'ganvas';
import * as all from 'ganvas';
import { loadMnist, type Mnist } from 'ganvas/node';
import * as allOfNode from 'ganvas/node';
const model: Model = sequential([layers.dense({ units: 1, inputShape: [2] })]);
const loss: Tensor = mean(square(model.call(tensor([[1, 2]]))));
adam({ learningRate: 0.1 }).apply(model.trainableWeights, gradients(loss, model.trainableWeights));
export const load: (directory: string) => Promise<Mnist> = (directory) => loadMnist({ directory });
export const everything: unknown = [all, allOfNode];
// @ts-expect-error: a misspelt option must not compile
layers.dense({ unit: 1 });
// @ts-expect-error: internal members are not seen
loss.storage;
// @ts-expect-error: tensors are made by functions
new all.Tensor([1]);
// @ts-expect-error: an object that looks like a tensor is none
export const fake: Tensor = { ...loss, rank: 0, data: new Float32Array(1), item: () => 0, toArray: () => 0, dispose() {} };
`;

/** A program that stops a training and makes a file to download, where the libraries know AbortSignal and Blob. */
const PLATFORM = `import { encodePng, type TrainGanOptions, type TrainClassifierOptions } from 'ganvas';
export const options: Pick<TrainGanOptions, 'signal'> = { signal: new AbortController().signal };
export const other: TrainClassifierOptions['signal'] = AbortSignal.timeout(1000);
// @ts-expect-error: any other object is no signal
export const wrong: Pick<TrainGanOptions, 'signal'> = { signal: {} };
export const file = new Blob([encodePng(new Uint8Array(4), 2, 2)], { type: 'image/png' });
`;

/** @param root - the repository, which has Node's types. */
export async function checkTypes(folder, root) {
  const types = join(folder, 'types');
  mkdirSync(types);
  writeFileSync(join(types, 'use.ts'), PROGRAM);
  writeFileSync(join(types, 'platform.ts'), PLATFORM);
  const { text, count } = inferredTypes(folder, ['ganvas', 'ganvas/node']);
  writeFileSync(join(types, 'inferred.ts'), text);

  const libraries = {
    'no library': { lib: ['ES2022'], types: [] },
    DOM: { lib: ['ES2022', 'DOM'], types: [] },
    Node: { lib: ['ES2022'], types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
  };
  const compilations = VERSIONS.flatMap((version) => [
    ...Object.entries(libraries).flatMap(([library, options]) =>
      Object.entries(RESOLUTIONS)
        .filter(([resolution]) => resolution !== 'node10' || version !== '7')
        .map(([resolution, found]) => ({
          label: `TypeScript ${version}, ${library}, ${resolution}`,
          version,
          options: { ...options, ...found, noEmit: true },
          files: library === 'no library' ? ['use.ts'] : ['use.ts', 'platform.ts'],
        })),
    ),
    {
      label: `TypeScript ${version}, declarations of inferred types`,
      version,
      options: { ...libraries.DOM, ...RESOLUTIONS.nodenext, declaration: true, outDir: `out-${version}` },
      files: ['inferred.ts'],
    },
  ]);
  const failures = await inParallel(compilations, (one, i) => compile(types, one, i));
  const problems = failures.filter((failure) => failure !== undefined);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(`package: ${compilations.length} compilations are clean; ${count} inferred types have names`);
}

/** What is wrong; undefined if the program compiles. */
async function compile(folder, { label, version, options, files }, i) {
  const config = join(folder, `tsconfig-${i}.json`);
  const compilerOptions = { strict: true, exactOptionalPropertyTypes: true, target: 'ES2022', skipLibCheck: false };
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...compilerOptions, ...options }, files }));
  const compiler = join(HERE, `node_modules/typescript-${version}/bin/tsc`);
  try {
    await promisify(execFile)(process.execPath, [compiler, '--project', config], { cwd: folder });
    return undefined;
  } catch ({ stdout, message }) {
    return `${label}:\n${String(stdout || message)
      .split('\n')
      .slice(0, 12)
      .join('\n')}`;
  }
}

/** Runs as many at a time as there are cores. */
async function inParallel(items, task) {
  const results = [];
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await task(items[i], i);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}
