/**
 * The code of one function: encodes instructions as they come.
 *
 * TypeScript checks the types of operands, and the engine validates the module when it compiles it. The checks here are
 * only for what neither would notice, because it encodes as something else: a number out of range, a local of another
 * function.
 */

import { ByteWriter } from './byte-writer.ts';
import type { Instruction } from './instruction.ts';
import { AssemblyError, type ResultType, typeCodes, type ValueType } from './types.ts';

/** A local; `owner` is the function that declared it. */
export interface VariableReference {
  readonly owner: object;
  readonly index: number;
  readonly name: string;
}

const frameOpcodes = { loop: 0x03, if: 0x04 };
const variableOpcodes = { get: 0x20, set: 0x21, tee: 0x22 };

/** Whether `value` is an integer that fits 32 bits, signed or unsigned. */
export const fits = (value: number): boolean => Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 32;

export class Code {
  readonly name: string;
  readonly #writer = new ByteWriter();
  readonly #locals: ValueType[] = [];
  readonly #parameterCount: number;
  readonly result: ResultType;

  constructor(name: string, parameterCount: number, result: ResultType) {
    this.name = name;
    this.#parameterCount = parameterCount;
    this.result = result;
  }

  fail(instruction: string, problem: string): never {
    throw new AssemblyError(`function '${this.name}', ${instruction}: ${problem}`);
  }

  /** An instruction of the table; its immediates are lane (or lanes) and offset, in this order. */
  operate({ name, opcode, width, lanes }: Instruction, immediates: readonly (number | readonly number[])[]): void {
    const writer = this.#writer;
    // After a prefix the number is LEB128; an opcode without a prefix is a plain byte.
    if (opcode > 0xff) {
      writer.byte(opcode >> 8);
      writer.unsigned(opcode & 0xff);
    } else writer.byte(opcode);
    if (width > 0) {
      const offset = Number(immediates[lanes > 0 ? 1 : 0] ?? 0);
      if (!fits(offset) || offset < 0) this.fail(name, `offset ${offset} is not an integer in [0, 2^32)`);
      // The alignment, as a power of two.
      writer.byte(31 - Math.clz32(width));
      writer.unsigned(offset);
    }
    if (lanes > 0) writer.bytes([immediates[0] ?? []].flat());
  }

  /** A constant of 32 or 64 bits, or the 16 bytes of a vector. The integer must fit 32 bits. */
  constant(type: ValueType, value: number | Uint8Array): void {
    const writer = this.#writer;
    if (typeof value !== 'number') {
      writer.bytes([0xfd, 0x0c, ...value]);
    } else if (type === 'f32') {
      writer.byte(0x43);
      writer.bytes(new Uint8Array(Float32Array.of(value).buffer));
    } else {
      // An i64 has a sign: 2^31 would become negative.
      if (!fits(value) || (type === 'i64' && value >= 2 ** 31)) {
        this.fail(`${type}.const`, `${value} is not an integer of 32 bits`);
      }
      writer.byte(type === 'i32' ? 0x41 : 0x42);
      writer.signed(value | 0);
    }
  }

  /** Declares a local, zero at the start of the function, and returns its index. */
  declare(type: ValueType): number {
    return this.#parameterCount + this.#locals.push(type) - 1;
  }

  variable(action: 'get' | 'set' | 'tee', { owner, index, name }: VariableReference): void {
    if (owner !== this) this.fail(`local.${action}`, `'${name}' is a local of another function`);
    this.#writer.byte(variableOpcodes[action]);
    this.#writer.unsigned(index);
  }

  /** The value of a global. */
  global(index: number): void {
    this.#writer.byte(0x23);
    this.#writer.unsigned(index);
  }

  /** Opens a loop or an if. */
  open(kind: 'loop' | 'if'): void {
    this.#writer.bytes([frameOpcodes[kind], typeCodes.void]);
  }

  else(): void {
    this.#writer.byte(0x05);
  }

  /** Closes the innermost loop or if, or the function itself. */
  end(): void {
    this.#writer.byte(0x0b);
  }

  /** Goes back to the beginning of the innermost loop if the value on the stack is not 0. */
  repeatIf(): void {
    this.#writer.bytes([0x0d, 0]);
  }

  leave(): void {
    this.#writer.byte(0x0f);
  }

  call(index: number): void {
    this.#writer.byte(0x10);
    this.#writer.unsigned(index);
  }

  callIndirect(typeIndex: number): void {
    this.#writer.byte(0x11);
    this.#writer.unsigned(typeIndex);
    this.#writer.byte(0);
  }

  discard(): void {
    this.#writer.byte(0x1a);
  }

  select(): void {
    this.#writer.byte(0x1b);
  }

  /** The entry of the code section without its size: the locals, as runs of equal types, then the instructions. */
  body(): Uint8Array {
    const runs: { type: ValueType; count: number }[] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.type === type) last.count++;
      else runs.push({ type, count: 1 });
    }
    const writer = new ByteWriter();
    writer.unsigned(runs.length);
    for (const { type, count } of runs) {
      writer.unsigned(count);
      writer.byte(typeCodes[type]);
    }
    writer.bytes(this.#writer.view());
    return writer.view();
  }
}
