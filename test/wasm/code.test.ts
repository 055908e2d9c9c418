import { describe, expect, test } from 'vitest';
import {
  AssemblyError,
  type Expr,
  type FunctionBuilder,
  f32,
  f32x4,
  i8x16,
  i32,
  i32x4,
  i64,
  type Label,
  type Local,
  ModuleBuilder,
  type ResultType,
  v128,
} from '../../src/wasm/index.ts';
import { parseRow } from '../../src/wasm/instruction.ts';
import * as table from '../../src/wasm/instruction-table.ts';

const i32Add = parseRow('i32.add', table.i32.add);

/** Assembles one function `wrong` and gives the message of the AssemblyError it must throw. */
function messageOf(
  body: (f: FunctionBuilder, params: { x: Local<'i32'>; v: Local<'v128'> }, module: ModuleBuilder) => void,
  result: ResultType = 'void',
  hasMemory = true,
): string {
  const module = new ModuleBuilder();
  if (hasMemory) module.importMemory('env', 'memory', { min: 1 });
  const handle = module.function('wrong', { x: 'i32', v: 'v128' }, result);
  try {
    module.define(handle, (f, params) => body(f, params, module));
  } catch (error) {
    expect(error).toBeInstanceOf(AssemblyError);
    expect(error).toBeInstanceOf(Error);
    return (error as AssemblyError).message;
  }
  throw new Error('the function was accepted');
}

/** The value of an expression under a type it does not have, as a caller without TypeScript would pass it. */
const mistyped = <T extends ResultType>(value: Expr): Expr<T> => value as Expr<T>;

describe('operand types', () => {
  test('a wrong type names function, instruction, stack and expectation', () => {
    expect(messageOf((f, { x, v }) => f.set(v, f32x4.add(v, mistyped(x))))).toBe(
      "function 'wrong', f32x4.add: expected [v128, v128], the stack holds [v128, i32]",
    );
  });

  test('underflow', () => {
    const message = messageOf((f, { x }) => {
      x.emit(f);
      f.operate(i32Add);
    });
    expect(message).toBe("function 'wrong', i32.add: expected [i32, i32], the stack holds [i32]");
  });

  test('a block does not see the operands outside it', () => {
    const message = messageOf((f, { x }) => {
      x.emit(f);
      f.block(() => f.discard('i32'));
    });
    expect(message).toBe("function 'wrong', drop: expected [i32], the stack holds []");
  });

  test.each<[string, (f: FunctionBuilder, x: Local<'i32'>, v: Local<'v128'>) => void, string]>([
    ['local.set', (f, x, v) => f.set(x, mistyped(v)), "local.set 'x': expected [i32], the stack holds [v128]"],
    ['if', (f, _x, v) => f.if(mistyped(v), () => {}), 'if: expected [i32], the stack holds [v128]'],
    ['br_if', (f, _x, v) => f.br_if(0, mistyped(v)), 'br_if: expected [i32], the stack holds [v128]'],
    ['br_table', (f, _x, v) => f.br_table([], 0, mistyped(v)), 'br_table: expected [i32], the stack holds [v128]'],
    [
      'drop',
      (f, x) => f.drop(mistyped({ type: 'v128', emit: (code) => x.emit(code) })),
      'drop: expected [v128], the stack holds [i32]',
    ],
    [
      'store',
      (f, x) => f.emit(v128.store(x, mistyped(x))),
      'v128.store: expected [i32, v128], the stack holds [i32, i32]',
    ],
  ])('%s', (_name, body, message) => {
    expect(messageOf((f, { x, v }) => body(f, x, v))).toBe(`function 'wrong', ${message}`);
  });
});

