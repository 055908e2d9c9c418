/**
 * An example of the documentation as a module. Names of the package that it uses without importing them are imported.
 * A comment after a statement that begins as a value does is compared with the value of the statement:
 * `f(x); // 2`, `const y = f(x); // 2`, `console.log(f(x)); // 2`.
 */
import { transformSync } from 'esbuild';
import { parseAst } from 'vitest/node';
import { statesValue } from './stated-value.ts';

export interface Example {
  /** 'src/ops/matmul.ts:51 matmul' */
  readonly title: string;
  readonly code: string;
}

/** An example that begins so is type-checked and not run. */
const NOT_RUN = /^\/\/ (In a (page|worker)( or a worker)?|Needs [\w ]+)[:.,]/;

export function isRun({ code }: Example): boolean {
  return !NOT_RUN.test(code);
}

/** The name of its file, if its first line gives one, as in '// In a worker: worker.ts'. */
export function fileOf({ code }: Example): string | undefined {
  return /^\/\/ In a [\w ]+: (\w+\.ts)$/m.exec(code.split('\n', 1)[0]!)?.[1];
}

/** The exports of 'ganvas' and 'ganvas/node' by name. */
export type Entries = Readonly<Record<string, ReadonlySet<string>>>;

/** TypeScript for the compiler. What stands in a line of the example stands in the same line here. */
export function toModule(example: Example, entries: Entries): string {
  const tree = parse(example);
  const imports = missingImports(tree, entries).map(
    ([entry, names]) => `import { ${names.join(', ')} } from '${entry}';`,
  );
  return [...imports, example.code, '\nexport {};\n'].join(' ');
}

/**
 * JavaScript, the body of a function that returns a promise. It reads $modules, and calls $check(value, comment) where
 * a comment states a value. `stated` has these comments.
 */
export function toProgram(example: Example, entries: Entries): { readonly code: string; readonly stated: string[] } {
  const tree = parse(example);
  const checks = checksOf(tree, example);
  const edits = [...tree.body.flatMap(importEdit), ...checks.flatMap(({ edits }) => edits)].sort((a, b) => b.at - a.at);
  let code = example.code;
  for (const { at, end, text } of edits) code = code.slice(0, at) + text + code.slice(end);
  const given = missingImports(tree, entries).map(
    ([entry, names]) => `const { ${names.join(', ')} } = $modules['${entry}'];`,
  );
  const wrapped = `async function example() { ${given.join(' ')} ${code}\n}\nexample();`;
  const { code: program } = transformSync(wrapped, { loader: 'ts', target: 'es2022' });
  const stated = [...new Set(checks.map(({ comment }) => comment))];
  return { stated, code: program.replace(/example\(\);\s*$/, 'return example();') };
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

interface Edit {
  readonly at: number;
  readonly end: number;
  readonly text: string;
}

function parse({ title, code }: Example): Node & { readonly body: readonly Node[] } {
  try {
    const statements: readonly unknown[] = parseAst(code, { lang: 'ts' }).body;
    return { type: 'Program', start: 0, end: code.length, body: statements.filter(isNode) };
  } catch (error) {
    throw new Error(`${title}: ${(error as Error).message}`);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** The names of the package that the example uses and neither declares nor imports, by entry. */
function missingImports(tree: Node, entries: Entries): [entry: string, names: string[]][] {
  const used = new Set<string>();
  const declared = new Set<string>();
  visit(tree, (node, parent, field) => {
    if (node.type !== 'Identifier') return;
    const name = node['name'] as string;
    const isKey = field === 'property' || field === 'key';
    if (isKey && parent['computed'] !== true) return;
    (isDeclaration(parent, field) ? declared : used).add(name);
  });
  return Object.entries(entries)
    .map(([entry, names]): [string, string[]] => [
      entry,
      [...used].filter((name) => names.has(name) && !declared.has(name)),
    ])
    .filter(([, names]) => names.length > 0);
}

/** Patterns are declarations too: an example that only reads from a pattern's default would be misread, and fail. */
function isDeclaration(parent: Node, field: string): boolean {
  return (
    field === 'id' ||
    field === 'params' ||
    field === 'local' ||
    field === 'imported' ||
    parent.type === 'ArrayPattern' ||
    (parent.type === 'Property' && field === 'value' && parent['shorthand'] === true && parent['pattern'] === true)
  );
}

/** Calls `found` for each node with its parent and the field of the parent in which it stands. */
function visit(node: Node, found: (node: Node, parent: Node, field: string) => void): void {
  for (const [field, value] of Object.entries(node)) {
    for (const next of Array.isArray(value) ? value : [value]) {
      if (!isNode(next)) continue;
      // Properties of a pattern are told apart from those of an object.
      const inPattern = node.type === 'ObjectPattern' && next.type === 'Property';
      const known = inPattern ? { ...next, pattern: true } : next;
      found(known, node, field);
      visit(known, found);
    }
  }
}

/** import { a as b } from 'x' becomes const { a: b } = $modules['x']. */
function importEdit(node: Node): Edit[] {
  if (node.type !== 'ImportDeclaration') return [];
  const from = (node['source'] as { value: string }).value;
  const specifiers = node['specifiers'] as readonly { imported: { name: string }; local: { name: string } }[];
  const names = specifiers.map(({ imported, local }) => `${imported.name}: ${local.name}`);
  return [{ at: node.start, end: node.end, text: `const { ${names.join(', ')} } = $modules['${from}'];` }];
}

/** Puts $check(..., 'comment') around what a comment states the value of. */
function checksOf(tree: Node, { title, code }: Example): { readonly comment: string; readonly edits: Edit[] }[] {
  const checks: { comment: string; edits: Edit[] }[] = [];
  const compared = new Set<number>();
  visit(tree, (node) => {
    const value = valueIn(node);
    if (value === undefined) return;
    const comment = /^;?[^\S\n]*\/\/ (.*)/.exec(code.slice(node.end))?.[1];
    if (comment === undefined || !statesValue(comment)) return;
    compared.add(code.slice(0, node.end).split('\n').length);
    const before = { at: value.start, end: value.start, text: '$check((' };
    const after = { at: value.end, end: value.end, text: `), ${JSON.stringify(comment)})` };
    checks.push({ comment, edits: [before, after] });
  });
  code.split('\n').forEach((line, i) => {
    const comment = /(?:^|\s)\/\/ (.*)/.exec(line)?.[1];
    if (comment !== undefined && statesValue(comment) && !compared.has(i + 1)) {
      throw new Error(`${title}: '// ${comment}' looks like a value and follows no statement that has one`);
    }
  });
  return checks;
}

/** The expression whose value a comment after the statement states. */
function valueIn(node: Node): Node | undefined {
  if (node.type === 'VariableDeclaration') {
    const [declarator] = node['declarations'] as readonly Node[];
    return (declarator?.['init'] as Node | null) ?? undefined;
  }
  if (node.type !== 'ExpressionStatement') return undefined;
  const expression = node['expression'] as Node;
  const { object, property } = (expression['callee'] ?? {}) as Readonly<Record<string, { name?: string } | undefined>>;
  if (object?.name !== 'console' || property?.name !== 'log') return expression;
  const values = expression['arguments'] as readonly Node[];
  return values.length === 1 ? values[0] : undefined;
}
