/** The worker of the pictures: it carries out what the page asks for, and tells it what has happened. */
import {
  ArgumentError,
  browserCheckpoints,
  type CheckpointStore,
  configure,
  encodeWeights,
  FormatError,
  loadWeights,
  runtimeInfo,
  type Samples,
  scope,
  withClasses,
} from '../../../src/index.ts';
import { LATENT } from '../../gan-networks.ts';
import { type Link, openPage } from '../worker-link.ts';
import { byteImages } from './byte-images.ts';
import { settingsOfCheckpoint } from './checkpoint-settings.ts';
import { digitImages, firstImages, type StudioImages } from './images.ts';
import { directionsOf, drawPictures } from './latent.ts';
import { openImageFiles } from './open-images.ts';
import type { Command, Draw, Event } from './protocol.ts';
import { type Frames, frames, savedFile, walkFile } from './saved-file.ts';
import { type Session, savedSession, saveSession } from './session.ts';
import { agrees, completed, type Settings } from './settings.ts';
import { type Beginning, type Listener, Training } from './training.ts';

/** The folder of the checkpoints. All tabs share it, and one of them saves. */
const STORE = 'studio';
/** Milliseconds between reports of progress, and between live samples. */
const REPORT_EVERY = 100;
const SAMPLES_EVERY = 220;

let page: Link<Event>;
let queue: Promise<void> = Promise.resolve();
let data: StudioImages | undefined;
let training: Training | undefined;
let distances: number[] = [];
let firstRates: Session['firstRates'] = [0, 0];
let stepsPerSecond = 0;
let isHidden = false;
/** Whether it shall train as soon as its networks are there. */
let playsAtStart = false;
/** Whether the training that begins goes on from a file of the user's. */
let isOpenedFile = false;
let lastReport = 0;
let lastSamples = 0;
let directions: Float64Array[] = [];
let growth: Frames = frames();
/** Why nothing is saved; '' if it is. */
let obstacle = '';

export function servePictures(): void {
  page = openPage<Command, Event>((command) => {
    // One after the other: a command may wait for a state to be saved.
    queue = queue.then(() => carryOut(command)).catch(fail);
  });
}

function fail(error: unknown): void {
  console.error(error);
  page.send({ kind: 'failed', message: error instanceof Error ? error.message : `${error}` });
}

async function carryOut(command: Command): Promise<void> {
  switch (command.kind) {
    case 'open':
      return open(command.named);
    case 'play':
      return play();
    case 'pause':
      return training?.pause();
    case 'step':
      return training?.stepOnce(command.updates);
    case 'speed':
      stepsPerSecond = command.stepsPerSecond;
      if (training !== undefined) training.stepsPerSecond = stepsPerSecond;
      return training?.hide(isHidden);
    case 'hide':
    case 'show':
      isHidden = command.kind === 'hide';
      return training?.hide(isHidden);
    case 'change':
      return change(command.settings);
    case 'restart':
      return restart(training?.settings ?? completed({}));
    case 'draw':
      return draw(command.draw);
    case 'distance':
      distances.push(command.epoch, command.distance);
      return;
    case 'openImages':
      data = await openImageFiles(command.files, command.size);
      return restart({ ...(training?.settings ?? completed({})), images: data.images.count });
    case 'openWeights':
      return openWeights(new Uint8Array(await command.file.arrayBuffer()));
    case 'save':
      return save(command.what);
    case 'saveWalk':
      return saveWalk(command.draw);
  }
}

async function open(named: Partial<Settings>): Promise<void> {
  data = await digitImages();
  const saved = await savedSession();
  if (saved !== undefined && agrees(named, saved.session.settings)) {
    const { session, losses } = saved;
    distances = [...session.distances];
    playsAtStart = session.isTraining;
    begin({ ...session, resume: true, losses });
  } else {
    await restart(completed(named));
  }
}

/** After an error the training goes on from the last saved state, or from the start. */
async function play(): Promise<void> {
  if (training === undefined) return;
  if (!training.hasFailed) return training.play();
  const { beginning, settings, losses } = training;
  playsAtStart = true;
  begin({ ...beginning, settings, losses, former: undefined, resume: beginning.store !== undefined });
}

/** A new training, which replaces the saved one when it first saves. */
async function restart(settings: Settings): Promise<void> {
  await training?.end();
  distances = [];
  growth = frames();
  playsAtStart = false;
  begin({
    settings,
    firstRates: [settings.generatorRate, settings.discriminatorRate],
    ...{ stepsBefore: 0, epochsBefore: 0, resume: false },
  });
}

