/**
 * Tries the points of the studio: they train, they are drawn with the mouse and with keys, and the address keeps them.
 */

const PATIENCE = 60_000;

/** @param tools - openPage(context, url) and report(name, isRight, found) of run.mjs */
export async function tryPoints(browser, name, url, { openPage, report }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
  const { page, troubles } = await openPage(context, `${url}#mode=points&seed=42`);
  const stepOf = async () => Number((await page.textContent('#points-step')).replace(/\D/g, ''));

  await page.click('#points-run');
  await page.waitForFunction(() => document.querySelector('#points-modes').textContent === '8 of 8', undefined, {
    timeout: PATIENCE,
  });
  report(`${name}, eight modes of the ring are covered`, true, `after ${await stepOf()} steps`);
  const rate = await page.evaluate(countDrawings);
  report(`${name}, the points move more than 20 times a second`, rate > 20, `${rate.toFixed(1)} times`);

  await page.click('#points-run');
  // A step that was in progress.
  await page.waitForTimeout(200);
  const before = await stepOf();
  await page.click('button[title^="One step of the generator"]:visible');
  await page.waitForTimeout(200);
  report(`${name}, a single step is one step`, (await stepOf()) === before + 1, `${before} and ${await stepOf()}`);

  await page.click('#points-drawn');
  await page.click('#points-clear');
  const box = await page.locator('canvas.plane').boundingBox();
  const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];
  await page.mouse.move(...at(0.3, 0.4));
  await page.mouse.down();
  for (let i = 1; i <= 10; i++) await page.mouse.move(...at(0.3 + 0.04 * i, 0.4));
  await page.mouse.up();
  await page.focus('canvas.plane');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const said = await page.textContent('#live');
  // A dot of 16 points, a line of 0.4 x 2.3 with a point each 0.016, and the dot of the keys.
  const points = Number.parseInt(said, 10);
  report(`${name}, mouse and keys draw`, points > 80 && points < 95 && said.endsWith('changed at 0, -0.1.'), said);

  const address = page.url();
  await page.reload();
  await page.waitForFunction(() => document.querySelector('#points-drawn')?.getAttribute('aria-pressed') === 'true');
  await page.click('#points-run');
  await page.waitForFunction(
    () => Number.parseInt(document.querySelector('#points-precision').textContent, 10) >= 60,
    undefined,
    { timeout: PATIENCE },
  );
  report(
    `${name}, a reload has the drawing, which is learned`,
    page.url() === address,
    `after ${await stepOf()} steps`,
  );
  report(`${name}, nothing went wrong with the points`, troubles.length === 0, troubles.join(' | ') || 'no error');
  await context.close();
}

/** In the page: how often the field is drawn in a second. */
async function countDrawings() {
  const { prototype } = CanvasRenderingContext2D;
  const draw = prototype.drawImage;
  let count = 0;
  prototype.drawImage = function (...given) {
    count++;
    return draw.apply(this, given);
  };
  const begin = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 3000));
  prototype.drawImage = draw;
  return (1000 * count) / (performance.now() - begin);
}
