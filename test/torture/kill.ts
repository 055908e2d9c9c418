/**
 * Kills trainings and resumes them: `npx tsx test/torture/kill.ts [kills] [seed]`. The default is 200 kills, half of
 * them within a save, which takes several minutes. Prints one line of figures, or the first failure.
 */
import { type TortureReport, torture } from './torture.ts';

const [kills = '200', seed = '1'] = process.argv.slice(2);
const count = Number(kills);

function line({ kills, insideSave, leftTemporary, ofResumed }: TortureReport): string {
  return (
    `${kills} of ${count} kills survived: ${insideSave} within a save, ${leftTemporary} left a temporary file,` +
    ` ${ofResumed} of a resumed training`
  );
}

const start = performance.now();
const report = await torture(count, Math.ceil(count / 2), Number(seed), (current) => {
  if (current.kills % 20 === 0 && current.kills < count) console.log(line(current));
});
console.log(
  `${line(report)}; all ended with equal bits (seed ${seed}, ${((performance.now() - start) / 1000).toFixed(0)} s)`,
);
