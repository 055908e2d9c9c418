/** What stands for ganvas/node in bundles for browsers has the same functions, and each says what to do instead. */
import { expect, it } from 'vitest';
import { RuntimeError } from '../../src/index.ts';
import * as browser from '../../src/node/browser.ts';
import * as node from '../../src/node/index.ts';

it('has the functions of ganvas/node', () => {
  expect(Object.keys(browser).sort()).toEqual(Object.keys(node).sort());
});

const refusing = Object.entries(browser).filter(([name]) => name !== 'enableWideSimd');

it.each(refusing)('%s names itself, what it needs and a remedy', async (name, call) => {
  const error: unknown = await Promise.resolve()
    .then(call)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(RuntimeError);
  const pattern = `^${name} of ganvas/node needs .* bundled for browsers\\. [A-Z].{20,}\\.$`;
  expect(String((error as Error).message)).toMatch(new RegExp(pattern));
});

it('enableWideSimd says that it is not available, as in any engine without it', async () => {
  expect(await browser.enableWideSimd()).toEqual({ enabled: false, reason: expect.stringContaining('browsers') });
});
