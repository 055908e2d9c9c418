import { expect, test } from 'vitest';
import { parseOptions } from '../../../examples/options.ts';
import { quoted, trainingArguments, trainingCommand } from '../../../examples/report/command.ts';

/** The options of a command line. */
function options(line: string): Exclude<ReturnType<typeof parseOptions>, 'help'> {
  const parsed = parseOptions(line.split(' ').filter((word) => word !== ''));
  if (parsed === 'help') throw new Error(line);
  return parsed;
}

test.each([
  '',
  '--model dense --data folder',
  '--model conv --width 0.5 --epochs 3 --seed 7 --batch-size 32 --limit 100',
  '--gradient-penalty none --augment translation,cutout --decay 0.25 --ema 0.9',
  '--gradient-penalty r1:5 --loss hinge --label-smoothing 0.1 --discriminator-steps 5',
  '--images pictures --size 32 --learning-rate 0.001 --beta1 0.5 --beta2 0.9 --keep 2,3',
  '--model autoencoder --keep 7',
])('the arguments of "%s" give the same options again', (line) => {
  const given = options(line);
  expect(parseOptions(trainingArguments(given))).toEqual(given);
});

test('threads, kernels and the folder do not change the bits and are left out', () => {
  const given = options('--model dense --threads 1 --kernels portable --wide --out somewhere --resume');
  expect(trainingCommand(given)).toBe('npm run train -- --model dense --epochs 100 --batch-size 64 --seed 42');
});

test('a word is quoted if a shell would read it otherwise', () => {
  expect(['runs/a-1', 'my run', "it's", '$(x)'].map(quoted)).toEqual([
    ...['runs/a-1', "'my run'", "'it'\\''s'", "'$(x)'"],
  ]);
});
