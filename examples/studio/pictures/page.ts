/** The pictures: a GAN learns to draw digits, or what the user opens, and the page shows how. */
import { card, download, element } from '../elements.ts';
import type { CreateMode } from '../mode.ts';
import { openWorker } from '../worker-link.ts';
import { lossCurves } from './curves.ts';
import { distancePanel } from './distance-panel.ts';
import { explore } from './explore.ts';
import { filesPanel } from './files.ts';
import { pictureCanvas } from './picture-canvas.ts';
import type { Command, Event, Progress } from './protocol.ts';
import { completed, differences, namedSettings, recipeOf, type Settings } from './settings.ts';
import { settingsForm } from './settings-form.ts';
import { statusPanel } from './status.ts';
import { transport } from './transport.ts';

/** A screen reader tells of each fifth epoch. */
const SPOKEN = 5;
/** Milliseconds in which the worker answers a button. */
const PATIENCE = 1000;
/** Steps in a second; 0 is full speed. */
const SPEEDS = [0, 10, 3, 1];

export const createMode: CreateMode = ({ root, settings: parameters, share, announce, fail }) => {
  // Settings of the other mode have partly the same names.
  const named = parameters.get('mode') === null ? namedSettings(parameters) : {};
  let settings: Settings = completed(named);
  let phase: Progress['phase'] = 'loading';
  let epoch = 0;
  /** What a button has just asked for. */
  let awaited: { readonly phase: Progress['phase']; readonly until: number } | undefined;

  const samples = pictureCanvas(undefined, 'samples');
  const losses = lossCurves();
  const status = statusPanel();
  const worker = openWorker<Command, Event>('pictures', receive, fail);
  const { send } = worker;
  const distance = distancePanel((at, value) => send({ kind: 'distance', epoch: at, distance: value }), fail);
  const change = (changed: Settings): void => {
    settings = changed;
    form.show(settings);
    share(differences(settings));
    send({ kind: 'change', settings });
  };
  const form = settingsForm(change);
  const explorer = explore(
    (draw) => send({ kind: 'draw', draw }),
    (draw) => send({ kind: 'saveWalk', draw }),
  );
  const files = filesPanel({
    openImages: (opened, size) => send({ kind: 'openImages', files: opened, size }),
    openWeights: (file) => send({ kind: 'openWeights', file }),
    save: (what) => send({ kind: 'save', what }),
  });
  const buttons = transport(
    {
      // The button answers at once; the worker answers after the step in progress.
      play: () => {
        expect('training');
        send({ kind: 'play' });
      },
      pause: () => {
        expect('paused');
        send({ kind: 'pause' });
      },
      step: (updates) => send({ kind: 'step', updates }),
      speed: (stepsPerSecond) => send({ kind: 'speed', stepsPerSecond }),
      restart: () => send({ kind: 'restart' }),
      more: () => {
        change({ ...settings, epochs: settings.epochs + recipeOf(settings.model).epochs });
        send({ kind: 'play' });
      },
    },
    SPEEDS,
  );

  function expect(given: Progress['phase']): void {
    awaited = { phase: given, until: performance.now() + PATIENCE };
    showPhase(given);
  }

  function showPhase(given: Progress['phase']): void {
    buttons.show(given);
    if (given === phase) return;
    if (phase !== 'loading' || given === 'training') {
      announce(
        { loading: 'Loading.', paused: 'Paused.', training: 'Training.', finished: 'All epochs are done.' }[given],
      );
    }
    phase = given;
  }

  function receive(event: Event): void {
    switch (event.kind) {
      case 'opened':
        settings = event.settings;
        form.show(settings);
        share(differences(settings));
        losses.reset(event.losses);
        distance.reset(event.distances, event.isDigits);
        explorer.setClasses(event.classes);
        files.data.textContent = `${event.dataCount.toLocaleString('en')} ${event.data}`;
        if (event.resumed) announce('The training goes on where it stopped.');
        return;
      case 'runtime':
        status.showRuntime(event.runtime);
        return;
      case 'progress': {
        const { progress } = event;
        // A report that was sent before the worker heard of the button is late.
        if (awaited === undefined || progress.phase === awaited.phase || performance.now() > awaited.until) {
          awaited = undefined;
          showPhase(progress.phase);
        }
        status.showProgress(progress, settings);
        losses.add(progress.losses);
        if (progress.epoch !== epoch && progress.epoch % SPOKEN === 0 && progress.phase === 'training') {
          announce(`Epoch ${progress.epoch}.`);
        }
        epoch = progress.epoch;
        return;
      }
      case 'samples':
        samples.draw(
          event.images,
          `${event.images.count} pictures that the generator draws, always from the same noise`,
        );
        explorer.refresh();
        return;
      case 'drawn':
        explorer.drawn(event.id, event.images);
        return;
      case 'fingerprint':
        status.showFingerprint(event.hash, event.stepsDone);
        return;
      case 'file':
        download(event.name, event.type, event.bytes);
        return;
      case 'epoch':
        distance.measure({ epoch: event.epoch, model: settings.model, weights: event.weights });
        return;
      case 'saved':
        status.showSaved(event.stepsDone);
        return;
      case 'unsaved':
        status.showUnsaved(event.reason);
        return;
      case 'failed':
        fail(event.message);
        return;
    }
  }

  const stage = card('Drawn from the same noise as it learns', samples.canvas, buttons.root);
  stage.classList.add('stage');
  root.append(
    element(
      'div',
      { class: 'top-grid' },
      stage,
      element('div', { class: 'side' }, status.root, losses.root, distance.root),
    ),
    element('div', { class: 'cards' }, explorer.root, form.root, files.root),
  );
  form.show(settings);
  send({ kind: 'open', named });
  return {
    show() {
      share(differences(settings));
      send({ kind: 'show' });
    },
    hide: () => send({ kind: 'hide' }),
  };
};
