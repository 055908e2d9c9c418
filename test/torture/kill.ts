/**
 * Kills trainings and resumes them: `npx tsx test/torture/kill.ts [kills] [seed]`, by default 200, half of them within a save.
 * Takes some minutes. Ends with one line of figures, or with the first failure.
 */
import { type TortureReport, torture } from './torture.ts';

const [kills = '200', seed = '1'] = process.argv.slice(2);
const count = Number(kills);

function line({ kills, insideSave, leftTemporary, ofResumed }: TortureReport): string {
  return `${kills} of ${count} kills survived: ${insideSave} within a save, ${leftTemporary} left a temporary file, ${ofResumed} hit a resumed training`;
}

const start = performance.now();
const report = await torture(count, Math.ceil(count / 2), Number(seed), (so) => {
  if (so.kills % 20 === 0 && so.kills < count) console.log(line(so));
});
console.log(
  `${line(report)}; all ended bit-equal (seed ${seed}, ${((performance.now() - start) / 1000).toFixed(0)} s)`,
);
