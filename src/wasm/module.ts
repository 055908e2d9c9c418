/**
 * Builds a module from imports, functions, globals and one function table, and encodes it in the binary format.
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
import { Code, type FunctionReference } from './code.ts';
import { createGlobal, createLocal, type Expr, type Global, type Local, type Operand, toExpr } from './expression.ts';
import { FunctionBuilder } from './function.ts';
import { AssemblyError, type ResultType, typeCodes, type ValueType } from './types.ts';

/** Parameter names and types; their order is the order of the arguments. */
export type Params = Readonly<Record<string, ValueType>>;

export type Arguments<P extends Params> = { readonly [K in keyof P]: Operand<P[K]> };

export type ParamLocals<P extends Params> = { readonly [K in keyof P]: Local<P[K]> };

/** Writes the statements of a function; an expression it returns is the function's result. */
export type Body<P extends Params, R extends ResultType> = (
  f: FunctionBuilder,
  params: ParamLocals<P>,
  // biome-ignore lint/suspicious/noConfusingVoidType: a body that ends in f.return returns nothing
) => R extends ValueType ? Operand<R> | void : void;

export interface MemoryLimits {
  /** Pages of 64 KiB. */
  min: number;
  max?: number;
  /** Needs `max`. Default false. */
  shared?: boolean;
}

export interface FunctionOptions {
  /** Whether the module exports the function under its name. Default true. */
  exported?: boolean;
}

/** A function of the module, to call, to define later or to put into a table. */
export interface FunctionHandle<P extends Params = Params, R extends ResultType = ResultType>
  extends FunctionReference {
  readonly signature: P;
  readonly params: readonly ValueType[];
  readonly result: R;
  /** A call with named arguments, computed in the order of the parameters. */
  call(args: Arguments<P>): Expr<R>;
}

/** Functions of one signature, called by number. */
export interface TableHandle<P extends Params, R extends ResultType> {
  /** `call_indirect`; an index outside the table traps. */
  call(index: Operand<'i32'>, args: Arguments<P>): Expr<R>;
}

const externKinds = { function: 0, table: 1, memory: 2, global: 3 };

function emitArguments(
  code: Code,
  params: Params,
  args: Readonly<Record<string, Expr | number | bigint>>,
  name: string,
): void {
  for (const [param, type] of Object.entries(params)) toExpr(args[param], type, `call '${name}', ${param}`).emit(code);
}

export class ModuleBuilder {
  #hasMemory = false;
  readonly #typeIndices = new Map<string, number>();
  readonly #types: Uint8Array[] = [];
  readonly #imports: Uint8Array[] = [];
  readonly #exports: Uint8Array[] = [];
  readonly #globals: Uint8Array[] = [];
  readonly #functions: { handle: FunctionHandle; typeIndex: number; body: Uint8Array | undefined }[] = [];
  #importedFunctions = 0;
  #importedGlobals = 0;
  #table: readonly FunctionReference[] = [];

