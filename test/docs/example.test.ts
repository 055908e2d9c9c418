/** How an example becomes a module and a program. */
import { describe, expect, it } from 'vitest';
import { fileOf, isRun, toModule, toProgram } from './example.ts';

const ENTRIES = { ganvas: new Set(['add', 'relu', 'Tensor']), 'ganvas/node': new Set(['saveImage']) };
const example = (code: string) => ({ title: 'here', code });

/** What $check was called with. */
async function checksOf(code: string): Promise<[value: unknown, comment: string][]> {
  const checks: [unknown, string][] = [];
  const check = (value: unknown, comment: string): unknown => {
    checks.push([value, comment]);
    return value;
  };
  const modules = { ganvas: { add: (a: number, b: number) => a + b }, 'ganvas/node': { saveImage: () => 'saved' } };
  const program = new Function('$modules', '$check', 'console', toProgram(example(code), ENTRIES).code);
  await program(modules, check, { log: () => {} });
  return checks;
}

describe('the module', () => {
  const module = (code: string): string => toModule(example(code), ENTRIES);

  it('imports the names that the example uses, in its first line', () => {
    const text = module('const y: Tensor = add(x, 1);\nawait saveImage(y);');
    expect(text.split('\n')[0]).toBe(
      "import { Tensor, add } from 'ganvas'; import { saveImage } from 'ganvas/node'; const y: Tensor = add(x, 1);",
    );
  });
  it.each([
    ["import { add } from 'ganvas';\nadd(1);", 'imported'],
    ['const add = 1;\nf(add);', 'declared'],
    ['const { add } = f();', 'taken from an object'],
    ['const [add] = f();', 'taken from a list'],
    ['f({ add: 1 }, x.add);', 'a key'],
    ['f(({ add }) => add);', 'a parameter'],
  ])('does not import what is not used or is declared by the example: %s (%s)', (code) => {
    expect(module(code).startsWith(code)).toBe(true);
  });
});

describe('the program', () => {
  it('checks statements, declarations, patterns and what is printed', async () => {
    const code =
      'add(1, 2); // 3\nconst x = add(2, 2); // 4\nconst [y] = [x]; // [4]\nconsole.log(x + y!); // 8: twice\n';
    expect(await checksOf(code)).toEqual([
      [3, '3'],
      [4, '4'],
      [[4], '[4]'],
      [8, '8: twice'],
    ]);
    expect(toProgram(example(code), ENTRIES).stated).toEqual(['3', '4', '[4]', '8: twice']);
  });
  it('checks inside of blocks, and leaves prose alone', async () => {
    expect(await checksOf('for (const i of [1, 2]) {\n  add(i, 0); // 7\n}\nadd(1, 1); // two, of course')).toEqual([
      [1, '7'],
      [2, '7'],
    ]);
  });
  it('has what it imports', async () => {
    expect(
      await checksOf("import { add as plus } from 'ganvas';\nplus(1, 1); // 2\nawait saveImage(); // 'saved'"),
    ).toEqual([
      [2, '2'],
      ['saved', "'saved'"],
    ]);
  });
  it('has a file of a name that the example gives', () => {
    expect(fileOf(example('// In a page or a worker: digits.ts\nf();'))).toBe('digits.ts');
    expect(fileOf(example('// In a worker.\nf();'))).toBe(undefined);
  });
  it('is refused if a value follows no statement', () => {
    expect(() => toProgram(example('f({\n  a: 1, // 2\n});'), ENTRIES)).toThrow(
      /here: '\/\/ 2' .* follows no statement/,
    );
    expect(() => toProgram(example('f(1)\n// [1]'), ENTRIES)).toThrow(/follows no statement/);
    expect(() => toProgram(example('console.log(1, 2); // 1'), ENTRIES)).toThrow(/follows no statement/);
    expect(() => toProgram(example('f(;'), ENTRIES)).toThrow(/^here: /);
  });
  it('is not run if the example says so', () => {
    expect(isRun(example('// In a page, with a bundler:\nf();'))).toBe(false);
    expect(isRun(example('// In a page.\nf();'))).toBe(false);
    expect(isRun(example('// In a page or a worker: a.ts\nf();'))).toBe(false);
    expect(isRun(example('// Needs a server: see there.\nf();'))).toBe(false);
    expect(isRun(example('// In fact it runs.\nf();'))).toBe(true);
  });
});
