/**
 * Every export has a docstring. Functions have a summary, @throws with the names of errors or 'nothing', and an
 * @example; classes a summary and an example; types a summary. What examples show is checked in examples.test.ts.
 */
import { describe, expect, it } from 'vitest';
import { parseDocstring, tagsNamed } from './docstring.ts';
import { type Export, exportsOf } from './exports.ts';

function missing({ kind, doc }: Export): string[] {
  const lacks = (tag: string, pattern: RegExp): boolean => !tagsNamed(doc, tag).some(({ text }) => pattern.test(text));
  return [
    ...(doc === undefined || doc.summary === '' ? ['a summary'] : []),
    ...(['function', 'const'].includes(kind) && lacks('throws', /^nothing\b|\b\w+Error\b/) ? ['@throws'] : []),
    ...(['function', 'const', 'class'].includes(kind) && lacks('example', /./) ? ['@example'] : []),
  ];
}

describe.each(['src/index.ts', 'src/nn/layers/index.ts', 'src/node/index.ts'])('%s', (entry) => {
  const all = exportsOf(entry);

  it(`has ${all.length} exports, each with its docstring`, () => {
    const faults = all.map((one) => ({ ...one, lacks: missing(one) })).filter(({ lacks }) => lacks.length > 0);
    expect(faults.map(({ file, line, name, lacks }) => `${file}:${line} ${name} lacks ${lacks.join(', ')}`)).toEqual(
      [],
    );
  });
});

it('the exports are all that the entries have, namespaces with their members', () => {
  const names = exportsOf('src/index.ts').map(({ name }) => name);
  for (const name of ['relu', 'silu', 'Tensor', 'Shape', 'layers.dense', 'schedules.cosineDecay', 'TrainGanOptions']) {
    expect(names).toContain(name);
  }
});

describe('a docstring', () => {
  it('is a summary and tags with the lines of their texts', () => {
    const text = '/**\n * Adds.\n *\n * @param x - one\n *   more\n * @example\n * add(1); // 2\n */';
    expect(parseDocstring(text, 'first line\n')).toEqual({
      summary: 'Adds.',
      tags: [
        { name: 'param', text: 'x - one\n  more', line: 5 },
        { name: 'example', text: 'add(1); // 2', line: 8 },
      ],
    });
  });
  it('may be one line', () => {
    expect(parseDocstring('/** Adds. */')).toEqual({ summary: 'Adds.', tags: [] });
  });
});
