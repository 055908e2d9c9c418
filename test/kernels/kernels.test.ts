/**
 * Portable kernels against their formulas, written out a second time in reference.ts: bit for bit over the whole
 * memory, NaN as NaN. The SIMD kernels are compared with the portable ones in simd/. And what all kernels must declare.
 */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Heap } from '../../src/kernels/heap.ts';
import type { KernelFunction } from '../../src/kernels/kernel.ts';
import { FLOAT32 } from '../../src/kernels/sets.ts';
import { RECORD_BYTES } from '../../src/kernels/threads/jobs.ts';
import { caseOf } from '../support/kernel-cases.ts';
import { KERNELS, portableSet } from '../support/kernel-sets.ts';
import { Operands } from '../support/operands.ts';
import { invoke, Twins } from '../support/twins.ts';
import { referenceKernels } from './reference.ts';

const CAPACITY = 100_000;
/** 0, 1, every lane tail, and beyond any unrolled loop. */
const COUNTS = [...Array.from({ length: 19 }, (_, i) => i), 31, 64, 67, 257];
const MATRICES: readonly (readonly [number, number])[] = [
  ...Array.from({ length: 18 }, (_, columns) => [3, columns] as const),
  [0, 5],
  [1, 1],
  [1, 33],
  [2, 64],
  [4, 8],
  [17, 1],
  [17, 19],
  [70, 13],
];

describe('the portable kernels', () => {
  const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 256, maximum: 512, shared: true }) });
  const { set } = portableSet(heap);
  const twins = new Twins(heap, CAPACITY);
  const operands = new Operands(CAPACITY);
  const formulas: Readonly<Record<string, unknown>> = { ...referenceKernels(heap.floats as Float32Array) };

  // The others are checked with the samples of their operations, in test/ops.
  it.each(KERNELS.filter(({ name }) => name in formulas))('$name', (kernel) => {
    const formula = formulas[kernel.name] as KernelFunction;
    const { rank, variants, build } = caseOf(kernel);
    const sizes = rank === 1 ? COUNTS.map((count) => [1, count] as const) : MATRICES;
    let salt = 0;
    for (const [rows, columns] of sizes) {
      for (let variant = 0; variant < variants; variant++) {
        const args = build(operands.begin(salt), rows, columns, variant);
        const what = `rows ${rows}, columns ${columns}, variant ${variant}, salt ${salt}`;
        const expected = (all: readonly number[]): number | undefined => {
          const result = formula(...all);
          return kernel.result === 'void' ? undefined : result;
        };
        twins.compare(kernel, operands, args, expected, (all) => invoke(set, kernel, all), what);
        salt++;
      }
    }
    expect(salt).toBeGreaterThan(20);
  });
});

describe('the list of kernels', () => {
  it('has every kernel of src/kernels/library, each under the name that it is exported as', async () => {
    const folder = new URL('../../src/kernels/library/', import.meta.url);
    const exported: string[] = [];
    for (const file of readdirSync(folder)) {
      const module: Record<string, { readonly name?: string }> = await import(new URL(file, folder).href);
      for (const [name, value] of Object.entries(module)) {
        expect(value.name, `${file}: ${name}`).toBe(name);
        exported.push(name);
      }
    }
    expect(KERNELS.map(({ name }) => name).sort()).toEqual(exported.sort());
  });

  it.each(KERNELS)('$name: the parameters are those of the portable body, in order', ({ parameters, portable }) => {
    const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 1, maximum: 16 }) });
    const body = portable(heap, FLOAT32);
    const [, list = ''] = /^\(?([^)=]*)\)?\s*=>/.exec(String(body)) ?? [];
    const names = list.split(',').map((one) => one.trim());
    const declared = Object.keys(parameters);
    // The geometry of windows comes as one rest parameter.
    const rest = names.findIndex((one) => one.startsWith('...'));
    expect(names.slice(0, rest < 0 ? undefined : rest)).toEqual(declared.slice(0, rest < 0 ? undefined : rest));
  });

  it('fits a record of a job: a number and the arguments', () => {
    const most = Math.max(...KERNELS.map(({ parameters }) => Object.keys(parameters).length));
    expect(1 + most).toBeLessThanOrEqual(RECORD_BYTES / 4);
  });
});