describe('ends', () => {
  test('a value left over', () => {
    expect(messageOf((f, { x }) => x.emit(f))).toBe(
      "function 'wrong', end of function: expected [], the stack holds [i32]",
    );
    expect(messageOf((f, { x }) => f.loop(() => x.emit(f)))).toBe(
      "function 'wrong', end of loop: expected [], the stack holds [i32]",
    );
  });

  test('a second value on top of the result', () => {
    const message = messageOf((f, { x }) => {
      x.emit(f);
      x.emit(f);
    }, 'i32');
    expect(message).toBe("function 'wrong', end of function: expected [i32], the stack holds [i32, i32]");
  });

  test('a missing result', () => {
    expect(messageOf(() => {}, 'f32')).toBe("function 'wrong', end of function: expected [f32], the stack holds []");
    expect(messageOf((f) => f.return(), 'f32')).toBe("function 'wrong', return: expected [f32], the stack holds []");
  });

  test('a result of another type', () => {
    expect(messageOf((f, { x }) => x.emit(f), 'f32')).toMatch(
      /end of function: expected \[f32\], the stack holds \[i32\]/,
    );
  });

  test('a block without its result, an if with a result but no else', () => {
    const block = messageOf((f) => {
      f.open('block', 'i32');
      f.end();
    });
    expect(block).toMatch(/end of block: expected \[i32\], the stack holds \[\]/);
    const without = messageOf((f, { x }) => {
      x.emit(f);
      f.open('if', 'i32');
      x.emit(f);
      f.end();
    });
    expect(without).toMatch(/an if with result i32 needs an else/);
  });

  test('frames left open, one end too many, an else without if', () => {
    expect(messageOf((f) => void f.open('block'))).toMatch(/1 frames are still open/);
    expect(messageOf((f) => f.end())).toMatch(/the function has already ended/);
    expect(messageOf((f) => f.block(() => f.else()))).toMatch(/else: the open frame is a block, not an if/);
  });
});

describe('unreachable code follows the validation algorithm of the specification', () => {
  const accepted = (body: (f: FunctionBuilder, x: Local<'i32'>) => void, result: ResultType = 'void'): void => {
    const module = new ModuleBuilder();
    const handle = module.function('f', { x: 'i32' }, result);
    module.define(handle, (f, { x }) => body(f, x));
    expect(WebAssembly.validate(module.toBytes())).toBe(true);
  };

  test('yields any operand after br, br_table, return and unreachable', () => {
    for (const leave of [
      (f: FunctionBuilder) => f.br(0),
      (f: FunctionBuilder) => f.br_table([0], 0, 1),
      (f: FunctionBuilder) => f.return(),
      (f: FunctionBuilder) => f.unreachable(),
    ]) {
      accepted((f) => {
        leave(f);
        f.operate(i32Add);
        f.discard('i32');
      });
    }
  });

  test('needs no result, but operands that were pushed are still checked', () => {
    accepted((f) => f.unreachable(), 'f32');
    accepted((f, x) => {
      f.unreachable();
      x.emit(f);
      f.operate(i32Add);
    }, 'i32');
    expect(
      messageOf((f, { v }) => {
        f.unreachable();
        v.emit(f);
        f.operate(i32Add);
      }),
    ).toMatch(/i32.add: expected \[i32, i32\], the stack holds \[v128\]/);
    expect(
      messageOf((f, { x }) => {
        f.unreachable();
        x.emit(f);
      }),
    ).toMatch(/end of function: expected \[\], the stack holds \[i32\]/);
  });

  test('ends with its block, and an else is reachable again', () => {
    expect(
      messageOf((f) => {
        f.block(() => f.br(0));
        f.operate(i32Add);
      }),
    ).toMatch(/i32.add: expected \[i32, i32\], the stack holds \[\]/);
    expect(
      messageOf((f, { x }) =>
        f.if(
          x,
          () => f.return(),
          () => f.discard('i32'),
        ),
      ),
    ).toMatch(/drop: expected \[i32\]/);
  });
});

describe('names', () => {
  test('a local of another function', () => {
    const message = messageOf((f, { x }, module) => {
      module.function('other', {}, 'void', (other) => other.emit(i32.store(x, 1)));
      f.drop(x);
    });
    expect(message).toBe("function 'other', local.get: unknown local 'x': it belongs to another function or module");
  });

  test('a global and a function of another module, an immutable global', () => {
    const foreign = new ModuleBuilder();
    const global = foreign.global('step', 'i32', 0);
    const callee = foreign.function('callee', {}, 'void', () => {});
    const table = foreign.table([callee]);
    expect(messageOf((f) => f.set(global, 1))).toMatch(/global.set: unknown global 'step'/);
    expect(messageOf((f) => f.emit(callee.call({})))).toMatch(/call 'callee': the function belongs to another module/);
    expect(messageOf((f) => f.emit(table.call(0, {})))).toMatch(/call_indirect: the table belongs to another module/);
    const module = new ModuleBuilder();
    const fixed = module.importGlobal('env', 'fixed', 'i32');
    expect(() => module.function('f', {}, 'void', (f) => f.set(fixed, 1))).toThrow(
      /global.set: global 'fixed' is immutable/,
    );
  });

  test('a label depth out of range, a label that is closed', () => {
    expect(messageOf((f) => f.block(() => f.br(2)))).toBe(
      "function 'wrong', br: label depth 2 is out of range, 2 labels are open",
    );
    expect(messageOf((f) => f.br_if(-1, 1))).toMatch(/br_if: label depth -1 is out of range/);
    expect(messageOf((f) => f.br_table([0], 7, 1))).toMatch(/br_table: label depth 7 is out of range/);
    expect(
      messageOf((f) => {
        const labels: Label[] = [];
        f.block((label) => void labels.push(label));
        f.br(labels[0]!);
      }),
    ).toMatch(/br: label this block is not open here/);
  });

  test('br_table labels that carry different values', () => {
    const message = messageOf((f) => {
      f.open('block', 'i32');
      f.block(() => f.br_table([1], 0, 1));
    });
    expect(message).toMatch(/br_table: label 1 takes \[i32\], the last takes \[\]/);
    const other = messageOf((f) => {
      f.open('block', 'i32');
      f.block(() => f.br_table([0], 1, 1));
    });
    expect(other).toMatch(/br_table: label 0 takes \[\], the last takes \[i32\]/);
  });
});

