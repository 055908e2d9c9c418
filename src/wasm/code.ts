/**
 * The code of one function: every instruction is checked against a virtual stack, then encoded.
 *
 * The check is the validation algorithm of the specification's appendix: a stack of operand types and a stack of open
 * control frames. After an unconditional branch the rest of a frame is unreachable: there an empty operand stack gives
 * any type that is popped. Unknown types are never pushed, because `drop` and `select` are given their types here.
 */

import { ByteWriter } from './byte-writer.ts';
import type { Instruction } from './instruction.ts';
import { AssemblyError, type ResultType, typeCodes, type ValueType } from './types.ts';

/** The target of a branch: the end of a block or an if, the beginning of a loop. */
export interface Label {
  readonly kind: 'function' | 'block' | 'loop' | 'if';
  readonly result: ResultType;
}

interface Frame extends Label {
  /** Size of the operand stack at entry. The operands below belong to the outer frames. */
  readonly height: number;
  /** Whether the frame is an if whose else has begun. */
  alternative: boolean;
  unreachable: boolean;
}

/** A local or a global; `owner` is the function that declared it, or the module. */
export interface VariableReference {
  readonly scope: 'local' | 'global';
  readonly owner: object;
  readonly index: number;
  readonly name: string;
  readonly type: ValueType;
  readonly mutable: boolean;
}

export interface FunctionReference {
  readonly owner: object;
  readonly index: number;
  readonly name: string;
  readonly params: readonly ValueType[];
  readonly result: ResultType;
}

/** What a function's code needs to know of its module. */
export interface ModuleContext {
  readonly hasMemory: boolean;
}

const frameOpcodes = { block: 0x02, loop: 0x03, if: 0x04 };
const variableOpcodes = { local: { get: 0x20, set: 0x21, tee: 0x22 }, global: { get: 0x23, set: 0x24, tee: 0x24 } };
const constantOpcodes = { i32: 0x41, i64: 0x42, f32: 0x43, f64: 0x44 };

const list = (type: ResultType): ValueType[] => (type === 'void' ? [] : [type]);

/** Whether `value` is an integer that fits `bits` bits, signed or unsigned. */
export const fits = (value: number | bigint, bits: number): boolean =>
  (typeof value === 'bigint' || Number.isInteger(value)) && value >= -(2 ** (bits - 1)) && value < 2 ** bits;

export class Code {
  readonly name: string;
  readonly module: ModuleContext;
  readonly #writer = new ByteWriter();
  readonly #locals: ValueType[] = [];
  readonly #parameterCount: number;
  readonly #stack: ValueType[] = [];
  readonly #frames: Frame[] = [];
  readonly result: ResultType;

  constructor(name: string, params: readonly ValueType[], result: ResultType, module: ModuleContext) {
    this.name = name;
    this.module = module;
    this.#parameterCount = params.length;
    this.result = result;
    this.#push('function', result);
  }

  fail(instruction: string, problem: string): never {
    throw new AssemblyError(`function '${this.name}', ${instruction}: ${problem}`);
  }

  /** An instruction of the table; its immediates are lane, offset and alignment in bytes, in this order. */
  operate(instruction: Instruction, immediates: readonly unknown[] = []): void {
    const { name, opcode, params, result, width, lanes, zeros } = instruction;
    const writer = this.#writer;
    this.#check(name, params, result);
    if (width + zeros > 0 && !this.module.hasMemory) {
      this.fail(name, 'the module has no memory; call importMemory first');
    }
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
    this.#check('const', [], type);
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
    const { scope, owner, index, name, type, mutable } = variable;
    if (owner !== (scope === 'local' ? this : this.module)) {
      this.fail(`${scope}.${action}`, `unknown ${scope} '${name}': it belongs to another function or module`);
    }
    if (action === 'get') {
      this.#top('get');
      this.#stack.push(type);
    } else {
      if (!mutable) this.fail(`${scope}.${action}`, `global '${name}' is immutable`);
      this.#check(`${scope}.${action} '${name}'`, [type], action === 'set' ? 'void' : type);
    }
    this.#writer.byte(variableOpcodes[scope][action]);
    this.#writer.unsigned(index);
  }

  /** Opens a block, a loop or an if. */
  open(kind: 'block' | 'loop' | 'if', result: ResultType = 'void'): Label {
    this.#simple(kind, frameOpcodes[kind], kind === 'if' ? ['i32'] : []);
    this.#writer.byte(typeCodes[result]);
    return this.#push(kind, result);
  }

  else(): void {
    const frame = this.#close('else');
    if (frame.kind !== 'if' || frame.alternative) this.fail('else', `the open frame is a ${frame.kind}, not an if`);
    this.#writer.byte(0x05);
    frame.alternative = true;
    frame.unreachable = false;
    this.#frames.push(frame);
  }

