/** Builds, validates and instantiates a module; its functions as plain callables. */

import { expect } from 'vitest';
import { ModuleBuilder } from '../../src/wasm/index.ts';

export interface Running {
  memory: WebAssembly.Memory;
  view: DataView;
  call(name: string, ...args: (number | bigint)[]): unknown;
}

/** `describe` adds functions to a module that has one page of memory, shared if asked for. */
export function run(
  describe: (module: ModuleBuilder) => void,
  { shared = false, env = {} }: { shared?: boolean; env?: Record<string, WebAssembly.ExportValue> } = {},
): Running {
  const module = new ModuleBuilder();
  module.importMemory('env', 'memory', { min: 1, max: 2, shared });
  describe(module);
  const bytes = module.toBytes();
  expect(WebAssembly.validate(bytes)).toBe(true);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, ...env } });
  return {
    memory,
    view: new DataView(memory.buffer),
    call(name, ...args) {
      const target = exports[name];
      if (typeof target !== 'function') throw new Error(`no export ${name}`);
      return target(...args);
    },
  };
}