describe('immediates and constants', () => {
  test.each<[string, () => Expr, RegExp]>([
    [
      'lane too large',
      () => f32x4.extract_lane(f32x4.const(1), 4),
      /f32x4.extract_lane: lane 4 is not an integer in \[0, 4\)/,
    ],
    ['lane fractional', () => f32x4.extract_lane(f32x4.const(1), 0.5), /lane 0.5 is not/],
    [
      'fifteen lanes',
      () => i8x16.shuffle(i8x16.const(1), i8x16.const(2), new Array<number>(15).fill(0)),
      /i8x16.shuffle: got 15 lanes/,
    ],
    [
      'shuffle lane too large',
      () => i8x16.shuffle(i8x16.const(1), i8x16.const(2), new Array<number>(16).fill(32)),
      /lane 32 is not/,
    ],
    ['negative offset', () => i32.load(0, -4), /i32.load: offset -4 is not an integer in \[0, 2\^32\)/],
    ['offset too large', () => i32.load(0, 2 ** 32), /offset 4294967296/],
    [
      'alignment above natural',
      () => i32.load(0, 0, 8),
      /i32.load: alignment 8, expected a power of two up to 4 bytes/,
    ],
    ['alignment no power of two', () => v128.load(0, 0, 3), /alignment 3/],
    [
      'atomic alignment below natural',
      () => i32.atomic.load(0, 0, 2),
      /i32.atomic.load: alignment 2, expected 4 bytes/,
    ],
    ['i32 out of range', () => i32.const(2 ** 32), /i32.const: 4294967296 is not an integer of 32 bits/],
    ['i32 fractional', () => i32.const(1.5), /i32.const: 1.5 is not/],
    ['i64 out of range', () => i64.const(2n ** 64n), /i64.const: 18446744073709551616 is not an integer of 64 bits/],
  ])('%s', (_name, value, message) => {
    expect(messageOf((f) => f.drop(value() as Expr<'i32'>))).toMatch(message);
  });

  test('a constant of another kind than its type', () => {
    expect(messageOf((f) => f.constant('v128', 5))).toMatch(/v128.const: expected 16 bytes for v128/);
    expect(messageOf((f) => f.constant('i32', new Uint8Array(16)))).toMatch(/i32.const: expected 16 bytes for v128/);
  });

  test('lane constants', () => {
    expect(() => f32x4.const(1, 2, 3)).toThrow(/f32x4.const: got 3 lanes, expected 4, or 1 for all of them/);
    expect(() => i32x4.splat(0.5)).toThrow(/i32x4.const: lane 0.5 is not an integer of 32 bits/);
    expect(() => i8x16.const(256)).toThrow(/i8x16.const: lane 256/);
  });

  test('operands that TypeScript would refuse', () => {
    expect(() => Reflect.apply(f32.add, undefined, [1])).toThrow(/f32.add: an operand of type f32 is missing/);
    expect(() => Reflect.apply(v128.and, undefined, [f32x4.const(1), 3])).toThrow(
      /v128.and: the number 3 has no lane shape here/,
    );
  });

  test('memory instructions need a memory', () => {
    expect(messageOf((f) => f.drop(i32.load(0)), 'void', false)).toMatch(/i32.load: the module has no memory/);
  });
});
