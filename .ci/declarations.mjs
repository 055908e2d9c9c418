/**
 * Trims the declarations that the compiler emits to what a user of the package can reach: the entries' exports, and all
 * that these mention. What is left out would be checked in a user's program too, with the user's compiler and
 * libraries, and they may not know the types of WebAssembly. Each declaration stays in the file of its source, with its
 * docstring.
 *
 * Members marked @internal go as well. A class that loses one keeps a private member instead, so that no other object
 * can be taken for its instance, and an internal constructor becomes a protected one.
 *
 * The parser is that of rolldown, a dependency of vitest, so the lock file pins it.
 */
import { posix } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

/**
 * @param sources - the text of each file by its path, such as 'core/shape.d.ts'.
 * @param entries - paths of the files whose exports are public.
 * @returns the files that are reached, trimmed.
 * @throws Error for an import that leads nowhere, and for syntax that the compiler does not emit here.
 */
export function trimDeclarations(sources, entries) {
  const files = new Map(Array.from(sources, ([path, text]) => [path, readFile(path, text)]));
  for (const file of files.values()) resolveTargets(file, files);
  const reached = new Map();
  const waiting = [];
  const reach = (path, name) => {
    const names = reached.get(path) ?? reached.set(path, new Set()).get(path);
    if (names.has(name)) return;
    names.add(name);
    waiting.push([path, name]);
  };
  for (const path of entries) for (const name of files.get(path).exports.keys()) reach(path, `export ${name}`);
  while (waiting.length > 0) {
    const [path, name] = waiting.pop();
    follow(files.get(path), name, reach, files);
  }
  return new Map(Array.from(reached, ([path, names]) => [path, printFile(files.get(path), names)]));
}

/** Reaches what a name needs: `export NAME` what it stands for, NAME itself the names in its declarations. */
function follow(file, name, reach, files) {
  if (name.startsWith('export ')) {
    const { from, local } = file.exports.get(name.slice('export '.length)) ?? fail(file.path, `has no ${name}`);
    if (from === undefined) reach(file.path, local);
    else reachIn(files.get(from), local, reach);
    return;
  }
  const imported = file.imports.get(name);
  if (imported !== undefined) reachIn(files.get(imported.from), imported.local, reach);
  for (const { names } of file.declarations.get(name) ?? []) {
    for (const one of names) if (file.declarations.has(one) || file.imports.has(one)) reach(file.path, one);
  }
}

/** `*` stands for all exports. */
function reachIn(file, name, reach) {
  for (const one of name === '*' ? file.exports.keys() : [name]) reach(file.path, `export ${one}`);
}

function fail(path, problem) {
  throw new Error(`${path}: ${problem}`);
}

/** Lists the declarations, imports and exports of a file by name. */
function readFile(path, text) {
  const file = { path, text, statements: [], declarations: new Map(), imports: new Map(), exports: new Map() };
  let end = 0;
  for (const node of parseAst(text, { lang: 'dts' }, path).body) {
    const statement = { node, start: end, end: node.end, declares: [], names: new Set(), cuts: [] };
    end = node.end;
    file.statements.push(statement);
    if (node.type === 'ImportDeclaration') readImport(file, node);
    else if (node.type === 'ExportNamedDeclaration' && node.declaration === null) readExports(file, node);
    else if (node.type === 'ExportAllDeclaration' && node.exported !== null) {
      file.exports.set(node.exported.name, { from: node.source.value, local: '*' });
    } else readDeclaration(file, statement, node.type === 'ExportNamedDeclaration' ? node.declaration : node);
  }
  return file;
}

function readImport({ imports }, { specifiers, source }) {
  for (const { local, imported } of specifiers) {
    imports.set(local.name, { from: source.value, local: imported?.name ?? '*' });
  }
}

function readExports({ exports }, { specifiers, source }) {
  for (const { local, exported } of specifiers) {
    exports.set(exported.name, { from: source?.value, local: local.name });
  }
}

const DECLARATIONS = [
  'ClassDeclaration',
  'TSDeclareFunction',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'VariableDeclaration',
];

function readDeclaration({ path, text, declarations, exports }, statement, node) {
  if (!DECLARATIONS.includes(node.type)) fail(path, `${node.type} is not supported`);
  const ids = node.type === 'VariableDeclaration' ? node.declarations.map(({ id }) => id) : [node.id];
  cutInternalMembers(text, statement, node);
  collectNames(node, statement);
  for (const { name } of ids) {
    statement.declares.push(name);
    declarations.set(name, [...(declarations.get(name) ?? []), statement]);
    if (statement.node.type === 'ExportNamedDeclaration') exports.set(name, { local: name });
  }
}

