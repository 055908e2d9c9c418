import { describe, expect, test } from 'vitest';
import { f32, i32, i64, ModuleBuilder, memory } from '../../src/wasm/index.ts';
import { run } from './helpers.ts';

const imports = (module: ModuleBuilder): WebAssembly.ModuleImportDescriptor[] =>
  WebAssembly.Module.imports(new WebAssembly.Module(module.toBytes()));

test('an empty module is its eight bytes of magic and version', () => {
  expect([...new ModuleBuilder().toBytes()]).toEqual([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
});

describe('imports', () => {
  test('functions, globals and memory, in the order they were asked for', () => {
    const module = new ModuleBuilder();
    module.importFunction('host', 'log', { x: 'f32' }, 'void');
    module.importMemory('env', 'memory', { min: 3 });
    module.importGlobal('host', 'base', 'i32');
    expect(imports(module)).toEqual([
      { module: 'host', name: 'log', kind: 'function' },
      { module: 'env', name: 'memory', kind: 'memory' },
      { module: 'host', name: 'base', kind: 'global' },
    ]);
  });

  test('are called and read', () => {
    const heard: number[] = [];
    const base = new WebAssembly.Global({ value: 'i32', mutable: true }, 40);
    const { call } = run(
      (module) => {
        const log = module.importFunction('env', 'log', { x: 'f32', k: 'i32' }, 'i32');
        const offset = module.importGlobal('env', 'base', 'i32', true);
        module.function('f', {}, 'i32', (f) => {
          f.set(offset, i32.add(offset, 2));
          return log.call({ k: offset, x: 0.5 });
        });
      },
      { env: { base, log: (x: number, k: number) => heard.push(x, k) } },
    );
    expect(call('f')).toBe(2);
    expect(heard).toEqual([0.5, 42]);
    expect(base.value).toBe(42);
  });

  test("must come before the module's own definitions", () => {
    const module = new ModuleBuilder();
    module.function('f', {}, 'void', () => {});
    module.global('g', 'i32', 0);
    expect(() => module.importFunction('env', 'log', {}, 'void')).toThrow(
      /importFunction 'log': import before the first/,
    );
    expect(() => module.importGlobal('env', 'base', 'i32')).toThrow(/importGlobal 'base': import before the first/);
  });

  test('memory limits: minimum only, with maximum, shared', () => {
    const accepts = (limits: { min: number; max?: number; shared?: boolean }, memory: WebAssembly.Memory): boolean => {
      const module = new ModuleBuilder();
      module.importMemory('env', 'memory', limits);
      try {
        new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()), { env: { memory } });
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(WebAssembly.LinkError);
        return false;
      }
    };
    const plain = new WebAssembly.Memory({ initial: 2 });
    const bounded = new WebAssembly.Memory({ initial: 2, maximum: 300 });
    const shared = new WebAssembly.Memory({ initial: 2, maximum: 300, shared: true });
    expect(accepts({ min: 2 }, plain)).toBe(true);
    expect(accepts({ min: 3 }, plain)).toBe(false);
    expect(accepts({ min: 2, max: 300 }, plain)).toBe(false);
    expect(accepts({ min: 2, max: 300 }, bounded)).toBe(true);
    expect(accepts({ min: 2, max: 299 }, bounded)).toBe(false);
    expect(accepts({ min: 2, max: 300, shared: true }, shared)).toBe(true);
    expect(accepts({ min: 2, max: 300, shared: true }, bounded)).toBe(false);
    expect(() => accepts({ min: 2, shared: true }, shared)).toThrow(/a shared memory needs a maximum/);
    const module = new ModuleBuilder();
    module.importMemory('env', 'memory', { min: 1 });
    expect(() => module.importMemory('env', 'other', { min: 1 })).toThrow(/has a memory already/);
  });
});

describe('functions', () => {
  test('are exported under their names unless `exported` is false', () => {
    const module = new ModuleBuilder();
    module.function('kernel', {}, 'void', () => {});
    module.function('helper', {}, 'void', () => {}, { exported: false });
    const names = WebAssembly.Module.exports(new WebAssembly.Module(module.toBytes())).map(({ name }) => name);
    expect(names).toEqual(['kernel']);
  });

  test('equal signatures are written once', () => {
    const size = (types: ('i32' | 'f32')[]): number => {
      const module = new ModuleBuilder();
      for (const [k, type] of types.entries()) module.function(`f${k}`, { x: type, y: 'i32' }, 'void', () => {});
      return module.toBytes().length;
    };
    // A type (i32, i32) -> () is 0x60, 2 parameters, 0 results: five bytes.
    expect(size(['i32', 'f32']) - size(['i32', 'i32'])).toBe(5);
  });

  test('arguments go by name; calls of functions defined later; recursion', () => {
    const { call } = run((module) => {
      const isOdd = module.function('isOdd', { n: 'i32' }, 'i32');
      const isEven = module.function('isEven', { n: 'i32' }, 'i32', (f, { n }) => {
        f.if(i32.eqz(n), () => f.return(1));
        return isOdd.call({ n: i32.sub(n, 1) });
      });
      module.define(isOdd, (f, { n }) => {
        f.if(i32.eqz(n), () => f.return(0));
        return isEven.call({ n: i32.sub(n, 1) });
      });
      const minus = module.function('minus', { a: 'f32', b: 'f32' }, 'f32', (_f, { a, b }) => f32.sub(a, b));
      module.function('swapped', { a: 'f32', b: 'f32' }, 'f32', (_f, { a, b }) => minus.call({ b: a, a: b }));
    });
    expect([call('isEven', 10), call('isEven', 7), call('isOdd', 7)]).toEqual([1, 0, 1]);
    expect([call('minus', 5, 3), call('swapped', 5, 3)]).toEqual([2, -2]);
  });

  test('an argument left out, a function never defined or defined twice', () => {
    const module = new ModuleBuilder();
    const callee = module.function('callee', { x: 'i32' }, 'void');
    expect(() => module.toBytes()).toThrow(/toBytes: function 'callee' was never defined/);
    module.define(callee, () => {});
    expect(() => module.define(callee, () => {})).toThrow(/define 'callee'/);
    expect(() => new ModuleBuilder().define(callee, () => {})).toThrow(/define 'callee'/);
    const call = Reflect.apply(callee.call, callee, [{}]);
    expect(() => module.function('caller', {}, 'void', (f) => f.emit(call))).toThrow(
      /call 'callee', x: an operand of type i32/,
    );
  });
});

