/**
 * Parts of a page that is one file: no address in it leads to another file or the network, and its content security
 * policy allows its own style, its own script and data: images, nothing else.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { escaped, type LineChart, lineChart } from '../charts/line-chart.ts';

export interface Page {
  readonly title: string;
  /** HTML. */
  readonly body: string;
  /** The text of a script at the end of the body. */
  readonly script?: string | undefined;
}

export function page({ title, body, script }: Page): string {
  const style = readFileSync(new URL('report.css', import.meta.url), 'utf8');
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src '${hash(style)}'`,
    ...(script === undefined ? [] : [`script-src '${hash(script)}'`]),
    "base-uri 'none'",
    "form-action 'none'",
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    `<body>\n${body}`,
    ...(script === undefined ? [] : [`<script type="module">${script}</script>`]),
    '</body>',
    '</html>',
  ].join('\n');
}

/** As a content security policy names an allowed style or script. */
function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** A card of the page with a heading. `kind` are class names: `wide` takes both columns. */
export function section(
  heading: string,
  content: string,
  { id = '', kind = '' }: { readonly id?: string; readonly kind?: string } = {},
): string {
  const attributes = `${id && ` id="${id}"`}${kind && ` class="${kind}"`}`;
  return `<section${attributes}>\n<h2>${escaped(heading)}</h2>\n${content}\n</section>`;
}

/** Cards one below the other. */
export function column(...sections: readonly string[]): string {
  return `<div class="column">${sections.join('\n')}</div>`;
}

/** A command to copy. */
export function commandBlock(command: string): string {
  return `<pre><code>${escaped(command)}</code></pre>`;
}

export function note(text: string): string {
  return `<p class="note">${escaped(text)}</p>`;
}

/** @param source - an address that dataUri() made. */
export function image(source: string, description: string): string {
  return `<img src="${source}" alt="${escaped(description)}">`;
}

/** A PNG, also an animated one, in the page itself. */
export function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

/** A chart of a size that can be read on a phone too. */
export function cardChart(chart: LineChart): string {
  return lineChart({ ...chart, width: 420, height: 250 });
}

/** Large figures, each with its name. */
export function facts(entries: readonly (readonly [name: string, value: string])[]): string {
  const cards = entries.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`);
  return `<dl class="facts">${cards.join('')}</dl>`;
}

/** Names and values, one pair a line. */
export function settingsTable(entries: readonly (readonly [name: string, value: string])[]): string {
  const rows = entries.map(
    ([name, value]) => `<tr><th scope="row">${escaped(name)}</th><td>${escaped(value)}</td></tr>`,
  );
  return `<table class="settings"><tbody>${rows.join('')}</tbody></table>`;
}

/**
 * The tables of a text of Markdown tables and plain lines, such as that of formatEvaluation(), and below them its
 * lines. The first column of a table names its rows; the others are figures.
 *
 * @param summary - what the lines are about; they are shown when the reader opens it.
 */
export function tablesOf(text: string, summary: string): string {
  const parts: string[] = [];
  const lines: string[] = [];
  let rows: string[][] = [];
  const endTable = (): void => {
    if (rows.length > 0) parts.push(figuresTable(rows));
    rows = [];
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('|')) {
      const cells = line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      if (!cells.every((cell) => /^:?-+:?$/.test(cell))) rows.push(cells);
    } else {
      endTable();
      if (line.trim() !== '') lines.push(`<li>${escaped(line.replace(/^- /, ''))}</li>`);
    }
  }
  endTable();
  if (lines.length > 0) {
    parts.push(`<details><summary>${escaped(summary)}</summary><ul class="note">${lines.join('')}</ul></details>`);
  }
  return parts.join('\n');
}

/** The first row names the columns, the first column the rows. */
export function figuresTable([header = [], ...rows]: readonly (readonly string[])[]): string {
  const head = header.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  const lines = rows.map(([name = '', ...cells]) => {
    return `<tr><th scope="row">${escaped(name)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`;
  });
  const content = `<thead><tr>${head}</tr></thead><tbody>${lines.join('')}</tbody>`;
  const table = `<table class="figures">${content}</table>`;
  // The keyboard can scroll what has the focus.
  return `<div class="scroll" tabindex="0" role="group" aria-label="Table">${table}</div>`;
}
