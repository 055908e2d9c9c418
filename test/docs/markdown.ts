/** The parts of a page of Markdown that the tests of the documentation read. */

const FENCED = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** A block of code between fences. `line` is the number of its first line, from 1. */
export interface Snippet {
  readonly language: string;
  readonly code: string;
  readonly line: number;
}

export function snippetsOf(markdown: string): Snippet[] {
  return [...markdown.matchAll(FENCED)].map(({ 1: language, 2: code, index }) => ({
    language: language!,
    code: code!,
    line: markdown.slice(0, index).split('\n').length + 1,
  }));
}

/** The page without its code. */
export function proseOf(markdown: string): string {
  return markdown.replace(FENCED, '');
}

/** Where links and pictures of the page lead to. */
export function targetsOf(markdown: string): string[] {
  const links = proseOf(markdown).matchAll(/\]\(([^)\s]+)\)|\bsrc="([^"]+)"/g);
  return Array.from(links, ([, link, source]) => link ?? source!);
}

/** The names that GitHub gives to headings: lower case, without punctuation, with hyphens for spaces. */
export function headingsOf(markdown: string): string[] {
  return Array.from(proseOf(markdown).matchAll(/^#+ (.+)$/gm), ([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}
