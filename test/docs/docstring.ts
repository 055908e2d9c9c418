/** A docstring: its summary, and the text of each of its tags. */

export interface Docstring {
  /** What stands before the first tag. */
  readonly summary: string;
  readonly tags: readonly Tag[];
}

export interface Tag {
  /** Without its @: 'param', 'throws', 'example'. */
  readonly name: string;
  readonly text: string;
  /** Of its text in the file, from 1. */
  readonly line: number;
}

/**
 * Reads one comment.
 *
 * @param comment - from its opening to its closing.
 * @param before - the file up to the comment, for the numbers of lines.
 */
export function parseDocstring(comment: string, before = ''): Docstring {
  const first = before.split('\n').length;
  const lines = comment
    .slice(3, -2)
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  const starts = lines.flatMap((line, i) => (/^\s*@\w/.test(line) ? [i] : []));
  const tags = starts.map((start, i): Tag => {
    const [, name, rest] = /^\s*@(\w+)\s?(.*)$/.exec(lines[start]!)!;
    const text = [rest!, ...lines.slice(start + 1, starts[i + 1])].join('\n');
    // The lines before the text's first character belong to the number of its line.
    const skipped = text.length - text.replace(/^\n+/, '').length;
    return { name: name!, text: text.trim(), line: first + start + skipped };
  });
  return { summary: lines.slice(0, starts[0]).join('\n').trim(), tags };
}

export function tagsNamed(doc: Docstring | undefined, name: string): Tag[] {
  return doc?.tags.filter((tag) => tag.name === name) ?? [];
}
