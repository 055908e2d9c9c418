/**
 * Tries the studio in real browsers: Chromium and Firefox of this machine, driven by playwright-core.
 *
 *   npm run test:studio                  both browsers
 *   npm run test:studio -- chromium      one of them
 *   npm run test:studio -- smooth        one of the trials: reload, plain, files, points, smooth, readable
 *
 * Frames, answers and seconds are of a machine without other work.
 *
 * A browser that is not there is listed as not run; the exit code is 1 then, or if anything else is not as it should
 * be. Firefox is driven over WebDriver BiDi.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium, firefox } from 'playwright-core';
import { buildStudio, CLASSIFIER } from '../../examples/studio/build.ts';
import { ISOLATION, POLICY, studioServer } from '../../examples/studio/server.ts';
import { decodePng } from '../../src/index.ts';
import { tryPoints } from './points.mjs';
import { prepareClassifier, readableClasses, referenceHash, saveCheckpoints } from './reference.ts';

const BROWSERS = {
  chromium: { type: chromium, executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] },
  firefox: { type: firefox, executablePath: '/usr/bin/firefox-esr', channel: 'moz-firefox' },
};
/** A training of 60 steps: 3 epochs of 20. */
const SHORT = { images: 1280, epochs: 3 };
const HASH = `#images=${SHORT.images}&epochs=${SHORT.epochs}`;
const PATIENCE = 120_000;

const words = process.argv.slice(2);
const browsers = words.filter((word) => word in BROWSERS);
const trials = words.filter((word) => !(word in BROWSERS));
const folder = mkdtempSync(join(tmpdir(), 'ganvas-studio-'));
/** The files that the pages of the tests have asked for. */
const requested = new Set(['index.html']);
let failures = 0;

/** Prints what was found, and counts it if it is not as wanted. */
function report(name, isRight, found) {
  if (!isRight) failures++;
  console.log(`${isRight ? 'ok    ' : 'FAILED'} ${name}: ${found}`);
}

async function listening(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

/** A host that sends no headers and serves the studio from a folder of its site. */
function plainHost(studio) {
  return createServer((request, response) => {
    if (!request.url.startsWith('/some/folder/')) return response.writeHead(404).end();
    request.url = request.url.slice('/some/folder'.length);
    studio.emit('request', request, response);
  });
}

/** A page with what went wrong in it. */
async function openPage(context, url) {
  const page = await context.newPage();
  const troubles = [];
  page.on('pageerror', (error) => troubles.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') troubles.push(message.text());
  });
  await page.goto(url);
  return { page, troubles };
}

const buttonSays = (page, text) =>
  page.waitForFunction((text) => document.querySelector('#run')?.textContent === text, text, { timeout: PATIENCE });
const stepsAtLeast = (page, steps) =>
  page.waitForFunction((steps) => Number(document.querySelector('.status')?.dataset.steps) >= steps, steps, {
    timeout: PATIENCE,
  });
/** Waits until the state that the page shows is saved. */
const isSaved = (page) =>
  page.waitForFunction(
    () => {
      const { steps, saved } = document.querySelector('.status')?.dataset ?? {};
      return saved !== undefined && saved === steps;
    },
    undefined,
    { timeout: PATIENCE },
  );
/** The hash of the weights after the step that the page shows, and that step. */
async function fingerprint(page) {
  await page.waitForFunction(
    () => {
      const steps = document.querySelector('.status')?.dataset.steps;
      return steps !== undefined && steps === document.querySelector('#fingerprint')?.dataset.steps;
    },
    undefined,
    { timeout: PATIENCE },
  );
  return page.evaluate(() => {
    const { textContent, dataset } = document.querySelector('#fingerprint');
    return { hash: textContent, steps: Number(dataset.steps) };
  });
}

