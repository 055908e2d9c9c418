/** Where the training is: epoch, step, time to go, and what it runs on. */
import type { RuntimeInfo } from '../../../src/index.ts';
import { card, element } from '../elements.ts';
import type { Progress } from './protocol.ts';
import type { Settings } from './settings.ts';

export interface StatusPanel {
  readonly root: HTMLElement;
  showProgress(progress: Progress, settings: Settings): void;
  showRuntime(runtime: RuntimeInfo): void;
  showFingerprint(hash: string, stepsDone: number): void;
  showSaved(stepsDone: number): void;
  showUnsaved(reason: string): void;
}

const KERNELS: Readonly<Record<RuntimeInfo['kernels'], string>> = {
  portable: 'portable JavaScript',
  simd: 'WebAssembly SIMD',
  wide: 'wide WebAssembly SIMD',
};

export function statusPanel(): StatusPanel {
  const epoch = element('strong', { id: 'epoch' }, '–');
  const left = element('strong', { id: 'left' }, '–');
  const pace = element('strong', { id: 'pace' }, '–');
  const bar = element('progress', { max: 1, value: 0, 'aria-label': 'Share of all epochs that is done' });
  const runtime = element('p', {}, '');
  const reasons = element('p', { class: 'hint' }, '');
  const fingerprint = element('output', { id: 'fingerprint' }, '');
  const saved = element('p', { class: 'hint' });
  saved.hidden = true;
  const details = element(
    'details',
    { class: 'runtime' },
    element('summary', {}, runtime),
    reasons,
    element('p', { class: 'hint' }, 'SHA-256 of the generator’s weights. Node gets the same with these settings:'),
    fingerprint,
  );
  const figure = (label: string, value: HTMLElement): HTMLElement =>
    element('div', { class: 'figure' }, element('span', {}, label), value);
  const root = card(
    'Progress',
    element('div', { class: 'figures' }, figure('Epoch', epoch), figure('To go', left), figure('A step', pace)),
    bar,
    details,
    saved,
  );
  root.classList.add('status');
  return {
    root,
    showProgress({ epoch: at, step, stepsPerEpoch, secondsPerStep, stepsDone, phase }, { epochs }) {
      const done = Math.min(1, (at - 1 + step / stepsPerEpoch) / epochs);
      epoch.textContent = `${Math.min(at, epochs)} of ${epochs}`;
      epoch.title = `${stepsDone} steps are done, ${step} of ${stepsPerEpoch} in this epoch`;
      const steps = Math.max(0, (epochs - at + 1) * stepsPerEpoch - step);
      left.textContent = phase === 'finished' ? 'done' : secondsPerStep === 0 ? '–' : duration(steps * secondsPerStep);
      pace.textContent = secondsPerStep === 0 ? '–' : `${Math.round(1000 * secondsPerStep)} ms`;
      bar.value = done;
      root.dataset['steps'] = `${stepsDone}`;
    },
    showRuntime({ kernels, threads, reasons: why }) {
      runtime.textContent = `${KERNELS[kernels]}, ${threads === 1 ? 'one thread' : `${threads} threads`}`;
      reasons.textContent = `Kernels: ${why.kernels}. Threads: ${why.threads}.`;
    },
    showFingerprint(hash, stepsDone) {
      fingerprint.textContent = hash;
      fingerprint.dataset['steps'] = `${stepsDone}`;
    },
    showSaved(stepsDone) {
      saved.textContent = `Saved at step ${stepsDone.toLocaleString('en')}. A reload goes on from there.`;
      saved.hidden = false;
      root.dataset['saved'] = `${stepsDone}`;
    },
    showUnsaved(reason) {
      saved.textContent = `Not saved over a reload: ${reason}`;
      saved.hidden = false;
    },
  };
}

/** 2:05 min, 41 s. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