test('globals keep what is set, each of its type', () => {
  const { call } = run((module) => {
    const counter = module.global('counter', 'i32', 5);
    const scale = module.global('scale', 'f32', -0.5);
    const long = module.global('long', 'i64', 2n ** 40n);
    module.function('count', {}, 'i32', (f) => {
      f.set(counter, i32.add(counter, 1));
      return counter;
    });
    module.function('scale', { x: 'f32' }, 'f32', (_f, { x }) => f32.mul(x, scale));
    module.function('long', {}, 'i64', () => i64.add(long, 1));
  });
  expect([call('count'), call('count')]).toEqual([6, 7]);
  expect(call('scale', 8)).toBe(-4);
  expect(call('long')).toBe(2n ** 40n + 1n);
});

test('call_indirect: by number, and a trap outside the table', () => {
  const { call } = run((module) => {
    const operations = (['add', 'sub', 'mul'] as const).map((name) =>
      module.function(name, { a: 'i32', b: 'i32' }, 'i32', (_f, { a, b }) => i32[name](a, b)),
    );
    const table = module.table(operations);
    module.function('apply', { k: 'i32', a: 'i32', b: 'i32' }, 'i32', (_f, { k, a, b }) => table.call(k, { a, b }));
    expect(() => module.table(operations)).toThrow(/a second table/);
  });
  expect([0, 1, 2].map((k) => call('apply', k, 7, 3))).toEqual([10, 4, 21]);
  expect(() => call('apply', 3, 7, 3)).toThrow(WebAssembly.RuntimeError);
  const module = new ModuleBuilder();
  const one = module.function('one', { a: 'i32' }, 'void', () => {});
  const other = module.function('other', { a: 'f32' }, 'void', () => {});
  expect(() => Reflect.apply(module.table, module, [[one, other]])).toThrow(
    /table: 'other' is \(f32\) -> void, 'one' is \(i32\) -> void/,
  );
});

test('memory.size, grow, fill and copy', () => {
  const { call, view } = run((module) => {
    module.function('size', {}, 'i32', () => memory.size());
    module.function('grow', { pages: 'i32' }, 'i32', (_f, { pages }) => memory.grow(pages));
    module.function('fill', {}, 'void', (f) => f.emit(memory.fill(16, 0xab, 8)));
    module.function('copy', {}, 'void', (f) => f.emit(memory.copy(100, 18, 8)));
  });
  call('fill');
  call('copy');
  expect(view.getBigUint64(16, true)).toBe(0xabababababababn * 256n + 0xabn);
  expect(view.getBigUint64(100, true)).toBe(0x0000ababababababn);
  expect([call('size'), call('grow', 1), call('size'), call('grow', 1)]).toEqual([1, 1, 2, -1]);
});

describe('threads', () => {
  const describeWaiting = (module: ModuleBuilder): void => {
    const params = { at: 'i32', expected: 'i32', timeout: 'i64' } as const;
    module.function('wait32', params, 'i32', (_f, { at, expected, timeout }) =>
      memory.atomic.wait32(at, expected, timeout),
    );
    module.function('notify', { at: 'i32', count: 'i32' }, 'i32', (_f, { at, count }) =>
      memory.atomic.notify(at, count),
    );
  };

  test('wait returns 1 if the value differs and 2 after the timeout in ns; notify returns how many it woke', () => {
    const { call, view } = run(describeWaiting, { shared: true });
    view.setInt32(0, 7, true);
    expect(call('wait32', 0, 8, -1n)).toBe(1);
    expect(call('wait32', 0, 7, 1000n)).toBe(2);
    expect(call('notify', 0, 1)).toBe(0);
  });
});

test('a module of 60 functions and 100 KB of code assembles, and as fast as loading needs', () => {
  const build = (): Uint8Array => {
    const module = new ModuleBuilder();
    module.importMemory('env', 'memory', { min: 1 });
    for (let k = 0; k < 60; k++) {
      module.function(`f${k}`, { p: 'i32' }, 'void', (f, { p }) => {
        const sum = f.local('f32');
        for (let j = 0; j < 130; j++) f.set(sum, f32.add(sum, f32.mul(f32.load(p, 4 * j), f32.load(p, 8 * j))));
        f.emit(f32.store(p, sum));
      });
    }
    return module.toBytes();
  };
  build();
  const start = performance.now();
  const bytes = build();
  const elapsed = performance.now() - start;
  expect(WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)).toBe(true);
  expect(bytes.length).toBeGreaterThan(100_000);
  // About 10 ms once warm; the bound is loose, to catch only what has become quadratic.
  expect(elapsed).toBeLessThan(500);
});
