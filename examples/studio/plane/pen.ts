/**
 * The tools on the canvas, for mouse, finger and keyboard. Without a mouse: the arrow keys move a cursor, Enter or
 * Space uses the tool there, and Shift makes the steps small.
 */
import { createDrawing, type Drawing, ERASER } from './drawing.ts';
import type { PlaneCanvas } from './plane-canvas.ts';
import { LIMIT, xOf, yOf } from './view.ts';

export type Tool = 'draw' | 'erase';

export interface PenHooks {
  tool(): Tool;
  /** Called before the first change of a stroke: the points that are to be changed. */
  begin(): Float32Array;
  /** Called after each change. */
  changed(points: Float32Array<ArrayBuffer>): void;
  /** Called at the end of a stroke. With the keys, `place` is where it was. */
  end(place?: readonly [x: number, y: number]): void;
}

/** Steps of the cursor, in units of the plane. */
const STEP = 0.1;
const SMALL_STEP = 0.02;
/** The width of the pen, as the cursor shows it. */
const PEN = 0.05;

const KEYS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

export function attachPen(plane: PlaneCanvas, hooks: PenHooks): void {
  const { canvas } = plane;
  const drawing = createDrawing();
  /** Where the pen is while a button or a finger is down. */
  let last: readonly [x: number, y: number] | undefined;
  /** Where the keys have moved the cursor. */
  let keyed: readonly [x: number, y: number] = [0, 0];

  const placeOf = (event: PointerEvent): readonly [x: number, y: number] => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [xOf(event.clientX - left, width), yOf(event.clientY - top, height)];
  };
  const point = ([x, y]: readonly [x: number, y: number]): void => {
    plane.cursor = { x, y, reach: hooks.tool() === 'draw' ? PEN : ERASER };
    plane.redraw();
  };
  const leave = (): void => {
    plane.cursor = undefined;
    plane.redraw();
  };
  const touch = (use: (drawing: Drawing) => void): void => {
    use(drawing);
    hooks.changed(drawing.points);
  };

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    const [x, y] = (last = placeOf(event));
    drawing.replace(hooks.begin());
    touch((one) => (hooks.tool() === 'draw' ? one.dot(x, y) : one.erase(x, y)));
    point(last);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (last !== undefined) {
      // Browsers join the movements between two frames of the screen.
      const events = event.getCoalescedEvents?.() ?? [];
      touch((one) => {
        for (const each of events.length > 0 ? events : [event]) {
          const place = placeOf(each);
          if (hooks.tool() === 'draw') one.stroke(...last!, ...place);
          else one.erase(...place);
          last = place;
        }
      });
    }
    point(placeOf(event));
  });
  const up = (event: PointerEvent): void => {
    if (last !== undefined) hooks.end();
    last = undefined;
    // A finger that was lifted points nowhere.
    if (event.pointerType !== 'mouse') leave();
  };
  canvas.addEventListener('pointerup', up);
  canvas.addEventListener('pointercancel', up);
  canvas.addEventListener('pointerleave', leave);

  canvas.addEventListener('keydown', (event) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    const way = KEYS[key];
    if (way !== undefined) {
      const step = shiftKey ? SMALL_STEP : STEP;
      const moved = (at: number, by: number): number => Math.min(LIMIT, Math.max(-LIMIT, at + step * by));
      keyed = [moved(keyed[0], way[0]), moved(keyed[1], way[1])];
    } else if (key === 'Enter' || key === ' ') {
      drawing.replace(hooks.begin());
      touch((one) => (hooks.tool() === 'draw' ? one.dot(...keyed) : one.erase(...keyed)));
      hooks.end(keyed);
    } else return;
    point(keyed);
    event.preventDefault();
    // Elsewhere on the page, Space starts and pauses.
    event.stopPropagation();
  });
  canvas.addEventListener('blur', leave);
}