  /** Closes the innermost block, loop or if, or the function itself. */
  end(): void {
    const frame = this.#close('end');
    if (frame.kind === 'if' && !frame.alternative && frame.result !== 'void') {
      this.fail('end', `an if with result ${frame.result} needs an else`);
    }
    this.#writer.byte(0x0b);
    if (frame.result !== 'void' && this.#frames.length > 0) this.#stack.push(frame.result);
  }

  br(label: Label | number): void {
    const depth = this.#depth('br', label);
    this.#simple('br', 0x0c, this.#labelTypes(depth));
    this.#writer.unsigned(depth);
    this.#unreachable();
  }

  br_if(label: Label | number): void {
    const depth = this.#depth('br_if', label);
    const [type] = this.#labelTypes(depth);
    this.#simple('br_if', 0x0d, type ? [type, 'i32'] : ['i32'], type);
    this.#writer.unsigned(depth);
  }

  br_table(labels: readonly (Label | number)[], fallback: Label | number): void {
    const depths = [...labels, fallback].map((label) => this.#depth('br_table', label));
    const types = this.#labelTypes(depths.at(-1)!);
    for (const depth of depths) {
      const [type] = this.#labelTypes(depth);
      if (type !== types[0]) this.fail('br_table', `label ${depth} takes [${type ?? ''}], the last takes [${types}]`);
    }
    this.#simple('br_table', 0x0e, [...types, 'i32']);
    this.#writer.unsigned(labels.length);
    for (const depth of depths) this.#writer.unsigned(depth);
    this.#unreachable();
  }

  return(): void {
    this.#simple('return', 0x0f, list(this.result));
    this.#unreachable();
  }

  unreachable(): void {
    this.#simple('unreachable', 0x00, []);
    this.#unreachable();
  }

  call(target: FunctionReference): void {
    const name = `call '${target.name}'`;
    if (target.owner !== this.module) this.fail(name, 'the function belongs to another module');
    this.#simple(name, 0x10, target.params, target.result);
    this.#writer.unsigned(target.index);
  }

  call_indirect(owner: object, typeIndex: number, params: readonly ValueType[], result: ResultType): void {
    if (owner !== this.module) this.fail('call_indirect', 'the table belongs to another module');
    this.#simple('call_indirect', 0x11, [...params, 'i32'], result);
    this.#writer.unsigned(typeIndex);
    this.#writer.byte(0);
  }

  /** `drop` of a value of the given type. */
  discard(type: ValueType): void {
    this.#simple('drop', 0x1a, [type]);
  }

  select(type: ValueType): void {
    this.#simple('select', 0x1b, [type, type, 'i32'], type);
  }

  /** The entry of the code section without its size: the locals, as runs of equal types, then the instructions. */
  body(): Uint8Array {
    if (this.#frames.length > 0) this.fail('end', `${this.#frames.length} frames are still open`);
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

  #simple(name: string, opcode: number, params: readonly ValueType[], result: ResultType = 'void'): void {
    this.#check(name, params, result);
    this.#writer.byte(opcode);
  }

  #top(instruction: string): Frame {
    return this.#frames[this.#frames.length - 1] ?? this.fail(instruction, 'the function has already ended');
  }

  /** Pops the operands and pushes the result; throws if the stack holds other types. */
  #check(instruction: string, params: readonly ValueType[], result: ResultType): void {
    const frame = this.#top(instruction);
    const stack = this.#stack;
    const count = Math.min(params.length, stack.length - frame.height);
    let right = count === params.length || frame.unreachable;
    for (let k = 1; k <= count; k++) right &&= stack[stack.length - k] === params[params.length - k];
    if (!right) this.#mismatch(instruction, params);
    stack.length -= count;
    if (result !== 'void') stack.push(result);
  }

  #mismatch(instruction: string, expected: readonly ValueType[]): never {
    const found = this.#stack.slice(this.#frames.at(-1)?.height);
    return this.fail(instruction, `expected [${expected.join(', ')}], the stack holds [${found.join(', ')}]`);
  }

  #push(kind: Label['kind'], result: ResultType): Frame {
    const frame = { kind, result, alternative: false, height: this.#stack.length, unreachable: false };
    this.#frames.push(frame);
    return frame;
  }

  /** Closes the innermost frame; its stack must hold the result and nothing else. */
  #close(instruction: string): Frame {
    const frame = this.#top(instruction);
    const name = `${instruction} of ${frame.kind}`;
    const results = list(frame.result);
    if (this.#stack.length > frame.height + results.length) this.#mismatch(name, results);
    this.#check(name, results, 'void');
    this.#frames.pop();
    return frame;
  }

  #unreachable(): void {
    const frame = this.#top('');
    this.#stack.length = frame.height;
    frame.unreachable = true;
  }

  #depth(instruction: string, label: Label | number): number {
    const count = this.#frames.length;
    const open: readonly Label[] = this.#frames;
    const index = typeof label === 'number' ? count - 1 - label : open.indexOf(label);
    if (!(index >= 0 && index < count)) {
      const what = typeof label === 'number' ? `depth ${label} is out of range` : `this ${label.kind} is not open here`;
      this.fail(instruction, `label ${what}, ${count} labels are open`);
    }
    return count - 1 - index;
  }

  /** The types that a branch takes along: none to a loop, since it goes to the loop's beginning. */
  #labelTypes(depth: number): ValueType[] {
    const frame = this.#frames.at(-1 - depth)!;
    return frame.kind === 'loop' ? [] : list(frame.result);
  }

  #address({ name, opcode, width }: Instruction, offset: unknown, alignment: unknown): void {
    if (typeof offset !== 'number' || !fits(offset, 32) || offset < 0) {
      this.fail(name, `offset ${offset} is not an integer in [0, 2^32)`);
    }
    const exponent = 31 - Math.clz32(Number(alignment));
    const atomic = opcode >> 8 === 0xfe;
    if (2 ** exponent !== alignment || alignment > width || (atomic && alignment < width)) {
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
