/**
 * Builds a module from imports, functions and one function table, and encodes it in the binary format.
 *
 * ```ts
 * const module = new ModuleBuilder();
 * module.importMemory('env', 'memory', { min: 1 });
 * module.function('square', { x: 'f32' }, 'f32', (f, { x }) => f32.mul(x, x));
 * const { instance } = await WebAssembly.instantiate(module.toBytes(), { env: { memory } });
 * ```
 *
 * Source: WebAssembly Core Specification 2.0, section 5 (binary format).
 */

import { ByteWriter } from './byte-writer.ts';
import type { Code } from './code.ts';
import { type Expr, Local, type Operand, toExpr } from './expression.ts';
import { FunctionBuilder } from './function.ts';
import { type ResultType, typeCodes, type ValueType } from './types.ts';

/** Parameter names and types; their order is the order of the arguments. */
export type Params = Readonly<Record<string, ValueType>>;

type Arguments<P extends Params> = { readonly [K in keyof P]: Operand<P[K]> };

type ParamLocals<P extends Params> = { readonly [K in keyof P]: Local<P[K]> };

/** Writes the statements of a function; an expression it returns is the function's result. */
type Body<P extends Params, R extends ResultType> = (
  f: FunctionBuilder,
  params: ParamLocals<P>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a body that ends in f.return returns nothing
) => R extends ValueType ? Operand<R> | void : void;

interface MemoryLimits {
  /** Pages of 64 KiB. */
  min: number;
  max?: number;
  /** Needs `max`. Default false. */
  shared?: boolean;
}

interface FunctionOptions {
  /** Whether the module exports the function under its name. Default true. */
  exported?: boolean;
}

/** A function of the module, to call or to put into a table. */
export interface FunctionHandle<P extends Params = Params, R extends ResultType = ResultType> {
  readonly index: number;
  readonly typeIndex: number;
  readonly signature: P;
  readonly result: R;
  /** A call with named arguments, computed in the order of the parameters. */
  call(args: Arguments<P>): Expr<R>;
}

/** Functions of one signature, called by number. */
interface TableHandle<P extends Params, R extends ResultType> {
  /** `call_indirect`; an index outside the table traps. */
  call(index: Operand<'i32'>, args: Arguments<P>): Expr<R>;
}

function emitArguments(code: Code, params: Params, args: Readonly<Record<string, Expr | number>>, name: string): void {
  for (const [param, type] of Object.entries(params)) toExpr(args[param], type, `call '${name}', ${param}`).emit(code);
}

export class ModuleBuilder {
  readonly #typeIndices = new Map<string, number>();
  readonly #types: Uint8Array[] = [];
  readonly #imports: Uint8Array[] = [];
  readonly #exports: Uint8Array[] = [];
  /** The type indices of the functions, and their code. */
  readonly #functions: Uint8Array[] = [];
  readonly #bodies: Uint8Array[] = [];
  #importedGlobals = 0;
  #table: readonly FunctionHandle[] = [];

  importMemory(module: string, name: string, { min, max, shared = false }: MemoryLimits): void {
    this.#import(module, name, (writer) => {
      writer.bytes([2, (max === undefined ? 0 : 1) + (shared ? 2 : 0)]);
      writer.unsigned(min);
      if (max !== undefined) writer.unsigned(max);
    });
  }

  /** An immutable global; the result is its value. */
  importGlobal<const T extends ValueType>(module: string, name: string, type: T): Expr<T> {
    const index = this.#importedGlobals++;
    this.#import(module, name, (writer) => writer.bytes([3, typeCodes[type], 0]));
    return { type, emit: (code) => code.global(index) };
  }

  function<const P extends Params, const R extends ResultType>(
    name: string,
    signature: P,
    result: R,
    body: Body<P, R>,
    { exported = true }: FunctionOptions = {},
  ): FunctionHandle<P, R> {
    const typeIndex = this.#typeIndex(signature, result);
    const index = this.#functions.length;
    this.#functions.push(encode((writer) => writer.unsigned(typeIndex)));
    const entries = Object.entries(signature);
    const code = new FunctionBuilder(name, entries.length, result);
    const locals = entries.map(([param, type], position) => [param, new Local(code, position, type, param)] as const);
    // A body may define further functions, which come after this one.
    const place = this.#bodies.push(new Uint8Array()) - 1;
    const value: unknown = body(code, Object.fromEntries(locals) as ParamLocals<P>);
    if (value !== undefined && result !== 'void')
      toExpr(value as Expr, result, `function '${name}', result`).emit(code);
    code.end();
    this.#bodies[place] = encode((writer) => writer.sized(code.body()));
    if (exported) {
      this.#exports.push(
        encode((writer) => {
          writer.name(name);
          writer.byte(0);
          writer.unsigned(index);
        }),
      );
    }
    return {
      index,
      typeIndex,
      signature,
      result,
      call: (args) => ({
        type: result,
        emit(code) {
          emitArguments(code, signature, args, name);
          code.call(index);
        },
      }),
    };
  }

  /** The function table, at most one a module: element k is `functions[k]`. All have the signature of the first. */
  table<P extends Params, R extends ResultType>(functions: readonly FunctionHandle<P, R>[]): TableHandle<P, R> {
    const { signature, result, typeIndex } = functions[0]!;
    this.#table = functions;
    return {
      call: (index, args) => ({
        type: result,
        emit: (code) => {
          emitArguments(code, signature, args, 'table');
          toExpr(index, 'i32', 'table').emit(code);
          code.callIndirect(typeIndex);
        },
      }),
    };
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const table = this.#table;
    const tables = encode((writer) => {
      writer.bytes([0x70, 0]);
      writer.unsigned(table.length);
    });
    const elements = encode((writer) => {
      writer.bytes([0, 0x41, 0, 0x0b]); // active, from i32.const 0
      writer.unsigned(table.length);
      for (const { index } of table) writer.unsigned(index);
    });
    const writer = new ByteWriter();
    writer.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]); // "\0asm", version 1
    const sections: [id: number, entries: readonly Uint8Array[]][] = [
      [1, this.#types],
      [2, this.#imports],
      [3, this.#functions],
      [4, table.length > 0 ? [tables] : []],
      [7, this.#exports],
      [9, table.length > 0 ? [elements] : []],
      [10, this.#bodies],
    ];
    for (const [id, entries] of sections) {
      if (entries.length === 0) continue;
      const section = encode((content) => {
        content.unsigned(entries.length);
        for (const entry of entries) content.bytes(entry);
      });
      writer.byte(id);
      writer.sized(section);
    }
    return writer.view().slice();
  }

  /** The index of a function type; equal types are written once. */
  #typeIndex(params: Params, result: ResultType): number {
    const types = Object.values(params);
    const key = `${types}>${result}`;
    const known = this.#typeIndices.get(key);
    if (known !== undefined) return known;
    const results = result === 'void' ? [] : [typeCodes[result]];
    this.#typeIndices.set(key, this.#types.length);
    this.#types.push(
      encode((writer) => {
        writer.byte(0x60);
        writer.sized(types.map((type) => typeCodes[type]));
        writer.sized(results);
      }),
    );
    return this.#types.length - 1;
  }

  #import(module: string, name: string, describe: (writer: ByteWriter) => void): void {
    this.#imports.push(
      encode((writer) => {
        writer.name(module);
        writer.name(name);
        describe(writer);
      }),
    );
  }
}

function encode(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.view();
}
