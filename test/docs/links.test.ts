/** The links and pictures of the README and the guides: each leads to a file, in the package too. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { headingsOf, targetsOf } from './markdown.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const guides = readdirSync(join(root, 'examples/guides')).map((name) => `examples/guides/${name}`);

const { files } = JSON.parse(read('package.json')) as { files: readonly string[] };
/** A pattern of `files` is a file, a folder, or, as in 'examples/**\/*.png', all files of one kind in a folder. */
const published = (path: string): boolean =>
  files.some((pattern) => {
    const [folder, extension] = pattern.split('**/*');
    if (extension !== undefined) return path.startsWith(folder!) && path.endsWith(extension);
    return path === pattern || path.startsWith(`${pattern}/`);
  });

describe.each(['README.md', ...guides])('%s', (page) => {
  const local = targetsOf(read(page)).filter((target) => !target.startsWith('https://'));

  it('leads only to files of the package, and to headings that they have', () => {
    for (const target of local) {
      const [path, heading] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path!));
      expect(existsSync(join(root, file)), `${target}: there is no ${file}`).toBe(true);
      expect(file === 'README.md' || published(file), `${target}: package.json does not publish ${file}`).toBe(true);
      if (heading !== undefined) expect(headingsOf(read(file)), `${target}: no such heading`).toContain(heading);
    }
  });
});

it('the README leads to every guide', () => {
  const targets = targetsOf(read('README.md'));
  expect(guides.filter((guide) => !targets.includes(guide))).toEqual([]);
});
