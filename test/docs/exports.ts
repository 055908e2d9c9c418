/** What the entries of the package export, each with its docstring. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Docstring, parseDocstring } from './docstring.ts';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

export interface Export {
  /** As the user calls it: 'relu', 'layers.dense'. */
  readonly name: string;
  readonly kind: 'function' | 'class' | 'interface' | 'type' | 'const';
  /** From the root of the repository. */
  readonly file: string;
  /** Of the first line of the declaration, from 1. */
  readonly line: number;
  /** The text of a const, up to the end of its line. */
  readonly declaration: string;
  readonly doc: Docstring | undefined;
}

/** All exports of an entry, those of its namespaces (`export * as layers`) as layers.NAME. */
export function exportsOf(entry: string, prefix = ''): Export[] {
  const path = join(ROOT, entry);
  const source = readFileSync(path, 'utf8');
  const target = (specifier: string): string => relative(ROOT, join(dirname(path), specifier));
  const namespaces = Array.from(source.matchAll(/^export \* as (\w+) from '(.+)';$/gm), ([, name, specifier]) => {
    const file = target(specifier!);
    return file.endsWith('index.ts') ? exportsOf(file, `${name}.`) : declarationsOf(file, `${name}.`);
  });
  const named = Array.from(source.matchAll(/^export (?:type )?\{([^}]+)\} from '(.+)';$/gm), ([, list, specifier]) =>
    list!
      .split(',')
      .map((item) => item.trim().replace(/^type /, ''))
      .filter((item) => item !== '')
      .map((item) => {
        const [local, exported = local] = item.split(' as ');
        return { ...declaration(target(specifier!), local!), name: prefix + exported };
      }),
  );
  return [...namespaces, ...named].flat();
}

const DECLARATION = /^export (?:declare )?(?:abstract )?(?:async )?(function\*?|class|interface|type|const) (\w+).*$/gm;

/** Of a function with several signatures, the first one. */
function declarationsOf(file: string, prefix = ''): Export[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const seen = new Set<string>();
  return Array.from(source.matchAll(DECLARATION), ({ 0: text, 1: kind, 2: name, index }): Export => {
    const before = source.slice(0, index);
    // A comment above an empty line is that of the file.
    const start = before.endsWith('*/\n') ? before.lastIndexOf('/**') : -1;
    const line = before.split('\n').length;
    return {
      name: prefix + name!,
      kind: kind as Export['kind'],
      file,
      line,
      declaration: text,
      doc: start < 0 ? undefined : parseDocstring(before.slice(start).trimEnd(), before.slice(0, start)),
    };
  }).filter(({ name }) => !seen.has(name) && seen.add(name));
}

const declarations = new Map<string, readonly Export[]>();

function declaration(file: string, name: string): Export {
  let all = declarations.get(file);
  if (all === undefined) declarations.set(file, (all = declarationsOf(file)));
  const found = all.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`${file} has no declaration 'export ... ${name}'`);
  return found;
}
