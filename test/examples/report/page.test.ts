import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { page, tablesOf } from '../../../examples/report/page.ts';

test('the policy of a page allows its own style and script and images of data, nothing else', () => {
  const html = page({ title: 'a < b', body: '<p>text</p>', script: 'const one = 1 < 2;' });
  const [, policy = ''] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
  for (const [name, directive] of [
    ['style', 'style-src'],
    ['script', 'script-src'],
  ]) {
    const [, content = ''] = new RegExp(`<${name}[^>]*>([^]*?)</${name}>`).exec(html) ?? [];
    const hash = createHash('sha256').update(content).digest('base64');
    expect(content.length).toBeGreaterThan(0);
    expect(policy).toContain(`${directive} 'sha256-${hash}'`);
  }
  expect(policy).toContain("default-src 'none'");
  expect(policy.match(/unsafe|http|\*/g)).toBeNull();
  expect(html).toContain('<title>a &lt; b</title>');
});

test('a page without a script allows none', () => {
  const html = page({ title: 'one', body: '' });
  expect(html).not.toContain('script');
});

test('Markdown tables become tables, lines a list below them', () => {
  const text = ['| | a |', '| --- | --: |', '| x<y | 1 |', '', '- one', 'two'].join('\n');
  const html = tablesOf(text, 'About it');
  expect(html).toContain('<thead><tr><th scope="col"></th><th scope="col">a</th></tr></thead>');
  expect(html).toContain('<tbody><tr><th scope="row">x&lt;y</th><td>1</td></tr></tbody>');
  expect(html).toContain('<summary>About it</summary><ul class="note"><li>one</li><li>two</li></ul>');
  expect(tablesOf('| a |\n| - |\n| b |\n', 'About it')).not.toContain('details');
});
