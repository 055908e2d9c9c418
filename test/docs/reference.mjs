/**
 * Writes the reference of all exports, made from their docstrings, to runs/docs: `npm run docs`. What is exported but
 * not documented, mentioned but not exported, and links that lead nowhere end it with an error.
 */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Application, Comment, CommentTag, Converter, ReflectionKind } from 'typedoc';
import { FAMILY_NAMES, familyOf } from './families.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const ENTRIES = new Map([
  ['index', 'ganvas'],
  ['node', 'ganvas/node'],
]);

/** The first line of a page of Markdown. */
const TITLE = /^# (.+)\n+/;

process.chdir(root);
const app = await Application.bootstrap({
  name: 'ganvas',
  entryPoints: ['src/index.ts', 'src/node/index.ts'],
  tsconfig: 'test/docs/tsconfig.json',
  readme: 'README.md',
  projectDocuments: ['examples/guides/*.md'],
  out: 'runs/docs',
  disableGit: true,
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  // What errors inherit from Error.
  excludeExternals: true,
  categorizeByGroup: false,
  categoryOrder: FAMILY_NAMES,
  highlightLanguages: ['bash', 'json', 'python', 'sh', 'ts', 'typescript'],
  navigation: { includeCategories: true, includeGroups: false },
  sort: ['kind', 'alphabetical'],
  kindSortOrder: [
    'Document',
    'Module',
    'Namespace',
    'Function',
    'Class',
    'Variable',
    'Interface',
    'TypeAlias',
    'Reference',
  ],
  validation: { invalidLink: true, invalidPath: true, notExported: true, notDocumented: true, rewrittenLink: true },
  requiredToBeDocumented: ['Function', 'Class', 'Interface', 'TypeAlias', 'Variable', 'Namespace'],
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
});

app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
  for (const module of context.project.getReflectionsByKind(ReflectionKind.Module)) {
    module.name = ENTRIES.get(module.name) ?? module.name;
  }
  for (const page of context.project.getReflectionsByKind(ReflectionKind.Document)) {
    page.name = TITLE.exec(page.content[0].text)?.[1] ?? page.name;
  }
  // The name of the project stands above it.
  const [start] = context.project.readme;
  start.text = start.text.replace(TITLE, '');
  for (const reflection of context.project.getReflectionsByKind(ReflectionKind.All)) {
    if (!reflection.parent?.kindOf(ReflectionKind.Module)) continue;
    const file = fileOf(reflection);
    const comment = reflection.signatures?.[0]?.comment ?? (reflection.comment ??= new Comment());
    comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: familyOf(file) }]));
  }
});

/** The file that declares it; of a namespace, that of its first member. */
function fileOf(reflection) {
  const declared = reflection.isReference() ? reflection.getTargetReflectionDeep() : reflection;
  const one = declared.kindOf(ReflectionKind.Namespace) ? declared.children[0] : declared;
  return one.project.getSymbolIdFromReflection(one).packagePath;
}

const project = await app.convert();
if (project === undefined || app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
app.validate(project);
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exit(1);
