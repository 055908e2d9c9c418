import { describe, expect, test } from 'vitest';
import { f32, i32, ModuleBuilder, memory } from '../../src/wasm/index.ts';
import { run } from './helpers.ts';

const imports = (module: ModuleBuilder): WebAssembly.ModuleImportDescriptor[] =>
  WebAssembly.Module.imports(new WebAssembly.Module(module.toBytes()));

test('an empty module is its eight bytes of magic and version', () => {
  expect([...new ModuleBuilder().toBytes()]).toEqual([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
});

describe('imports', () => {
  test('globals and memory, in the order they were asked for', () => {
    const module = new ModuleBuilder();
    module.importMemory('env', 'memory', { min: 3 });
    module.importGlobal('host', 'base', 'i32');
    expect(imports(module)).toEqual([
      { module: 'env', name: 'memory', kind: 'memory' },
      { module: 'host', name: 'base', kind: 'global' },
    ]);
  });

  test('globals are read', () => {
    const value = (type: 'i32' | 'f32', number: number): WebAssembly.Global =>
      new WebAssembly.Global({ value: type }, number);
    const { call } = run(
      (module) => {
        const [first, second] = [module.importGlobal('env', 'a', 'i32'), module.importGlobal('env', 'b', 'f32')];
        module.function('a', {}, 'i32', () => i32.add(first, 2));
        module.function('b', {}, 'f32', () => second);
      },
      { env: { a: value('i32', 40), b: value('f32', 0.5) } },
    );
    expect([call('a'), call('b')]).toEqual([42, 0.5]);
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

  test('arguments go by name; a body may define functions and call them', () => {
    const { call } = run((module) => {
      const minus = module.function('minus', { a: 'f32', b: 'f32' }, 'f32', (_f, { a, b }) => f32.sub(a, b));
      module.function('swapped', { a: 'f32', b: 'f32' }, 'f32', (_f, { a, b }) => {
        const twice = module.function('twice', { x: 'f32' }, 'f32', (_g, { x }) => f32.add(x, x), { exported: false });
        return twice.call({ x: minus.call({ b: a, a: b }) });
      });
      module.function('last', {}, 'i32', () => i32.const(7));
    });
    expect([call('minus', 5, 3), call('swapped', 5, 3), call('last')]).toEqual([2, -4, 7]);
  });

  test('an argument left out', () => {
    const module = new ModuleBuilder();
    const callee = module.function('callee', { x: 'i32' }, 'void', () => {});
    const call = Reflect.apply(callee.call, callee, [{}]);
    expect(() => module.function('caller', {}, 'void', (f) => f.emit(call))).toThrow(
      /call 'callee', x: expected an operand of type i32/,
    );
  });
});

test('call_indirect: by number, and a trap outside the table', () => {
  const { call } = run((module) => {
    const operations = (['add', 'sub', 'mul'] as const).map((name) =>
      module.function(name, { a: 'i32', b: 'i32' }, 'i32', (_f, { a, b }) => i32[name](a, b)),
    );
    const table = module.table(operations);
    module.function('apply', { k: 'i32', a: 'i32', b: 'i32' }, 'i32', (_f, { k, a, b }) => table.call(k, { a, b }));
  });
  expect([0, 1, 2].map((k) => call('apply', k, 7, 3))).toEqual([10, 4, 21]);
  expect(() => call('apply', 3, 7, 3)).toThrow(WebAssembly.RuntimeError);
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
        for (let j = 0; j < 130; j++) f.set(sum, f32.add(sum, f32.sub(f32.load(p, 4 * j), f32.load(p, 8 * j))));
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
