/** Calls a function as JavaScript may: with arguments that its types forbid. */
export function untyped(fn: (...args: never[]) => unknown, ...args: unknown[]): unknown {
  return Reflect.apply(fn, undefined, args);
}
