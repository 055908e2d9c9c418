/** Calls a function with arguments that its types forbid, as JavaScript can. */
export function untyped(fn: (...args: never[]) => unknown, ...args: unknown[]): unknown {
  return Reflect.apply(fn, undefined, args);
}