async function tryPauseAndReload(browser, name, url, wanted) {
  const context = await browser.newContext();
  const { page, troubles } = await openPage(context, url + HASH);
  await buttonSays(page, 'Start');
  await page.click('#run');
  await stepsAtLeast(page, 12);
  await page.click('#run');
  await buttonSays(page, 'Start');
  await isSaved(page);
  const before = await fingerprint(page);
  await page.reload();
  await buttonSays(page, 'Start');
  const after = await fingerprint(page);
  const isSame = after.hash === before.hash && after.steps === before.steps;
  report(`${name}, a reload keeps a paused training`, isSame, `step ${after.steps} after step ${before.steps}`);

  await page.click('#run');
  await stepsAtLeast(page, before.steps + 8);
  await page.waitForTimeout(5500);
  await page.reload();
  // It was training, so it goes on by itself.
  await buttonSays(page, 'More epochs');
  const { hash, steps } = await fingerprint(page);
  report(`${name}, the hash after two reloads is Node's`, hash === wanted && steps === 60, `${hash.slice(0, 16)}`);
  report(`${name}, nothing went wrong`, troubles.length === 0, troubles.join(' | ') || 'no error, no violated policy');
  await context.close();
}

async function trySmoothness(browser, name, url) {
  const context = await browser.newContext();
  const { page } = await openPage(context, `${url}#seed=7`);
  await buttonSays(page, 'Start');
  await page.click('#run');
  await stepsAtLeast(page, 20);
  const { rate, slowest } = await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const start = await frame();
    let [frames, now] = [0, start];
    while (now - start < 10_000) {
      now = await frame();
      frames++;
    }
    // From a press of a key on a slider to the frame that shows it.
    const slider = document.querySelector('#direction-0');
    let slowest = 0;
    for (let i = 0; i < 40; i++) {
      await new Promise((resolve) => setTimeout(resolve, 37));
      const pressed = performance.now();
      slider.value = String((i % 9) - 4);
      slider.dispatchEvent(new Event('input', { bubbles: true }));
      await frame();
      await new Promise((resolve) => setTimeout(resolve));
      slowest = Math.max(slowest, performance.now() - pressed);
    }
    return { rate: (1000 * frames) / (now - start), slowest };
  });
  report(`${name}, frames a second while it trains`, rate >= 55, rate.toFixed(1));
  report(`${name}, slowest answer to 40 inputs while it trains`, slowest <= 50, `${slowest.toFixed(1)} ms`);
  await context.close();
}

async function tryPlainHost(browser, name, url, wanted) {
  const context = await browser.newContext();
  const { page, troubles } = await openPage(context, url + HASH);
  await buttonSays(page, 'Start');
  await page.click('#run');
  await buttonSays(page, 'More epochs');
  const { hash } = await fingerprint(page);
  const runtime = await page.evaluate(() => document.querySelector('.runtime')?.textContent ?? '');
  report(`${name}, a host without headers has one thread, and the same bits`, hash === wanted, hash.slice(0, 16));
  report(`${name}, it says why`, /one thread.*not cross-origin isolated/.test(runtime), runtime.slice(0, 60));
  report(`${name}, nothing went wrong there`, troubles.length === 0, troubles.join(' | ') || 'no error');
  await context.close();
}

/** The bytes that a button of the files has the browser save. Firefox does not tell of downloads over BiDi. */
async function savedFile(page, label) {
  await page.evaluate(() => {
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) => {
      window.savedBlob = blob;
      return make(blob);
    };
  });
  await page.click(`.files button:text-is("${label}")`);
  await page.waitForFunction(() => window.savedBlob !== undefined, undefined, { timeout: PATIENCE });
  const bytes = await page.evaluate(async () => {
    const blob = window.savedBlob;
    window.savedBlob = undefined;
    return Array.from(new Uint8Array(await blob.arrayBuffer()));
  });
  return Uint8Array.from(bytes);
}

