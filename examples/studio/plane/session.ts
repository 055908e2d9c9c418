/**
 * A training of points as the page sees it, from one reset to the next: commands in, events out. A frame follows a step
 * as soon as the page has drawn the one before, so slow pages get fewer frames and never a queue of them.
 */
import { createRandom, type GanLosses, type GanUpdate, slice, type Tensor, tensor } from '../../../src/index.ts';
import { pointsOf } from './distributions.ts';
import { measure } from './figures.ts';
import { createFrames } from './frames.ts';
import { createPlaneGan, LATENT, type PlaneGan, type PlaneNetworks, POOL, SAMPLES } from './plane-gan.ts';
import type { Command, Event, RealPoints } from './protocol.ts';
import type { PlaneSettings } from './settings.ts';
import { createTurns } from './turns.ts';

/** Milliseconds between two measurements of the figures, each of which takes as long as some steps. */
const FIGURES_EVERY = 400;
/** Precision and recall look at the nearest neighbours of each point. */
const FEWEST_TO_MEASURE = 8;
/** Points for the count of the modes, as many as `npm run ring` takes. */
const MODE_SAMPLES = 2500;
/** The share of the newest interval in the mean time of a step. */
const NEWEST = 0.05;

export class Session {
  readonly #gan: PlaneGan;
  readonly #send: (event: Event) => void;
  readonly #turns = createTurns();
  readonly #controller = new AbortController();
  readonly #takePicture = createFrames();
  readonly #modeNoise: Tensor = createRandom(0).normal([MODE_SAMPLES, LATENT]);
  readonly #ended: Promise<void>;
  #settings: PlaneSettings;
  #isAveraged = true;
  #networks: PlaneNetworks | undefined;
  #isRing = false;
  #shown: Float32Array = new Float32Array();
  #step = 0;
  #isPageReady = true;
  /** Whether something has changed since the last frame, or since the figures were measured. */
  #needsFrame = true;
  #needsFigures = true;
  #lastStep: number | undefined;
  #millisecondsPerStep = 0;
  #lastFigures = 0;
  /** Since the last frame. */
  #sums = { generator: 0, discriminator: 0, steps: 0 };

  constructor(settings: PlaneSettings, real: RealPoints, send: (event: Event) => void) {
    this.#settings = settings;
    this.#send = send;
    this.#gan = createPlaneGan(settings, this.#take(real), {
      beforeStep: (networks) => this.#beforeStep(networks),
      afterStep: (losses) => this.#afterStep(losses),
    });
    this.#ended = this.#gan.run(this.#controller.signal).catch((error) => {
      send({ kind: 'failed', message: error instanceof Error ? error.message : `${error}` });
    });
  }

  /** Does all commands but a reset, for which there is a new session. */
  obey(command: Exclude<Command, { readonly kind: 'reset' }>): void {
    switch (command.kind) {
      case 'real':
        this.#gan.points = this.#take(command.real);
        this.#changed();
        break;
      case 'change':
        this.#settings = command.settings;
        if (this.#gan.change(command.settings)) {
          // Another loss means another field.
          this.#needsFrame = true;
          this.#turns.release();
        }
        break;
      case 'play':
        this.#lastStep = undefined;
        this.#turns.play(command.stepsPerSecond);
        break;
      case 'pause':
        this.#turns.pause();
        this.#sendFigures();
        break;
      case 'step':
        this.#turns.step(command.update);
        break;
      case 'show':
        this.#isAveraged = command.isAveraged;
        this.#changed();
        break;
      case 'drawn':
        this.#isPageReady = true;
        this.#sendFrame();
        break;
    }
  }

  /** Resolves when the training has ended. Then nothing is sent any more. */
  async end(): Promise<void> {
    this.#controller.abort();
    this.#turns.release();
    await this.#ended;
  }

  /** Shows real points, and returns those for the training. */
  #take(real: RealPoints): Float32Array {
    this.#isRing = real === 'ring';
    const points = typeof real === 'string' ? pointsOf(real, POOL, createRandom(this.#settings.seed)) : real;
    const shown = points.slice(0, 2 * SAMPLES);
    this.#shown = shown;
    this.#send({ kind: 'real', points: shown.slice() });
    return points;
  }

  #beforeStep(networks: PlaneNetworks): GanUpdate | Promise<GanUpdate | undefined> {
    this.#networks = networks;
    this.#sendFrame();
    return this.#turns.next();
  }

  #afterStep({ generatorLoss, discriminatorLoss }: GanLosses): void {
    this.#step++;
    this.#needsFrame = true;
    this.#needsFigures = true;
    this.#sums.generator += generatorLoss;
    this.#sums.discriminator += discriminatorLoss;
    this.#sums.steps++;
    const now = performance.now();
    if (this.#lastStep !== undefined) {
      const newest = now - this.#lastStep;
      const before = this.#millisecondsPerStep === 0 ? newest : this.#millisecondsPerStep;
      this.#millisecondsPerStep = (1 - NEWEST) * before + NEWEST * newest;
    }
    this.#lastStep = now;
  }

  #changed(): void {
    this.#needsFrame = true;
    this.#needsFigures = true;
    this.#sendFrame();
  }

  get #drawing(): PlaneNetworks['generator'] | undefined {
    return this.#isAveraged ? this.#networks?.average : this.#networks?.generator;
  }

  #sendFrame(): void {
    const drawing = this.#drawing;
    if (!this.#isPageReady || !this.#needsFrame || drawing === undefined) return;
    const { generator, discriminator, steps } = this.#sums;
    this.#send({
      kind: 'frame',
      frame: {
        ...this.#takePicture(this.#networks!, drawing, this.#settings.loss, this.#shown),
        step: this.#step,
        stepsPerSecond: this.#millisecondsPerStep === 0 ? 0 : 1000 / this.#millisecondsPerStep,
        losses: steps === 0 ? undefined : { generator: generator / steps, discriminator: discriminator / steps },
      },
    });
    this.#sums = { generator: 0, discriminator: 0, steps: 0 };
    this.#isPageReady = false;
    this.#needsFrame = false;
    if (performance.now() - this.#lastFigures > FIGURES_EVERY) this.#sendFigures();
  }

  #sendFigures(): void {
    const drawing = this.#drawing;
    const count = Math.min(SAMPLES, this.#shown.length / 2);
    if (!this.#needsFigures || drawing === undefined || count < FEWEST_TO_MEASURE) return;
    const real = tensor(this.#shown, [count, 2]);
    const noise = slice(this.#networks!.noise, [0, 0], [count, LATENT]);
    const figures = measure(real, drawing, noise, this.#isRing ? this.#modeNoise : undefined);
    this.#send({ kind: 'figures', figures, step: this.#step });
    this.#needsFigures = false;
    this.#lastFigures = performance.now();
  }
}
