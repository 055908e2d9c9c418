/**
 * Trains many GANs side by side: `npm run sweep`; `npm run sweep -- --help` lists the options. Each combination of the
 * varied settings with each seed is a training of its own process, in a folder of its own. The same command again goes
 * on where the sweep was stopped, and only prints the table if all is finished.
 *
 *   npm run sweep -- --epochs 10 --vary learning-rate=0.001,0.002 --seeds 1,2,3 --evaluate
 *
 * Other programs can share out the same list:
 *   npm run --silent sweep -- ... --list | parallel --jobs 2         (GNU parallel)
 *   npm run sweep -- ... --only $SLURM_ARRAY_TASK_ID                 (a Slurm array, one task for each line of the list)
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, UsageError } from '../bench/support/command-line.ts';
import { table } from '../bench/support/table.ts';
import { watchForInterruption } from './interruption.ts';
import { quoted } from './report/command.ts';
import { writeSweepReport } from './report/sweep-report.ts';
import { writeText } from './run-folder.ts';
import { LOG, runJobs } from './sweep/jobs.ts';
import { help, parseOptions, type SweepOptions, USAGE } from './sweep/options.ts';
import { evaluateFinished, resultsOf, resultTable, settingsTable } from './sweep/results.ts';

async function sweep(options: SweepOptions, args: readonly string[]): Promise<number> {
  const { out, entries, list, only, evaluate } = options;
  if (list) {
    // The share of each when `jobs` of them run at a time; a command by itself would take all cores.
    const share = args.some((word) => /^--threads\b/.test(word)) ? [] : ['--threads', `${options.threads}`];
    const own = [...args.filter((word) => word !== '--list'), ...share].map(quoted);
    for (const { number } of entries) console.log(['npm run sweep --', ...own, '--only', `${number}`].join(' '));
    return 0;
  }
  mkdirSync(out, { recursive: true });
  await rememberSettings(options);
  const chosen = only === undefined ? entries : entries.filter(({ number }) => number === only);
  const interruption = watchForInterruption();
  const failed = await runJobs(chosen, options, interruption.signal, ({ number, name, folder }, change) => {
    const place = change === 'started' || change === 'resumed' || change === 'failed' ? `: ${join(folder, LOG)}` : '';
    console.error(`${number}/${entries.length} ${name} ${change}${place}`);
  });
  if (evaluate && only === undefined) await evaluateFinished(options, interruption.signal);

  const results = resultsOf({ ...options, entries: chosen }, failed);
  const tables = [resultTable(results), settingsTable(results)].filter(({ length }) => length > 0);
  const texts = tables.map(([header = [], ...rows]) => table(header, rows));
  const failures = results.flatMap(({ entry, failure }) => (failure === '' ? [] : [`${entry.name}: ${failure}`]));
  const text = [...texts, ...(failures.length > 0 ? [failures.join('\n')] : [])].join('\n\n');
  console.log(text);
  if (only === undefined) {
    await writeText(join(out, 'sweep.txt'), text);
    const plain = results.map(({ entry: { name, folder, epochs }, ...result }) => ({
      name,
      folder,
      epochs,
      ...result,
    }));
    await writeText(join(out, 'results.json'), JSON.stringify(plain, undefined, 2));
    await writeSweepReport(out, results, ['npm run sweep --', ...args.map(quoted)].join(' '));
    console.error(`sweep.txt, results.json and report.html are in ${out}`);
  }
  if (interruption.signal.aborted) {
    console.error('Stopped: all states are saved. The same command goes on.');
    return interruption.exitCode();
  }
  return failed.size > 0 ? 1 : 0;
}

/** Refuses a folder in which a training of the same name had other settings: its results would be taken for these. */
async function rememberSettings({ out, entries }: SweepOptions): Promise<void> {
  const path = join(out, 'sweep.json');
  const saved: Record<string, string> = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  for (const { name, args } of entries) {
    const settings = args.filter((arg) => !/^--(epochs|wide|kernels|keep|checkpoint-every)\b/.test(arg)).join(' ');
    if (saved[name] !== undefined && saved[name] !== settings) {
      throw new UsageError(
        `${out} has a training ${name} with other settings: "${saved[name]}", not "${settings}". ` +
          'Name another folder by --out DIR.',
      );
    }
    saved[name] = settings;
  }
  await writeText(path, JSON.stringify(saved, undefined, 2));
}

await runCommand(USAGE, async () => {
  const args = process.argv.slice(2);
  const options = parseOptions(args);
  if (options === 'help') console.log(help());
  else process.exitCode = await sweep(options, args);
});
