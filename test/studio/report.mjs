/**
 * Opens the report of a run in the Chromium and the Firefox of this machine: `npm run test:report`. Its slider obeys
 * the keyboard, its policy blocks nothing of its own, it asks for no other file, and it fits a phone. A browser that is
 * not there counts as a failure.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, firefox } from 'playwright-core';
import { writeRunReport } from '../../examples/report/run-report.ts';
import { createRandom } from '../../src/index.ts';
import { saveImage } from '../../src/node/index.ts';

const BROWSERS = {
  chromium: { type: chromium, executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] },
  firefox: { type: firefox, executablePath: '/usr/bin/firefox-esr', channel: 'moz-firefox' },
};
const folder = mkdtempSync(join(tmpdir(), 'ganvas-report-'));
let failures = 0;

/** Prints what was found, and counts it if it is not as wanted. */
function check(name, found, wanted) {
  const isRight = JSON.stringify(found) === JSON.stringify(wanted);
  if (!isRight) failures++;
  console.log(`${isRight ? 'ok    ' : 'FAILED'} ${name}: ${JSON.stringify(found)}`);
}

/** Three epochs of two steps. */
async function makeReport() {
  const run = { model: 'dense', images: 20, batchSize: 10, seed: 7, epochs: 3, options: {}, seconds: 4 };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(run));
  const rows = ['1,1,4,2', '1,2,3,1', '2,1,2,3', '2,2,1,3', '3,1,1,2', '3,2,2,2'];
  writeFileSync(join(folder, 'losses.csv'), ['epoch,step,generator_loss,discriminator_loss', ...rows].join('\n'));
  for (const epoch of [1, 2, 3]) {
    const samples = createRandom(epoch).uniform([16, 28, 28, 1], -1, 1);
    await saveImage(join(folder, `epoch-00${epoch}.png`), samples, { scale: 4 });
  }
  await writeRunReport(folder);
  return pathToFileURL(join(folder, 'report.html')).href;
}

/** The pictures that can be seen. */
const seen = (page) =>
  page.evaluate(() => {
    const pictures = [...document.querySelectorAll('.epochs img')];
    return pictures.filter((one) => one.checkVisibility()).map(({ alt }) => alt);
  });

async function tryReport(name, browser, url) {
  const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
  const [messages, requests] = [[], []];
  page.on('console', (message) => messages.push(message.text()));
  page.on('pageerror', (error) => messages.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:') && request.url() !== url) requests.push(request.url());
  });
  await page.goto(url);
  check(`${name}: it shows the last epoch`, await seen(page), ['Samples after epoch 3']);
  await page.getByLabel('Epoch').focus();
  for (const [key, epoch] of Object.entries({ ArrowLeft: 2, Home: 1, ArrowRight: 2, End: 3 })) {
    await page.keyboard.press(key);
    check(`${name}: key ${key}`, await seen(page), [`Samples after epoch ${epoch}`]);
  }
  const text = await page.getByLabel('Epoch').getAttribute('aria-valuetext');
  check(`${name}: a screen reader hears`, text, 'epoch 3');
  const beyond = await page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
  check(`${name}: pixels beyond the edge of a phone`, beyond, 0);
  check(`${name}: messages`, messages, []);
  check(`${name}: other files asked for`, requests, []);
  await page.close();
}

async function tryWithoutScript(name, browser, url) {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(url);
  const pictures = page.locator('.epochs img');
  const shown = await Promise.all([0, 1, 2].map((i) => pictures.nth(i).isVisible()));
  check(`${name}: pictures without a script`, shown, [true, true, true]);
  check(`${name}: the slider without a script`, await page.locator('.slider').isVisible(), false);
  await context.close();
}

try {
  const url = await makeReport();
  for (const [name, { type, ...options }] of Object.entries(BROWSERS)) {
    try {
      const browser = await type.launch({ ...options, headless: true });
      await tryReport(name, browser, url);
      // Firefox cannot be told to run no scripts over WebDriver BiDi.
      if (name === 'chromium') await tryWithoutScript(name, browser, url);
      await browser.close();
    } catch (error) {
      failures++;
      console.log(`FAILED ${name}: ${error.message}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