/** Notes the pieces of text that replace internal members. */
function cutInternalMembers(text, { cuts }, { type, body }) {
  if (type !== 'ClassDeclaration' && type !== 'TSInterfaceDeclaration') return;
  let start = body.start + 1;
  const privates = body.body.filter(({ key }) => key?.type === 'PrivateIdentifier');
  for (const { start: from, end, kind } of body.body) {
    if (text.slice(start, from).includes('@internal')) {
      const member = type === 'ClassDeclaration' && kind === 'constructor' ? '\n    protected constructor();' : '';
      cuts.push({ start, end, member });
    }
    start = end;
  }
  if (type !== 'ClassDeclaration' || cuts.length === 0 || privates.length > 0) return;
  cuts.unshift({ start: body.start + 1, end: body.start + 1, member: '\n    #private;' });
}

/** Collects the names of the file that a declaration mentions, where a type or a value can stand. */
function collectNames(node, statement) {
  if (Array.isArray(node)) for (const one of node) collectNames(one, statement);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  if (statement.cuts.some(({ start, end }) => start <= node.start && node.end <= end)) return;
  if (node.type === 'TSImportType') fail('import()', 'types of imported files are not supported');
  const mentioned = [
    ...[node.superClass, node.computed && node.key],
    ...(node.type === 'TSTypeReference' ? [node.typeName] : []),
    ...(node.type === 'TSTypeQuery' ? [node.exprName] : []),
    ...(node.type === 'TSInterfaceHeritage' || node.type === 'TSClassImplements' ? [node.expression] : []),
  ];
  for (const one of mentioned) if (one) statement.names.add(leftmost(one).name);
  for (const value of Object.values(node)) collectNames(value, statement);
}

/** The a of a.b.c. */
function leftmost(node) {
  const left = node.left ?? node.object;
  return left === undefined ? node : leftmost(left);
}

/** Turns specifiers such as '../core/shape.ts' into paths of files. */
function resolveTargets({ path, imports, exports }, files) {
  for (const target of [...imports.values(), ...exports.values()]) {
    if (target.from === undefined) continue;
    const from = posix.join(posix.dirname(path), target.from).replace(/\.[jt]s$/, '.d.ts');
    if (!files.has(from)) fail(path, `${target.from} leads to no file`);
    target.from = from;
  }
}

/** The text of what is reached. Comments before imports describe the module and go. */
function printFile({ text, statements }, reached) {
  const parts = statements.map(({ node, start, end, declares, cuts }) => {
    const { specifiers, source, exported } = node;
    if (declares.length > 0) {
      if (!declares.some((name) => reached.has(name))) return '';
      return docstring(text.slice(start, node.start)) + replaced(text, node.start, end, cuts);
    }
    const from = source === null ? '' : ` from '${source.value.replace(/\.ts$/, '.js')}'`;
    if (node.type === 'ExportAllDeclaration') {
      return reached.has(`export ${exported.name}`) ? `export * as ${exported.name}${from};` : '';
    }
    const isImport = node.type === 'ImportDeclaration';
    const kept = specifiers.filter(({ local, exported }) =>
      reached.has(isImport ? local.name : `export ${exported.name}`),
    );
    if (kept.length === 0) return specifiers.length === 0 ? 'export {};' : '';
    const type = (isImport ? node.importKind : node.exportKind) === 'type' ? ' type' : '';
    const names = kept.map((one) => text.slice(one.start, one.end)).join(', ');
    const list = kept[0].type === 'ImportNamespaceSpecifier' ? names : `{ ${names} }`;
    return `${isImport ? 'import' : 'export'}${type} ${list}${from};`;
  });
  return `${parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n')}\n`;
}

/** The last comment before a declaration. One before it describes the module. */
function docstring(text) {
  const start = text.lastIndexOf('/**');
  return start < 0 ? '' : `${text.slice(start).trimEnd()}\n`;
}

function replaced(text, start, end, cuts) {
  let out = '';
  let from = start;
  for (const cut of cuts) {
    out += text.slice(from, cut.start) + cut.member;
    from = cut.end;
  }
  return out + text.slice(from, end);
}
