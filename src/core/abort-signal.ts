/**
 * The type of abort signals: AbortSignal. A program that is compiled without the DOM library and without Node's types
 * does not know that name; for it the type has the fields that a reader of a signal needs.
 */
export type PlatformAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : { readonly aborted: boolean; readonly reason: unknown };
