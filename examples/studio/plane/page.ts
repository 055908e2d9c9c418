/**
 * The points: two small networks learn a distribution in the plane, and one sees all that there is to see: the points,
 * what the discriminator thinks of each place, and where the generator's map takes the noise.
 */
import { card, element } from '../elements.ts';
import type { CreateMode } from '../mode.ts';
import { lossCurves } from '../pictures/curves.ts';
import { transport } from '../pictures/transport.ts';
import { openWorker } from '../worker-link.ts';
import { decodeDrawing, encodeDrawing } from './drawing.ts';
import { figuresPanel } from './figures-panel.ts';
import { legend } from './legend.ts';
import { attachPen } from './pen.ts';
import { PlaneCanvas } from './plane-canvas.ts';
import type { Command, Event, Frame, RealPoints } from './protocol.ts';
import { differences, readSettings, readSource, type Source } from './settings.ts';
import { settingsPanel } from './settings-panel.ts';
import { sourcePanel } from './source-panel.ts';

/** Steps in a second; 0 is full speed. The first one is slow enough to see the points move. */
const SPEEDS = [100, 0, 20, 5, 1];
/** Steps from one row of the losses to the next, so that the curves of long trainings stay short. */
const ROW_EVERY = 10;
/** For the worker while the user has not drawn yet. */
const NO_POINTS = Float32Array.of(0, 0);
const EMPTY = 'Draw points here, with the mouse, a finger, or the arrow keys and Enter.';

export const createMode: CreateMode = ({ root, settings: parameters, share, announce, fail }) => {
  // Settings of the other mode have partly the same names.
  const named = parameters.get('mode') === 'points' ? parameters : new URLSearchParams();
  let settings = readSettings(named);
  let drawn = decodeDrawing(named.get('drawing') ?? '') ?? new Float32Array();
  let source: Source = drawn.length > 0 ? 'drawn' : (readSource(named.get('points')) ?? 'ring');
  let isPlaying = false;
  let stepsPerSecond = SPEEDS[0]!;
  let isHidden = true;
  let isAveraged = true;
  let step = 0;
  let lastRow = 0;

  const worker = openWorker<Command, Event>('points', receive, fail);
  const { send } = worker;
  const plane = new PlaneCanvas(() => send({ kind: 'drawn' }));
  const figures = figuresPanel();
  const losses = lossCurves();
  const hint = element('p', { class: 'empty' }, EMPTY);
  const sources = sourcePanel(choose, () => draw(new Float32Array()));
  const buttons = transport(
    {
      play: () => play(true),
      pause: () => play(false),
      step(update = 'both') {
        play(false);
        if (canTrain()) send({ kind: 'step', update });
      },
      speed(chosen) {
        stepsPerSecond = chosen;
        if (isPlaying) run();
      },
      restart,
    },
    SPEEDS,
    'points-',
  );

  function canTrain(): boolean {
    return source !== 'drawn' || drawn.length > 0;
  }

  function realPoints(): RealPoints {
    if (source !== 'drawn') return source;
    return drawn.length > 0 ? Float32Array.from(drawn) : NO_POINTS.slice();
  }

  function play(given: boolean): void {
    if (given !== isPlaying) announce(given ? 'Training.' : `Paused after ${step} steps.`);
    isPlaying = given;
    buttons.show(isPlaying ? 'training' : 'paused');
    run();
  }

  /** Has the worker do what the page shows. */
  function run(): void {
    if (isPlaying && !isHidden && canTrain()) send({ kind: 'play', stepsPerSecond: stepsPerSecond || Infinity });
    else send({ kind: 'pause' });
  }

  function restart(): void {
    lastRow = 0;
    losses.reset(new Float32Array());
    figures.showFigures(undefined);
    send({ kind: 'reset', settings, real: realPoints() });
    send({ kind: 'show', isAveraged });
    run();
  }

  function remember(): void {
    const drawing = source === 'drawn' && drawn.length > 0 ? encodeDrawing(drawn) : undefined;
    const points = source === 'ring' || drawing !== undefined ? undefined : source;
    share({ points, drawing, ...differences(settings) });
  }

  /** Shows the source, and gives its points to the worker. */
  function changeReal(): void {
    sources.show(source);
    if (source === 'drawn') plane.real = drawn;
    hint.hidden = canTrain();
    send({ kind: 'real', real: realPoints() });
    run();
    plane.redraw();
  }

  function choose(chosen: Source): void {
    source = chosen;
    figures.showFigures(undefined);
    changeReal();
    remember();
  }

  function draw(points: Float32Array): void {
    source = 'drawn';
    drawn = points;
    changeReal();
    remember();
  }

  function receive(event: Event): void {
    switch (event.kind) {
      case 'real':
        // The page knows better what was drawn: it may have changed since.
        if (source === 'drawn') return;
        plane.real = event.points;
        plane.redraw();
        return;
      case 'frame':
        plane.show(event.frame);
        showLosses(event.frame);
        return;
      case 'figures':
        figures.showFigures(event.figures);
        return;
      case 'failed':
        play(false);
        fail(`${event.message} Start over to train again.`);
        return;
    }
  }

  function showLosses({ step: done, stepsPerSecond: pace, losses: means }: Frame): void {
    step = done;
    figures.showSteps(step, isPlaying ? pace : 0);
    if (means === undefined || step < lastRow + ROW_EVERY) return;
    lastRow = step;
    losses.add(Float32Array.of(step, means.discriminator, means.generator, 0));
  }

  attachPen(plane, {
    tool: () => sources.tool,
    begin: () => plane.real,
    changed(points) {
      source = 'drawn';
      drawn = points;
      changeReal();
    },
    end(place) {
      remember();
      // Without a mouse one may not see either where the points are.
      if (place !== undefined)
        announce(`${drawn.length / 2} real points, changed at ${place.map(coordinate).join(', ')}.`);
    },
  });
  plane.canvas.setAttribute(
    'aria-label',
    'The plane. Draw real points with the mouse, or move with the arrow keys and press Enter to put points there.',
  );
  const toggle = (layer: Parameters<typeof plane.layers.add>[0], isShown: boolean): void => {
    if (isShown) plane.layers.add(layer);
    else plane.layers.delete(layer);
    plane.redraw();
  };
  const average = (isOn: boolean): void => {
    isAveraged = isOn;
    send({ kind: 'show', isAveraged });
  };
  const stage = card(
    'Two networks learn where the points are',
    sources.root,
    element('div', { class: 'sheet' }, plane.canvas, hint),
    buttons.root,
  );
  stage.classList.add('stage');
  const side = element('div', { class: 'side' }, figures.root, legend(plane.layers, toggle, average));
  const form = settingsPanel(
    settings,
    (changed) => {
      settings = changed;
      send({ kind: 'change', settings });
      remember();
    },
    (changed) => {
      settings = changed;
      restart();
      remember();
    },
  );
  root.append(
    element('div', { class: 'top-grid' }, stage, side),
    element('div', { class: 'cards' }, form, losses.root),
  );
  buttons.show('paused');
  sources.show(source);
  plane.real = drawn;
  hint.hidden = canTrain();
  send({ kind: 'reset', settings, real: realPoints() });

  return {
    show() {
      isHidden = false;
      remember();
      run();
      plane.redraw();
    },
    hide() {
      isHidden = true;
      run();
    },
  };
};

/** x or y, to two decimals. */
function coordinate(value: number): string {
  return `${Math.round(100 * value) / 100}`;
}