  importMemory(module: string, name: string, { min, max, shared = false }: MemoryLimits): void {
    if (this.#hasMemory) throw new AssemblyError('importMemory: the module has a memory already');
    if (shared && max === undefined) throw new AssemblyError('importMemory: a shared memory needs a maximum');
    this.#hasMemory = true;
    this.#import(module, name, 'memory', (writer) => {
      writer.byte((max === undefined ? 0 : 1) + (shared ? 2 : 0));
      writer.unsigned(min);
      if (max !== undefined) writer.unsigned(max);
    });
  }

  /** Import functions before the module's own are declared: those are numbered after the imports. */
  importFunction<const P extends Params, const R extends ResultType>(
    module: string,
    name: string,
    params: P,
    result: R,
  ): FunctionHandle<P, R> {
    if (this.#functions.length > 0)
      throw new AssemblyError(`importFunction '${name}': import before the first function`);
    this.#import(module, name, 'function', (writer) => writer.unsigned(this.#typeIndex(params, result)));
    return this.#handle(name, this.#importedFunctions++, params, result);
  }

  importGlobal<const T extends ValueType>(module: string, name: string, type: T, mutable = false): Global<T> {
    if (this.#globals.length > 0) throw new AssemblyError(`importGlobal '${name}': import before the first global`);
    this.#import(module, name, 'global', (writer) => writer.bytes([typeCodes[type], mutable ? 1 : 0]));
    return createGlobal(this, this.#importedGlobals++, type, name);
  }

  /** A mutable global, not exported. */
  global<const T extends ValueType>(name: string, type: T, initial: Operand<T>): Global<T> {
    const code = new Code(`global ${name}`, 0, type, this);
    toExpr(initial, type, `global '${name}'`).emit(code);
    code.end();
    const index = this.#importedGlobals + this.#globals.length;
    // A constant expression is encoded like a function body without its list of locals, which is one zero byte here.
    this.#globals.push(Uint8Array.of(typeCodes[type], 1, ...code.body().subarray(1)));
    return createGlobal(this, index, type, name);
  }

  /** A function. Without a body, call `define` later: for functions that call each other or use a table they are in. */
  function<const P extends Params, const R extends ResultType>(
    name: string,
    params: P,
    result: R,
    body?: Body<P, R>,
    { exported = true }: FunctionOptions = {},
  ): FunctionHandle<P, R> {
    const handle = this.#handle(name, this.#importedFunctions + this.#functions.length, params, result);
    this.#functions.push({ handle, typeIndex: this.#typeIndex(params, result), body: undefined });
    if (exported) {
      const writer = new ByteWriter();
      writer.name(name);
      writer.byte(externKinds.function);
      writer.unsigned(handle.index);
      this.#exports.push(writer.view());
    }
    if (body) this.define(handle, body);
    return handle;
  }

  define<P extends Params, R extends ResultType>(handle: FunctionHandle<P, R>, body: Body<P, R>): void {
    const { name, signature, params, result, index } = handle;
    const entry = handle.owner === this ? this.#functions[index - this.#importedFunctions] : undefined;
    if (!entry || entry.body)
      throw new AssemblyError(`define '${name}': imported, of another module, or defined already`);
    const code = new FunctionBuilder(name, params.length, result, this);
    const locals: Record<string, Local> = {};
    for (const [position, [param, type]] of Object.entries(signature).entries()) {
      locals[param] = createLocal(code, position, type, param);
    }
    const value: unknown = body(code, locals as ParamLocals<P>);
    if (value !== undefined && result !== 'void')
      toExpr(value as Expr, result, `function '${name}', result`).emit(code);
    code.end();
    entry.body = code.body();
  }

  /** The function table, at most one a module: element k is `functions[k]`. */
  table<P extends Params, R extends ResultType>(functions: readonly FunctionHandle<P, R>[]): TableHandle<P, R> {
    const [first] = functions;
    if (!first || this.#table.length > 0) throw new AssemblyError('table: no functions, or a second table');
    const { signature, params, result } = first;
    const typeIndex = this.#typeIndex(signature, result);
    for (const { name, owner, params: others, result: other } of functions) {
      if (owner !== this || `${others}>${other}` !== `${params}>${result}`) {
        throw new AssemblyError(
          `table: '${name}' is (${others}) -> ${other}, '${first.name}' is (${params}) -> ${result}`,
        );
      }
    }
    this.#table = functions;
    return {
      call: (index, args) => ({
        type: result,
        emit: (code) => {
          emitArguments(code, signature, args, 'table');
          toExpr(index, 'i32', 'call_indirect').emit(code);
          code.call_indirect(this, typeIndex);
        },
      }),
    };
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const functionTypes: Uint8Array[] = [];
    const bodies: Uint8Array[] = [];
    for (const { handle, typeIndex, body } of this.#functions) {
      if (!body) throw new AssemblyError(`toBytes: function '${handle.name}' was never defined`);
      functionTypes.push(encode((writer) => writer.unsigned(typeIndex)));
      bodies.push(encode((writer) => writer.sized(body)));
    }
    const tables: Uint8Array[] = [];
    const elements: Uint8Array[] = [];
    if (this.#table.length > 0) {
      const functions = this.#table;
      tables.push(
        encode((writer) => {
          writer.bytes([0x70, 0]);
          writer.unsigned(functions.length);
        }),
      );
      elements.push(
        encode((writer) => {
          writer.bytes([0, 0x41, 0, 0x0b]); // active, from i32.const 0
          writer.unsigned(functions.length);
          for (const { index } of functions) writer.unsigned(index);
        }),
      );
    }
    const writer = new ByteWriter();
    writer.bytes([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]); // "\0asm", version 1
    const sections: [id: number, entries: readonly Uint8Array[]][] = [
      [1, this.#types],
      [2, this.#imports],
      [3, functionTypes],
      [4, tables],
      [6, this.#globals],
      [7, this.#exports],
      [9, elements],
      [10, bodies],
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

  #import(module: string, name: string, kind: keyof typeof externKinds, describe: (writer: ByteWriter) => void): void {
    this.#imports.push(
      encode((writer) => {
        writer.name(module);
        writer.name(name);
        writer.byte(externKinds[kind]);
        describe(writer);
      }),
    );
  }

  #handle<P extends Params, R extends ResultType>(
    name: string,
    index: number,
    signature: P,
    result: R,
  ): FunctionHandle<P, R> {
    const handle: FunctionHandle<P, R> = {
      owner: this,
      index,
      name,
      signature,
      params: Object.values(signature),
      result,
      call: (args) => ({
        type: result,
        emit(code) {
          emitArguments(code, signature, args, name);
          code.call(handle);
        },
      }),
    };
    return handle;
  }
}

function encode(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.view();
}