function begin(given: Omit<Beginning, 'data' | 'store'>): void {
  if (data === undefined) throw new Error('the images are not loaded yet');
  firstRates = given.firstRates;
  directions = [];
  const all = firstImages(data, given.settings.images);
  const store: CheckpointStore | undefined = data.isKept && obstacle === '' ? browserCheckpoints(STORE) : undefined;
  training = new Training({ ...given, data: all, store, resume: given.resume && store !== undefined }, listener);
  training.stepsPerSecond = stepsPerSecond;
  training.hide(isHidden);
  training.start();
}

/** Rates and epochs change at once; other settings end the call of trainGan, and a new one goes on from the weights. */
async function change(settings: Settings): Promise<void> {
  const before = training;
  if (before === undefined) return;
  const old = before.settings;
  const isSame = (...names: readonly (keyof Settings)[]): boolean =>
    names.every((name) => settings[name] === old[name]);
  if (!isSame('model', 'seed', 'images')) return restart(settings);
  if (isSame('loss', 'penalty', 'penaltyWeight', 'penaltyEvery', 'augment', 'batchSize')) {
    return before.adjust(settings);
  }
  playsAtStart = before.phase === 'training';
  await before.end();
  const { stepsDone, epoch, losses } = before;
  begin({
    settings,
    losses,
    firstRates,
    stepsBefore: stepsDone,
    epochsBefore: before.beginning.epochsBefore + epoch - 1,
    resume: false,
    former: before,
  });
}

const listener: Listener = {
  started(one, resumed) {
    const { settings, losses } = one;
    const { images, name, labels, classes = 10 } = one.beginning.data;
    losses.keepUntil(one.stepsDone);
    // The page gets all rows here, and with each report those that are new.
    losses.takeNew();
    page.send({
      kind: 'opened',
      settings,
      data: name,
      dataCount: data?.images.count ?? images.count,
      isDigits: one.beginning.data.isKept,
      classes: settings.model === 'conditional' && labels !== undefined ? classes : undefined,
      losses: losses.all(),
      distances,
      resumed,
      latentDim: LATENT,
    });
    page.send({ kind: 'runtime', runtime: runtimeInfo() });
    if (obstacle !== '') page.send({ kind: 'unsaved', reason: obstacle });
    report(one);
    drawSamples(one);
    void sendFingerprint(one).catch(fail);
    if (playsAtStart) one.play();
    playsAtStart = false;
    isOpenedFile = false;
  },
  stepped(one) {
    const now = performance.now();
    if (now - lastReport > REPORT_EVERY || one.stepsPerSecond > 0) report(one);
    if (now - lastSamples > SAMPLES_EVERY || one.stepsPerSecond > 0) drawSamples(one);
  },
  phaseChanged(one) {
    report(one);
    if (one.networks === undefined) return;
    drawSamples(one);
    page.send({ kind: 'runtime', runtime: runtimeInfo() });
    if (one.phase === 'training') void remember(one);
    else void sendFingerprint(one).catch(fail);
  },
  epochFinished(one) {
    const { networks } = one;
    if (networks === undefined) return;
    const epoch = one.beginning.epochsBefore + one.epoch - 1;
    const weights = Uint8Array.from(encodeWeights({ generator: networks.drawing }));
    page.send({ kind: 'epoch', epoch, weights }, [weights.buffer]);
    growth.add(sampled(one));
    void sendFingerprint(one).catch(fail);
  },
  saved(one) {
    void remember(one).then(() => page.send({ kind: 'saved', stepsDone: one.stepsDone }));
  },
  failed(one, error) {
    if (one !== training) return fail(error);
    if (one.networks !== undefined) report(one);
    // The browser has no place for the state: the training starts again without.
    if (one.networks === undefined && one.beginning.store !== undefined && !(error instanceof ArgumentError)) {
      const isDamaged = error instanceof FormatError;
      if (!isDamaged) obstacle = error instanceof Error ? error.message : `${error}`;
      begin({ ...one.beginning, resume: false, losses: undefined, stepsBefore: 0, epochsBefore: 0 });
      return;
    }
    // A checkpoint of other settings: the page was reloaded before a new training had first saved. Only a file of the
    // user's is worth an error.
    const isForeign = one.networks === undefined && one.beginning.resume;
    if (!isForeign || isOpenedFile) fail(error);
    if (isForeign) void restart(one.settings).catch(fail);
  },
};

