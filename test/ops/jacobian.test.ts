/** Every differentiable op in src/ops on at least 25 samples: the result in both precisions, and the full Jacobian. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeOp } from '../support/op-check.ts';
import { ALL_OP_CASES } from './samples/index.ts';

for (const op of ALL_OP_CASES) describeOp(op);

describe('the samples', () => {
  const samples = ALL_OP_CASES.reduce((total, op) => total + op.samples.length, 0);

  it(`are at least 25 for each of the ${ALL_OP_CASES.length} ops, ${samples} in all`, () => {
    for (const op of ALL_OP_CASES) expect(op.samples.length, op.name).toBeGreaterThanOrEqual(25);
  });

  const folder = new URL('../../src/ops/', import.meta.url);
  const exported = readdirSync(folder)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const source = readFileSync(new URL(file, folder), 'utf8');
      return [...source.matchAll(/^export function (\w+)/gm)].map((match) => match[1]!);
    });

  it('cover every exported op', () => {
    const covered = new Set(ALL_OP_CASES.map((op) => op.name.split(' ')[0]!));
    // checkGradients checks ops and is none; oneHot has no gradient.
    for (const name of ['checkGradients', 'oneHot']) covered.add(name);
    expect(exported.filter((name) => !covered.has(name))).toEqual([]);
    expect(exported.length).toBeGreaterThanOrEqual(26);
  });

  it("are those of the README's table", () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const table = readme.slice(readme.indexOf('| Family '), readme.indexOf('## From noise to digits'));
    const listed = [...table.matchAll(/`([^`]+)`/g)].flatMap(([, names]) => names!.split(' '));
    // Options of the losses; a check of operations.
    const others = ['reduction', 'weights', 'checkGradients'];
    const found = exported.filter((name) => !others.includes(name)).sort();
    expect(listed.filter((name) => !others.includes(name)).sort()).toEqual(found);
  });
});