async function tryFiles(browser, name, url, wanted) {
  const checkpoints = mkdtempSync(join(tmpdir(), 'ganvas-checkpoints-'));
  const context = await browser.newContext();
  try {
    // Two epochs in Node, the third one in the page.
    await saveCheckpoints(checkpoints, SHORT.images, SHORT.epochs - 1);
    const newest = readdirSync(checkpoints)
      .filter((file) => file.endsWith('.safetensors'))
      .sort()
      .at(-1);
    const { page, troubles } = await openPage(context, `${url}#seed=9&epochs=${SHORT.epochs}`);
    await buttonSays(page, 'Start');
    await page.setInputFiles('input[accept=".safetensors"]', join(checkpoints, newest));
    await stepsAtLeast(page, 40);
    await page.fill('#setting-epochs', String(SHORT.epochs));
    await page.dispatchEvent('#setting-epochs', 'change');
    await page.click('#run');
    await buttonSays(page, 'More epochs');
    const { hash } = await fingerprint(page);
    report(`${name}, goes on from a checkpoint of Node to the same bits`, hash === wanted, hash.slice(0, 16));
    const saved = createHash('sha256')
      .update(await savedFile(page, 'Generator'))
      .digest('hex');
    report(`${name}, the saved generator is the file that Node writes`, saved === wanted, saved.slice(0, 16));
    const animation = decodePng(await savedFile(page, 'Animation of its growth'));
    report(`${name}, saves an animation`, animation.width > 400, `${animation.width} pixels wide`);
    report(`${name}, nothing went wrong with the files`, troubles.length === 0, troubles.join(' | ') || 'no error');
  } finally {
    await context.close();
    rmSync(checkpoints, { recursive: true, force: true });
  }
}

/** Seconds from opening the page, with its own settings, to ten classes of digits that can be read. */
async function tryReadable(browser, name, url) {
  await prepareClassifier();
  const context = await browser.newContext();
  const begin = performance.now();
  const { page } = await openPage(context, url);
  await buttonSays(page, 'Start');
  await page.click('#run');
  let seconds = 0;
  let classes = 0;
  while (classes < 10 && seconds < 180) {
    await page.waitForTimeout(3000);
    const weights = await savedFile(page, 'Generator');
    seconds = (performance.now() - begin) / 1000;
    classes = await readableClasses(weights);
  }
  report(`${name}, seconds to ten readable classes`, classes === 10 && seconds <= 90, seconds.toFixed(1));
  await context.close();
}

/** Scripts, styles and the page; digits and the classifier are data. */
function reportSize() {
  const kilobytes = (files) =>
    files.reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file)), { level: 9 }).length, 0) / 1000;
  const own = readdirSync(folder).filter((file) => /\.(js|css|html|svg)$/.test(file));
  const loaded = own.filter((file) => requested.has(file));
  const size = kilobytes(loaded);
  // The other host's files are not counted: without a trial of the pictures there is nothing to measure.
  if (requested.has('worker.js')) {
    report(
      'what a training loads, gzipped file by file',
      size <= 100,
      `${size.toFixed(1)} KB in ${loaded.length} files`,
    );
  }
  const whole = kilobytes(own);
  report('all files, also those of the other mode', whole <= 107, `${whole.toFixed(1)} KB in ${own.length} files`);
}

await buildStudio(folder);
const isolated = studioServer(folder, { ...ISOLATION, 'Content-Security-Policy': POLICY }, CLASSIFIER);
isolated.on('request', ({ url }) => requested.add(url.slice(1)));
const plain = plainHost(studioServer(folder, {}, CLASSIFIER));
try {
  const url = `http://localhost:${await listening(isolated)}/`;
  const plainUrl = `http://localhost:${await listening(plain)}/some/folder/`;
  const wanted = await referenceHash(SHORT.images, SHORT.epochs);
  console.log(`Node has ${wanted}`);
  for (const [name, { type, ...options }] of Object.entries(BROWSERS)) {
    if (browsers.length > 0 && !browsers.includes(name)) continue;
    if (!existsSync(options.executablePath)) {
      report(name, false, `NOT RUN, there is no ${options.executablePath}`);
      continue;
    }
    for (const [trial, [attempt, address]] of Object.entries({
      reload: [tryPauseAndReload, url],
      plain: [tryPlainHost, plainUrl],
      files: [tryFiles, url],
      // On the other host, so that their files do not count as files of the pictures.
      points: [(...given) => tryPoints(...given.slice(0, 3), { openPage, report }), plainUrl],
      smooth: [trySmoothness, url],
      readable: [tryReadable, url],
    })) {
      if (trials.length > 0 && !trials.includes(trial)) continue;
      const browser = await type.launch({ ...options, headless: true });
      try {
        await attempt(browser, name, address, wanted);
      } catch (error) {
        report(`${name}, ${trial}`, false, error instanceof Error ? error.message.split('\n')[0] : String(error));
      } finally {
        await browser.close();
      }
    }
  }
  reportSize();
} finally {
  for (const server of [isolated, plain]) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true, force: true });
}
console.log(failures === 0 ? 'all as it should be' : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;
