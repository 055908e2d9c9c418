/**
 * scope(fn): frees all tensors made inside except those it returns. A training step in a scope needs no memory beyond
 * its own, turn after turn. Scopes nest: what an inner one returns belongs to the outer one.
 */
import { checkFunction, invalid, isArray, isInstance, isPlainObject } from '../core/check.ts';
import { ArgumentError } from '../core/errors.ts';
import { currentScope, enterScope, type Storage } from './storage.ts';
import { Tensor } from './tensor.ts';

export interface Scope {
  readonly name: string;
  readonly storages: Storage[];
}

let count = 0;

/**
 * Calls `fn` and frees every tensor that was made meanwhile, except variables and the tensors in what it returns (a
 * tensor, or arrays and plain objects of them). If `fn` throws, all are freed. `fn` must be synchronous.
 *
 * @param name - shown in the error when a freed tensor is touched. Default: the function's name and the scope's number.
 *
 * @example
 * const loss = scope(() => mean(square(sub(model.call(x), y))));
 */
export function scope<T>(fn: () => T, name?: string): T {
  checkFunction('scope', 'fn', fn);
  if (name !== undefined && typeof name !== 'string') invalid('scope', 'name', 'a string', name);
  const outer = currentScope();
  const label = name ?? fn.name;
  const inner: Scope = { name: `scope ${label === '' ? '' : `"${label}" `}#${++count}`, storages: [] };
  enterScope(inner);
  const kept = new Set<Storage>();
  try {
    const result = fn();
    if (result instanceof Promise) {
      result.catch(() => undefined);
      throw new ArgumentError(
        'scope: fn must be synchronous; got a Promise. Await outside, and put only the tensor work into the scope.',
      );
    }
    collectTensors(result, kept);
    return result;
  } finally {
    enterScope(outer);
    for (const storage of inner.storages) {
      if (storage.scope !== inner) continue;
      if (!kept.has(storage)) storage.free(inner.name);
      else if (outer === undefined) storage.escape();
      else {
        storage.scope = outer;
        outer.storages.push(storage);
      }
    }
  }
}

/** Tensors in a value: itself, or inside arrays, Maps, Sets and plain objects. Class instances are not searched. */
function collectTensors(result: unknown, kept: Set<Storage>): void {
  const seen = new Set<unknown>();
  // A list of what is still to be searched, not a recursion: a linked list may be longer than the stack is deep.
  const pending: unknown[] = [result];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isInstance(value, Tensor)) kept.add(value.storage);
    else if (isInstance(value, Set) || isInstance(value, Map)) for (const item of value.values()) pending.push(item);
    // Object.values() passes over the holes of a list at once.
    else if (isArray(value) || isPlainObject(value)) for (const item of Object.values(value)) pending.push(item);
  }
}
