/**
 * The training of the studio: trainGan in a worker, with a gate before each step, at which it pauses, goes slowly, or
 * updates one network only. It has no last epoch: after the one that was asked for it waits at the gate, so that more
 * epochs can follow.
 */
import {
  adam,
  type CheckpointStore,
  type GanTurn,
  type GanUpdate,
  type Model,
  type Optimizer,
  type Tensor,
  type TrainGanOptions,
  tensor,
  trainGan,
  variable,
} from '../../../src/index.ts';
import { networksOf } from '../../gan-networks.ts';
import { RECIPES, WIDTHS } from '../../recipes.ts';
import type { StudioImages } from './images.ts';
import { LossRows } from './loss-rows.ts';
import type { Phase } from './protocol.ts';
import { penaltyOf, type Settings } from './settings.ts';

/** The networks of a training. */
export interface Networks {
  readonly generator: Model;
  readonly discriminator: Model;
  readonly average: Model | undefined;
  /** The generator that draws: the one with averaged weights if there is an average. */
  readonly drawing: Model;
  /** [samples, latentDim]. It stays when trainGan frees its own. */
  readonly sampleNoise: Tensor;
}

/** What a training tells. All but `failed` is called between two steps, so it must be quick. */
export interface Listener {
  /** The networks are there, and the first step is about to come. */
  started(training: Training, resumed: boolean): void;
  stepped(training: Training): void;
  phaseChanged(training: Training): void;
  epochFinished(training: Training): void;
  /** The state was saved. */
  saved(training: Training): void;
  failed(training: Training, error: unknown): void;
}

/** How a training begins. */
export interface Beginning {
  readonly settings: Settings;
  /** Those that its optimizers were made with: a checkpoint knows the rates that they began with. */
  readonly firstRates: readonly [generator: number, discriminator: number];
  readonly data: StudioImages;
  /** Undefined: the state is not saved. */
  readonly store: CheckpointStore | undefined;
  /** Go on from the newest checkpoint of the store. */
  readonly resume: boolean;
  readonly losses?: LossRows | undefined;
  /** Steps and epochs of trainings before with other settings, whose networks go on. */
  readonly stepsBefore: number;
  readonly epochsBefore: number;
  /** The last of those trainings. Undefined when a checkpoint brings the networks back. */
  readonly former?: Training | undefined;
}

/** Between two saves of a training that runs, in milliseconds. A crash loses at most so much. */
const SAVE_EVERY = 5000;

export class Training {
  readonly beginning: Beginning;
  readonly losses: LossRows;
  readonly stepsPerEpoch: number;
  settings: Settings;
  networks: Networks | undefined;
  /** The epoch of the next step, from 1, and its steps that are done. Earlier trainings are not counted. */
  epoch = 1;
  step = 0;
  /** Mean time of the last few steps. */
  secondsPerStep = 0;
  /** 0 means as many as there can be. */
  stepsPerSecond = 0;

  readonly #listener: Listener;
  readonly #optimizers: readonly [Optimizer, Optimizer];
  readonly #controller = new AbortController();
  #isPaused = true;
  #isHidden = false;
  #hasFailed = false;
  /** Steps that were asked for while it is paused. */
  readonly #wanted: (GanUpdate | undefined)[] = [];
  #open: () => void = () => undefined;
  /** How often #wake() was called. */
  #changes = 0;
  #lastSave = performance.now();
  #isSaved = true;
  /** When the last step ended, or the wait after it. */
  #lastStep = 0;
  #ended: Promise<void> = Promise.resolve();

  constructor(beginning: Beginning, listener: Listener) {
    const { settings, firstRates, data, losses = new LossRows(), former } = beginning;
    this.beginning = beginning;
    this.settings = settings;
    this.losses = losses;
    this.#listener = listener;
    this.stepsPerEpoch = Math.ceil(data.images.count / settings.batchSize);
    const optimizer = (learningRate: number): Optimizer => adam({ ...RECIPES[settings.model].adam, learningRate });
    this.#optimizers = former === undefined ? [optimizer(firstRates[0]), optimizer(firstRates[1])] : former.#optimizers;
  }

