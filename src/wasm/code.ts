/**
 * The code of one function: encodes instructions as they come.
 *
 * TypeScript checks the types of operands, and the engine validates the module when it compiles it. The checks here are
 * only for what neither would notice, because it encodes as something else: an integer or an offset out of range, a
 * local of another function, a block that is not open.
 */

import { ByteWriter } from './byte-writer.ts';
import type { Instruction } from './instruction.ts';
import { AssemblyError, type ResultType, typeCodes, type ValueType } from './types.ts';

/** The target of a branch: the end of a block or an if, the beginning of a loop. */
export interface Label {
  readonly kind: 'block' | 'loop' | 'if';
}

/** A local or a global; `owner` is the function that declared it, or the module. */
export interface VariableReference {
  readonly scope: 'local' | 'global';
  readonly owner: object;
  readonly index: number;
  readonly name: string;
}

export interface FunctionReference {
  readonly owner: object;
  readonly index: number;
  readonly name: string;
}

const frameOpcodes = { block: 0x02, loop: 0x03, if: 0x04 };
/** `tee` is for locals only. */
const variableOpcodes = { local: { get: 0x20, set: 0x21, tee: 0x22 }, global: { get: 0x23, set: 0x24, tee: 0x24 } };
const constantOpcodes = { i32: 0x41, i64: 0x42, f32: 0x43, f64: 0x44 };

/** Whether `value` is an integer that fits `bits` bits, signed or unsigned. */
export const fits = (value: number | bigint, bits: number): boolean =>
  (typeof value === 'bigint' || Number.isInteger(value)) && value >= -(2 ** (bits - 1)) && value < 2 ** bits;

export class Code {
  readonly name: string;
  readonly module: object;
  readonly #writer = new ByteWriter();
  readonly #locals: ValueType[] = [];
  readonly #parameterCount: number;
  readonly #labels: Label[] = [];
  readonly result: ResultType;

  constructor(name: string, parameterCount: number, result: ResultType, module: object) {
    this.name = name;
    this.module = module;
    this.#parameterCount = parameterCount;
    this.result = result;
  }

  fail(instruction: string, problem: string): never {
    throw new AssemblyError(`function '${this.name}', ${instruction}: ${problem}`);
  }

  /** An instruction of the table; its immediates are lane, offset and alignment in bytes, in this order. */
  operate(instruction: Instruction, immediates: readonly unknown[] = []): void {
    const { opcode, width, lanes, zeros } = instruction;
    const writer = this.#writer;
    // After a prefix the number is LEB128; an opcode without a prefix is a plain byte.
    if (opcode > 0xff) {
      writer.byte(opcode >> 8);
      writer.unsigned(opcode & 0xff);
    } else writer.byte(opcode);
    let next = lanes > 0 ? 1 : 0;
    if (width > 0) this.#address(instruction, immediates[next++] ?? 0, immediates[next] ?? width);
    if (lanes > 0) this.#lanes(instruction, immediates[0]);
    for (let k = 0; k < zeros; k++) writer.byte(0);
  }

  constant(type: ValueType, value: number | bigint | Uint8Array): void {
    const writer = this.#writer;
    if (type === 'v128' || value instanceof Uint8Array) {
      if (type !== 'v128' || !(value instanceof Uint8Array))
        this.fail(`${type}.const`, 'expected 16 bytes for v128, a number for the other types');
      writer.bytes([0xfd, 0x0c]);
      writer.bytes(value);
      return;
    }
    writer.byte(constantOpcodes[type]);
    if (type === 'i32' || type === 'i64') {
      const bits = type === 'i32' ? 32 : 64;
      if (!fits(value, bits)) this.fail(`${type}.const`, `${value} is not an integer of ${bits} bits`);
      if (bits === 32) writer.signed(Number(value) | 0);
      else writer.signed64(BigInt.asIntN(64, BigInt(value)));
      return;
    }
    const view = new DataView(new ArrayBuffer(type === 'f32' ? 4 : 8));
    if (type === 'f32') view.setFloat32(0, Number(value), true);
    else view.setFloat64(0, Number(value), true);
    writer.bytes(new Uint8Array(view.buffer));
  }

