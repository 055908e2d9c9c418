export function trimDeclarations(
  sources: ReadonlyMap<string, string>,
  entries: readonly string[],
): ReadonlyMap<string, string>;