  /** Starts, paused. Errors go to the listener. */
  start(): void {
    this.#ended = this.#run().catch((error) => {
      this.#isPaused = true;
      this.#hasFailed = true;
      this.#listener.failed(this, error);
    });
  }

  /** Whether an error has ended it. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  get phase(): Phase {
    if (this.networks === undefined) return 'loading';
    if (this.#isPaused) return this.isFinished ? 'finished' : 'paused';
    return 'training';
  }

  get isFinished(): boolean {
    return this.beginning.epochsBefore + this.epoch > this.settings.epochs;
  }

  get stepsDone(): number {
    return this.beginning.stepsBefore + (this.epoch - 1) * this.stepsPerEpoch + this.step;
  }

  get generatorRate(): number {
    return this.#optimizers[0].learningRate;
  }

  get discriminatorRate(): number {
    return this.#optimizers[1].learningRate;
  }

  play(): void {
    this.#isPaused = this.isFinished;
    this.#changed();
  }

  /** Pauses after the step in progress, and saves. */
  pause(): void {
    this.#isPaused = true;
    this.#changed();
  }

  /** One step more, of one network or of both. */
  stepOnce(updates: GanUpdate | undefined): void {
    this.#wanted.push(updates);
    this.pause();
  }

  /** Stops between two steps while another mode is shown. */
  hide(isHidden: boolean): void {
    this.#isHidden = isHidden;
    this.#wake();
  }

  /** Changes settings that need no new call of trainGan: learning rates and epochs. */
  adjust(settings: Settings): void {
    this.settings = settings;
    this.#setRates();
    this.#isSaved = false;
    this.#changed();
  }

  #setRates(): void {
    this.#optimizers[0].learningRate = this.settings.generatorRate;
    this.#optimizers[1].learningRate = this.settings.discriminatorRate;
  }

  /** Ends it; resolves when the state is saved. */
  async end(): Promise<void> {
    this.#controller.abort();
    this.#wake();
    await this.#ended;
  }

  /** Has the gate look again. */
  #wake(): void {
    this.#changes++;
    this.#open();
  }

  #changed(): void {
    this.#wake();
    this.#listener.phaseChanged(this);
  }

  async #run(): Promise<void> {
    const { store, resume, former } = this.beginning;
    const networks = former?.networks;
    await trainGan({
      ...this.#options(),
      ...(networks && { generator: networks.generator, discriminator: networks.discriminator }),
      generatorOptimizer: this.#optimizers[0],
      discriminatorOptimizer: this.#optimizers[1],
      // The gate decides when it is over.
      epochs: Number.MAX_SAFE_INTEGER,
      ...(store && { checkpoint: store, resume }),
      beforeStep: (turn) => this.#gate(turn),
      onStep: ({ generatorLoss, discriminatorLoss, gradientPenalty = 0 }) => {
        const now = performance.now();
        const seconds = (now - this.#lastStep) / 1000;
        this.#lastStep = now;
        this.secondsPerStep = this.secondsPerStep === 0 ? seconds : 0.95 * this.secondsPerStep + 0.05 * seconds;
        this.step++;
        this.#isSaved = false;
        this.losses.add(this.stepsDone, discriminatorLoss, generatorLoss, gradientPenalty);
        this.#listener.stepped(this);
      },
      onEpoch: () => {
        this.epoch++;
        this.step = 0;
        this.#listener.epochFinished(this);
      },
      signal: this.#controller.signal,
    });
  }

  #options(): TrainGanOptions {
    const { settings } = this;
    const { model, loss, augment, batchSize, seed } = settings;
    const { data } = this.beginning;
    return {
      ...networksOf(model, { seed, width: WIDTHS[model] ?? 1 }, data),
      ...{ images: data.images, loss, batchSize, seed },
      emaMomentum: RECIPES[model].emaMomentum,
      gradientPenalty: penaltyOf(settings),
      ...(augment !== 'none' && { augmentation: [augment] }),
    };
  }

  /** What trainGan waits for before each step. */
  async #gate(turn: GanTurn): Promise<GanUpdate | undefined> {
    this.epoch = turn.epoch;
    this.step = turn.step - 1;
    if (this.networks === undefined) this.#begin(turn);
    const { signal } = this.#controller;
    while (!signal.aborted) {
      const seen = this.#changes;
      if (this.isFinished && !this.#isPaused) {
        this.#isPaused = true;
        this.#listener.phaseChanged(this);
      }
      const isClosed = this.#isPaused || this.#isHidden;
      if (!this.#isSaved && (isClosed || performance.now() - this.#lastSave > SAVE_EVERY)) await this.#save(turn);
      if (this.#wanted.length > 0) {
        this.#lastStep = performance.now();
        return this.#wanted.shift();
      }
      const wait = isClosed ? Number.POSITIVE_INFINITY : this.#timeToNextStep();
      if (wait <= 0) return undefined;
      // While the state was saved, something may have changed.
      if (seen === this.#changes) await this.#opened(wait);
    }
    return undefined;
  }

  async #save(turn: GanTurn): Promise<void> {
    this.#isSaved = true;
    await turn.save();
    this.#lastSave = performance.now();
    this.#listener.saved(this);
  }

  /** Milliseconds until the next step may come. */
  #timeToNextStep(): number {
    return this.stepsPerSecond === 0 ? 0 : this.#lastStep + 1000 / this.stepsPerSecond - performance.now();
  }

  /** Resolves when something has changed, or after so many milliseconds. */
  async #opened(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = Number.isFinite(milliseconds) ? setTimeout(resolve, milliseconds) : undefined;
      this.#open = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    // The speed is kept from step to step; a pause is no step.
    if (!Number.isFinite(milliseconds)) this.#lastStep = performance.now();
  }

  #begin({ generator, discriminator, averageGenerator, sampleNoise }: GanTurn): void {
    this.#lastStep = performance.now();
    this.#setRates();
    const former = this.beginning.former?.networks;
    // A new call of trainGan starts its average at the present weights. Here it goes on from the former one.
    if (former?.average !== undefined && averageGenerator !== undefined) {
      averageGenerator.weights.forEach((weight, i) => {
        weight.assign(former.average!.weights[i]!);
      });
    }
    this.networks = {
      generator,
      discriminator,
      average: averageGenerator,
      drawing: averageGenerator ?? generator,
      sampleNoise: former?.sampleNoise ?? variable(tensor(sampleNoise.data, sampleNoise.shape)),
    };
    this.#listener.started(this, this.beginning.resume && (this.epoch > 1 || this.step > 0));
  }
}
