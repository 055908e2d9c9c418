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

/** What a promise rejects with; fails if it does not, or with another kind of error or another message. */
export async function expectRejection<E extends Error>(
  promise: Promise<unknown>,
  kind: abstract new (...args: never[]) => E,
  message: string | RegExp = '',
): Promise<E> {
  const error = await promise.then(
    (value) => new Error(`no rejection; got ${String(value)}`),
    (reason: unknown) => reason,
  );
  expect(error, String(error)).toBeInstanceOf(kind);
  const typed = error as E;
  if (typeof message === 'string') expect(typed.message).toContain(message);
  else expect(typed.message).toMatch(message);
  return typed;
}
