import { expect, test } from 'vitest';
import { CASES } from '../../bench/gemm-sizes.ts';
import { openLab } from '../../bench/lab.ts';
import { measureGemm } from '../../bench/ladder.ts';
import { peakLoops } from '../../bench/peak.ts';

test('the peak loops of both widths run and check their own result', () => {
  for (const columns of [8, 16] as const) {
    for (const loop of peakLoops(columns)) expect(loop.time()).toBeGreaterThan(0);
  }
});

test('every rung gives the bits of the naive kernel in all transpose cases before it is timed', async () => {
  const lab = await openLab(8, 2);
  try {
    const steps = (['naive', 'blocked', 'simd', 'threads'] as const).map((rung) => ({ name: rung, lab, rung }));
    const measured = await measureGemm({ m: 65, k: 33, n: 130 }, steps, CASES, { rounds: 3, budgetMs: 1 });
    expect(measured).toHaveLength(steps.length * CASES.length);
    for (const one of measured) {
      expect(one.repetitions, one.rung).toBe(3);
      expect(one.min, one.rung).toBeGreaterThan(0);
      expect(one.median, one.rung).toBeGreaterThanOrEqual(one.min);
    }
  } finally {
    await lab.close();
  }
});

test('a kernel with one wrong bit is not timed', async () => {
  const lab = await openLab(8, 1);
  try {
    let timed = 0;
    const wrong = {
      prepare: lab.prepare.bind(lab),
      product: async (...[rung, transposes]: Parameters<typeof lab.product>) => {
        const digest = await lab.product(rung, transposes);
        return rung === 'simd' ? digest.replace(/.$/, (last) => (last === '0' ? '1' : '0')) : digest;
      },
      timeProduct: async () => ++timed,
      peak: lab.peak.bind(lab),
      prepareConvolution: lab.prepareConvolution.bind(lab),
      convolution: lab.convolution.bind(lab),
      timeConvolution: lab.timeConvolution.bind(lab),
      train: lab.train.bind(lab),
      timeSteps: lab.timeSteps.bind(lab),
      callsOfStep: lab.callsOfStep.bind(lab),
      close: lab.close.bind(lab),
    };
    const step = { name: 'SIMD', lab: wrong, rung: 'simd' } as const;
    const size = { m: 8, k: 8, n: 8 };
    await expect(measureGemm(size, [step], ['NN'], { rounds: 3, budgetMs: 1 })).rejects.toThrow('the bits differ');
    expect(timed).toBe(0);
  } finally {
    await lab.close();
  }
});
