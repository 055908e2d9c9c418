/** The trimmed declarations: what the entries reach, and nothing else. */
import { expect, it } from 'vitest';
import { trimDeclarations } from '../../.ci/declarations.mjs';

function trim(files: Readonly<Record<string, string>>, entries: readonly string[] = ['index.d.ts']): object {
  return Object.fromEntries(trimDeclarations(new Map(Object.entries(files)), entries));
}

it('keeps the exports of an entry, what they mention, and docstrings; specifiers end in .js', () => {
  const trimmed = trim({
    'index.d.ts': "/** The entry. */\nexport { type Shape, area } from './core/shape.ts';\n",
    'core/shape.d.ts': `/** Shapes. */
import { type Pair, type Unused } from '../pair.ts';
import type { Memory } from '../memory.ts';
/** A shape. */
export type Shape = readonly number[] | Pair;
interface Hidden {
    readonly shape: Shape;
}
/** Its area. */
export declare function area(shape: Shape, memory?: number): Hidden['shape'];
export declare function internal(memory: Memory): Hidden;
export {};
`,
    'pair.d.ts': 'export type Pair = [number, number];\nexport type Unused = string;\n',
    'memory.d.ts': 'export type Memory = WebAssembly.Memory;\n',
  });
  expect(trimmed).toEqual({
    'index.d.ts': "export { type Shape, area } from './core/shape.js';\n",
    'core/shape.d.ts': `import { type Pair } from '../pair.js';
/** A shape. */
export type Shape = readonly number[] | Pair;
interface Hidden {
    readonly shape: Shape;
}
/** Its area. */
export declare function area(shape: Shape, memory?: number): Hidden['shape'];
export {};
`,
    'pair.d.ts': 'export type Pair = [number, number];\n',
  });
});

it('a docstring is the last comment before a declaration; the one before it describes the file', () => {
  const file = '/** Two kinds. */\n/** One. */\nexport type One = 1;\n/** Two. */\nexport type Two = 2;\n';
  expect(trim({ 'index.d.ts': file })).toEqual({
    'index.d.ts': '/** One. */\nexport type One = 1;\n/** Two. */\nexport type Two = 2;\n',
  });
});

it('leaves internal members out; the class keeps a private one, and the constructor is protected', () => {
  const index = `import type { Block } from './block.ts';
export declare class Tensor {
    readonly size: number;
    /** @internal The block. */
    readonly block: Block;
    /** @internal Use tensor(). */
    constructor(block: Block);
    item(): number;
}
export interface Options {
    /** @internal */
    readonly block: Block;
    readonly name: string;
}
`;
  expect(trim({ 'index.d.ts': index, 'block.d.ts': 'export type Block = 1;\n' })).toEqual({
    'index.d.ts': `export declare class Tensor {
    #private;
    readonly size: number;
    protected constructor();
    item(): number;
}
export interface Options {
    readonly name: string;
}
`,
  });
});

it('a class that has a private member gets no second one', () => {
  const index =
    'export declare class A {\n    #private;\n    /** @internal */\n    readonly b: number;\n    c: number;\n}\n';
  expect(trim({ 'index.d.ts': index })).toEqual({
    'index.d.ts': 'export declare class A {\n    #private;\n    c: number;\n}\n',
  });
});

it('follows extends, implements, typeof, computed keys, renamed imports, overloads and namespaces', () => {
  const trimmed = trim({
    'index.d.ts': `import { A as B, type C } from './a.ts';
import * as all from './all.ts';
declare const key: unique symbol;
declare const value: { readonly one: 1 };
export declare class D extends B implements C {
    [key]: number;
}
export declare function f(x: 1): typeof value;
export declare function f(x: 2): keyof typeof all;
export * as layers from './layers.ts';
declare const unused: 1;
`,
    'a.d.ts':
      'export declare class A {\n}\nexport interface C extends Base {\n}\ninterface Base {\n}\ninterface No {\n}\n',
    'all.d.ts': 'export type E = 1;\n',
    'layers.d.ts': 'export declare function dense(): void;\ndeclare const no: 1;\n',
  });
  expect(trimmed).toEqual({
    'index.d.ts': `import { A as B, type C } from './a.js';
import * as all from './all.js';
declare const key: unique symbol;
declare const value: { readonly one: 1 };
export declare class D extends B implements C {
    [key]: number;
}
export declare function f(x: 1): typeof value;
export declare function f(x: 2): keyof typeof all;
export * as layers from './layers.js';
`,
    'a.d.ts': 'export declare class A {\n}\nexport interface C extends Base {\n}\ninterface Base {\n}\n',
    'all.d.ts': 'export type E = 1;\n',
    'layers.d.ts': 'export declare function dense(): void;\n',
  });
});

it.each([
  ["export { a } from './none.ts';", './none.ts leads to no file'],
  ["export { a } from './b.ts';", 'b.d.ts: has no export a'],
  ["export type A = import('./b.ts').B;", 'types of imported files are not supported'],
  ['export default 1;', 'ExportDefaultDeclaration is not supported'],
  ["export * from './b.ts';", 'ExportAllDeclaration is not supported'],
])('%s is an error', (text, message) => {
  expect(() => trim({ 'index.d.ts': text, 'b.d.ts': 'export {};' })).toThrow(message);
});