  /** Declares a local, zero at the start of the function, and returns its index. */
  declare(type: ValueType): number {
    return this.#parameterCount + this.#locals.push(type) - 1;
  }

  variable(action: 'get' | 'set' | 'tee', variable: VariableReference): void {
    const { scope, owner, index, name } = variable;
    if (owner !== (scope === 'local' ? this : this.module)) {
      this.fail(`${scope}.${action}`, `unknown ${scope} '${name}': it belongs to another function or module`);
    }
    this.#writer.byte(variableOpcodes[scope][action]);
    this.#writer.unsigned(index);
  }

  /** Opens a block, a loop or an if. */
  open(kind: 'block' | 'loop' | 'if', result: ResultType = 'void'): Label {
    this.#writer.byte(frameOpcodes[kind]);
    this.#writer.byte(typeCodes[result]);
    const label = { kind };
    this.#labels.push(label);
    return label;
  }

  else(): void {
    this.#writer.byte(0x05);
  }

  /** Closes the innermost block, loop or if, or the function itself. */
  end(): void {
    this.#labels.pop();
    this.#writer.byte(0x0b);
  }

  br(label: Label | number): void {
    this.#branch(0x0c, 'br', label);
  }

  br_if(label: Label | number): void {
    this.#branch(0x0d, 'br_if', label);
  }

  return(): void {
    this.#writer.byte(0x0f);
  }

  unreachable(): void {
    this.#writer.byte(0x00);
  }

  call(target: FunctionReference): void {
    if (target.owner !== this.module) this.fail(`call '${target.name}'`, 'the function belongs to another module');
    this.#writer.byte(0x10);
    this.#writer.unsigned(target.index);
  }

  call_indirect(owner: object, typeIndex: number): void {
    if (owner !== this.module) this.fail('call_indirect', 'the table belongs to another module');
    this.#writer.byte(0x11);
    this.#writer.unsigned(typeIndex);
    this.#writer.byte(0);
  }

  /** `drop`, which FunctionBuilder has as a statement. */
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

  #branch(opcode: number, name: string, label: Label | number): void {
    this.#writer.byte(opcode);
    this.#writer.unsigned(this.#depth(name, label));
  }

  /** A number counts the open blocks from the innermost one, 0. */
  #depth(instruction: string, label: Label | number): number {
    if (typeof label === 'number') return label;
    const index = this.#labels.indexOf(label);
    if (index < 0) this.fail(instruction, `this ${label.kind} is not open here`);
    return this.#labels.length - 1 - index;
  }

  #address({ name, opcode, width }: Instruction, offset: unknown, alignment: unknown): void {
    if (typeof offset !== 'number' || !fits(offset, 32) || offset < 0) {
      this.fail(name, `offset ${offset} is not an integer in [0, 2^32)`);
    }
    const exponent = 31 - Math.clz32(Number(alignment));
    // An atomic access must be aligned; V8 does not check it.
    const atomic = opcode >> 8 === 0xfe;
    if (2 ** exponent !== alignment || (atomic && alignment < width)) {
      this.fail(name, `alignment ${alignment}, expected ${atomic ? width : `a power of two up to ${width}`} bytes`);
    }
    this.#writer.byte(exponent);
    this.#writer.unsigned(offset);
  }

  #lanes({ name, lanes }: Instruction, immediate: unknown): void {
    const numbers: readonly unknown[] = Array.isArray(immediate) ? immediate : [immediate];
    if (numbers.length !== (lanes === 32 ? 16 : 1)) this.fail(name, `got ${numbers.length} lanes`);
    for (const lane of numbers) {
      if (typeof lane !== 'number' || !Number.isInteger(lane) || lane < 0 || lane >= lanes) {
        this.fail(name, `lane ${lane} is not an integer in [0, ${lanes})`);
      }
      this.#writer.byte(lane);
    }
  }
}
