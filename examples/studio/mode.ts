/**
 * The two modes of the studio, "Pictures" and "Points", and what each must give. A mode has a half on the page and a
 * module worker in which its networks train; the two talk by messages of one union each way (worker-link.ts).
 *
 * To add a mode: write a module that exports `createMode: CreateMode`, a worker (a name in worker-link.ts and a line in
 * worker.ts), and a line in MODES of page.ts. The first mode is in the page's script; the module and the styles of
 * another are loaded when it is first shown. CSS classes of a mode begin with its name; colours, spaces, buttons and
 * cards come from studio.css.
 */

/** The names of the modes, as they stand in the URL: `#mode=points`. */
export type ModeName = 'pictures' | 'points';

/** What the page gives to a mode. */
export interface ModeHost {
  /** An empty element. The mode fills it once, and it is hidden while another mode is shown. */
  readonly root: HTMLElement;
  /** The settings in the URL when the mode is made. They are text that anyone may have written: check each. */
  readonly settings: URLSearchParams;
  /**
   * Writes the settings that make this state again into the URL, in place of those that the mode wrote before. Values
   * of undefined are left out.
   */
  share(settings: Readonly<Record<string, string | number | undefined>>): void;
  /** Has a screen reader say a sentence when it has finished what it says. */
  announce(text: string): void;
  /** Shows an error that the user should read, until the next one or until it is closed. */
  fail(error: unknown): void;
}

export interface Mode {
  /** Called each time the mode is chosen, also the first time. Work that hide() stopped may go on. */
  show(): void;
  /** Called when another mode is chosen. The mode must use no processor time until show(). */
  hide(): void;
}

export type CreateMode = (host: ModeHost) => Mode;