/** Writes what a reload needs beside the checkpoint. */
async function remember(one: Training): Promise<void> {
  const { settings, beginning, losses } = one;
  if (beginning.store === undefined) return;
  const { stepsBefore, epochsBefore } = beginning;
  const isTraining = one.phase === 'training';
  await saveSession({ settings, firstRates, stepsBefore, epochsBefore, isTraining, distances }, losses);
}

function report(one: Training): void {
  const { beginning, step, stepsPerEpoch, stepsDone, secondsPerStep, generatorRate, discriminatorRate, phase } = one;
  lastReport = performance.now();
  const losses = one.losses.takeNew();
  const epoch = beginning.epochsBefore + one.epoch;
  const progress = { phase, epoch, step, stepsPerEpoch, stepsDone, secondsPerStep, losses };
  page.send({ kind: 'progress', progress: { ...progress, generatorRate, discriminatorRate } }, [losses.buffer]);
}

/** The pictures of the fixed noise; of a conditional generator, the classes in turn. */
function sampled({ networks, settings, beginning }: Training): Samples {
  if (networks === undefined) throw new Error('there are no networks yet');
  const { drawing, sampleNoise } = networks;
  return scope(() => {
    if (settings.model !== 'conditional') return drawing.predict(sampleNoise);
    const { classes = 10 } = beginning.data;
    const labels = Array.from({ length: sampleNoise.shape[0]! }, (_, i) => i % classes);
    return drawing.predict(withClasses(sampleNoise, labels, { classes }));
  });
}

function drawSamples(one: Training): void {
  lastSamples = performance.now();
  const images = byteImages(sampled(one));
  page.send({ kind: 'samples', images, epoch: one.epoch, step: one.step }, [images.bytes.buffer]);
}

function draw(wanted: Draw): void {
  const networks = training?.networks;
  if (networks === undefined) return;
  if (wanted.shifts.length > 0) directions = directionsOf(networks.drawing, LATENT, directions);
  const images = byteImages(drawPictures(networks.drawing, LATENT, wanted, directions));
  page.send({ kind: 'drawn', id: wanted.id, images }, [images.bytes.buffer]);
}

/** SHA-256 of the file that `save('generator')` gives. Only secure origins can compute it. */
async function sendFingerprint(one: Training): Promise<void> {
  const { networks, stepsDone } = one;
  if (networks === undefined || globalThis.crypto?.subtle === undefined) return;
  const bytes = Uint8Array.from(encodeWeights({ generator: networks.drawing }));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  page.send({ kind: 'fingerprint', hash, stepsDone });
}

async function save(what: Extract<Command, { kind: 'save' }>['what']): Promise<void> {
  if (training?.networks === undefined) return;
  const file = await savedFile(what, training, sampled(training), growth);
  page.send({ kind: 'file', ...file }, [file.bytes.buffer]);
}

function saveWalk(walk: Draw): void {
  const networks = training?.networks;
  if (training === undefined || networks === undefined) return;
  const { model } = training.settings;
  const file = scope(() => walkFile(drawPictures(networks.drawing, LATENT, walk, directions), model));
  page.send({ kind: 'file', ...file }, [file.bytes.buffer]);
}

/** Weights of a generator, or a checkpoint, as Node writes them. */
async function openWeights(bytes: Uint8Array): Promise<void> {
  const found = settingsOfCheckpoint(bytes, training?.settings ?? completed({}));
  if (found.kind === 'checkpoint') {
    if (obstacle !== '') throw new Error(`A checkpoint cannot be opened here: ${obstacle}`);
    await training?.end();
    data = await digitImages();
    await browserCheckpoints(STORE).save(bytes);
    const { generatorRate, discriminatorRate } = found.settings;
    distances = [];
    playsAtStart = false;
    isOpenedFile = true;
    const rates = [generatorRate, discriminatorRate] as const;
    begin({ settings: found.settings, firstRates: rates, stepsBefore: 0, epochsBefore: 0, resume: true });
    return;
  }
  if (training === undefined || found.settings.model !== training.settings.model) await restart(found.settings);
  await networksReady();
  const { networks } = training ?? {};
  if (training === undefined || networks === undefined) return;
  for (const model of [networks.generator, networks.average]) {
    if (model !== undefined) loadWeights({ generator: model }, found.generator);
  }
  listener.phaseChanged(training);
}

/** Resolves when the training that was begun has its networks. */
async function networksReady(): Promise<void> {
  while (training !== undefined && training.networks === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// As many threads as there are cores, started before the first step.
void configure({ threads: Math.min(navigator.hardwareConcurrency || 1, 16) }).catch(fail);
