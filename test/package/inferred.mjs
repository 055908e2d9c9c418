/**
 * Writes a user's file in which every type is inferred: a constant for each export, and for what can be reached
 * from it: results and parameters of functions, elements, properties. A compiler that writes the declarations of this
 * file must be able to name all types that occur.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const ts = createRequire(import.meta.url)('typescript-5.9');
/** Steps from an export, so that types that contain themselves come to an end. */
const DEPTH = 6;

/**
 * @param folder - where ganvas is installed.
 * @param entries - the modules whose exports are used.
 * @returns the text of the file, and the number of its constants.
 */
export function inferredTypes(folder, entries) {
  const importer = join(folder, 'entries.ts');
  const text = entries.map((entry, i) => `import * as entry${i} from '${entry}';`).join('\n');
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, strict: true, types: [] };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.fileExists = (path) => path === importer || fileExists(path);
  host.readFile = (path) => (path === importer ? text : readFile(path));
  const program = ts.createProgram([importer], options, host);
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(importer);
  const seen = new Set();
  const lines = [
    text,
    'declare function result<R>(call: (...given: never[]) => R): Awaited<R>;',
    'declare function parameters<P extends unknown[]>(call: (...given: P) => unknown): P;',
  ];
  const add = (expression) => lines.push(`export const inferred${lines.length} = ${expression};`);

  source.statements.forEach((statement, i) => {
    const namespace = checker.getSymbolAtLocation(statement.importClause.namedBindings.name);
    visitModule(checker.getAliasedSymbol(namespace), `entry${i}`);
  });
  return { text: `${lines.join('\n')}\n`, count: lines.length - 3 };

  function visitModule(module, path) {
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const name = `${path}.${exported.name}`;
      if (symbol.flags & ts.SymbolFlags.ValueModule) visitModule(symbol, name);
      else if (symbol.flags & ts.SymbolFlags.Value) {
        add(name);
        visitType(checker.getTypeOfSymbolAtLocation(symbol, source), name, DEPTH);
      }
    }
  }

  /** `expression` has the type. Goes on with the results of functions, with elements and with properties. */
  function visitType(type, expression, depth) {
    const bare = checker.getNonNullableType(type);
    if (depth === 0 || seen.has(bare) || isOfLibrary(bare)) return;
    seen.add(bare);
    const solid = bare === type ? expression : `(${expression})!`;
    const next = (inner, text) => {
      add(text);
      visitType(checker.getAwaitedType(inner) ?? inner, text, depth - 1);
    };
    const [call] = bare.getCallSignatures();
    const element = checker.isArrayType(bare) ? checker.getIndexTypeOfType(bare, ts.IndexKind.Number) : undefined;
    if (call !== undefined) {
      next(call.getReturnType(), `result(${solid})`);
      call.parameters.forEach((parameter, i) => {
        if (parameter.valueDeclaration.dotDotDotToken === undefined)
          next(checker.getTypeOfSymbolAtLocation(parameter, source), `parameters(${solid})[${i}]`);
      });
    } else if (element !== undefined) next(element, `(${solid})[0]!`);
    else {
      for (const property of bare.getProperties()) {
        if (!/^[a-z]\w*$/i.test(property.name) || property.name === 'prototype') continue;
        next(checker.getTypeOfSymbolAtLocation(property, source), `(${solid}).${property.name}`);
      }
    }
  }

  function isOfLibrary(type) {
    const isPrimitive = (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) === 0;
    if (checker.isArrayType(type)) return false;
    return (
      isPrimitive || type.symbol?.declarations?.some((one) => program.isSourceFileDefaultLibrary(one.getSourceFile()))
    );
  }
}
