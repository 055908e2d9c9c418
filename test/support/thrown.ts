/** Checks of error types and messages, also for calls that the compiler would refuse. */
import { expect } from 'vitest';

/** Passes a value of the wrong type to a parameter, which JavaScript callers can do at any time. */
export function wrong<T>(value: unknown): T {
  return value as T;
}

/** What `call` throws; fails if it does not throw an instance of `kind`. */
export function thrownBy<E extends Error>(kind: abstract new (...args: never[]) => E, call: () => unknown): E {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    expect(error, String(error)).toBeInstanceOf(kind);
    if (error instanceof kind) return error;
  }
  throw new Error(`no error was thrown; got ${String(result)}`);
}
