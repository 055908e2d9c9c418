/**
 * scope(fn): frees all tensors made inside except those it returns. A training loop whose steps run in scopes needs no
 * more memory than one step. Scopes nest: the tensors that an inner scope returns belong to the outer scope.
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
 * Calls `fn`, then frees every tensor made during the call, except variables and the tensors in the result. The result
 * may be a tensor, or arrays, Maps, Sets and plain objects that contain tensors. If `fn` throws, all are freed. `fn`
 * must be synchronous.
 *
 * @param name - shown in the error when a freed tensor is used. Default: the function's name and the scope's number.
 * @returns what `fn` returns.
 * @throws ArgumentError if `fn` is no function or gives a promise; what `fn` throws.
 * @example
 * const x = tensor([1, 2, 3]);
 * const loss = scope(() => mean(square(sub(x, 2)))); // the difference and its square are freed
 * loss.item(); // 0.666666...
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

/**
 * Adds the storages of all tensors in a value to `kept`. It searches arrays, Maps, Sets and plain objects, but not
 * instances of other classes.
 */
function collectTensors(result: unknown, kept: Set<Storage>): void {
  const seen = new Set<unknown>();
  // A list instead of a recursion: a linked list may be longer than the call stack is deep.
  const pending: unknown[] = [result];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== 'object' || value === null || seen.has(value)) continue;
    seen.add(value);
    if (isInstance(value, Tensor)) kept.add(value.storage);
    else if (isInstance(value, Set) || isInstance(value, Map)) for (const item of value.values()) pending.push(item);
    // Object.values() skips the holes of a list at once.
    else if (isArray(value) || isPlainObject(value)) for (const item of Object.values(value)) pending.push(item);
  }
}
