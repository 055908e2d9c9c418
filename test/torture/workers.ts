/**
 * Kills workers in every phase of a job: `npx tsx test/torture/workers.ts [trials] [patience] [death]`, by default 50
 * trials with a patience of 1500 ms and all kinds of deaths. Each trial must end with a typed error within 2 s or with
 * the right bits, and afterwards the process must end by itself.
 */
import { DEATH_NAMES, DEATHS, type Trial, tryDeath } from '../support/dying-workers.ts';

const [count = '50', patience = '1500', only] = process.argv.slice(2);
const names = DEATH_NAMES.filter((name) => only === undefined || name === only);
if (names.length === 0) throw new RangeError(`unknown death ${only}; expected one of ${DEATH_NAMES.join(', ')}`);

const trials: Trial[] = [];
for (let i = 0; i < Number(count); i++) {
  const name = names[i % names.length]!;
  const trial = await tryDeath(name, [Number(patience), 1000], i);
  const { outcome } = DEATHS[name]!;
  if (outcome !== 'either' && outcome !== trial.outcome) throw new Error(`trial ${i}, ${name}: ${trial.outcome}`);
  if (trial.milliseconds > Number(patience) + 500) throw new Error(`trial ${i}, ${name}: ${trial.milliseconds} ms`);
  trials.push(trial);
}
for (const name of names) {
  const those = trials.filter((trial) => trial.name === name);
  const errors = those.filter((trial) => trial.outcome === 'error').length;
  const longest = Math.max(0, ...those.map((trial) => trial.milliseconds)).toFixed(0);
  console.log(
    `${name}: ${errors} typed errors, ${those.length - errors} with the right bits; longest call ${longest} ms`,
  );
}
console.log(`${trials.length} of ${count} survived`);
