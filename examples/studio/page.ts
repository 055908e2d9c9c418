/** The page: the switch between the modes, the URL, errors, and what a screen reader says. The modes do the rest. */
import { button, element } from './elements.ts';
import type { CreateMode, Mode, ModeName } from './mode.ts';
import { createMode } from './pictures/page.ts';

interface ModeEntry {
  readonly name: ModeName;
  readonly label: string;
  load(): Promise<{ readonly createMode: CreateMode }>;
}

const MODES: readonly ModeEntry[] = [
  { name: 'pictures', label: 'Pictures', load: () => Promise.resolve({ createMode }) },
  { name: 'points', label: 'Points', load: () => styled('plane', import('./plane/page.ts')) },
];

/** Loads the styles of a mode beside its module. */
async function styled<Module>(name: string, module: Promise<Module>): Promise<Module> {
  const link = element('link', { rel: 'stylesheet', href: `${name}.css` });
  await new Promise<void>((resolve, reject) => {
    link.addEventListener('load', () => resolve());
    link.addEventListener('error', () => reject(new Error(`${name}.css could not be loaded`)));
    document.head.append(link);
  });
  return module;
}

const FIRST = MODES[0]!;

/** The element of index.html with this id. */
function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`index.html lacks the element ${id}`);
  return found;
}

const made = new Map<ModeName, Promise<Mode>>();
const panels = new Map<ModeName, HTMLElement>();
let chosen: ModeName | undefined;

function fail(error: unknown): void {
  console.error(error);
  const text = error instanceof Error ? error.message : String(error);
  const panel = byId('error');
  const close = button('Close', () => (panel.hidden = true), { class: 'quiet' });
  panel.replaceChildren(element('p', {}, text), close);
  panel.hidden = false;
}

function announce(text: string): void {
  byId('live').textContent = text;
}

function settingsOfUrl(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

function share(mode: ModeName, settings: Readonly<Record<string, string | number | undefined>>): void {
  if (mode !== chosen) return;
  const parameters = new URLSearchParams();
  if (mode !== FIRST.name) parameters.set('mode', mode);
  for (const [name, value] of Object.entries(settings)) if (value !== undefined) parameters.set(name, `${value}`);
  const hash = parameters.toString();
  // Not `location.hash`, which would add an entry to the history for each change.
  history.replaceState(null, '', hash === '' ? location.pathname + location.search : `#${hash}`);
}

/** Makes a mode when it is first chosen. */
function modeOf(entry: ModeEntry): Promise<Mode> {
  const known = made.get(entry.name);
  if (known !== undefined) return known;
  const root = element('div', { class: `mode ${entry.name}` });
  panels.set(entry.name, root);
  byId('main').append(root);
  const settings = settingsOfUrl();
  const making = entry
    .load()
    .then(({ createMode }) =>
      createMode({ root, settings, share: (given) => share(entry.name, given), announce, fail }),
    );
  made.set(entry.name, making);
  return making;
}

async function choose(name: ModeName): Promise<void> {
  if (name === chosen) return;
  const before = chosen;
  chosen = name;
  for (const one of byId('modes').children) one.setAttribute('aria-checked', `${one.id === `mode-${name}`}`);
  for (const one of byId('modes').children) one.setAttribute('tabindex', one.id === `mode-${name}` ? '0' : '-1');
  if (before !== undefined) (await made.get(before))?.hide();
  const entry = MODES.find((one) => one.name === name) ?? FIRST;
  const mode = await modeOf(entry);
  for (const [other, panel] of panels) panel.hidden = other !== chosen;
  if (chosen === name) mode.show();
}

function addSwitch(): void {
  const modes = byId('modes');
  for (const { name, label } of MODES) {
    const one = button(label, () => void choose(name).catch(fail), { role: 'radio', id: `mode-${name}` });
    modes.append(one);
  }
  modes.hidden = MODES.length < 2;
  // The arrow keys move in a group of radio buttons.
  modes.addEventListener('keydown', ({ key }) => {
    const step = key === 'ArrowRight' || key === 'ArrowDown' ? 1 : key === 'ArrowLeft' || key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    const place = MODES.findIndex(({ name }) => name === chosen);
    const next = MODES[(place + step + MODES.length) % MODES.length]!;
    document.getElementById(`mode-${next.name}`)?.focus();
    void choose(next.name).catch(fail);
  });
}

addSwitch();
byId('share').addEventListener('click', () => {
  navigator.clipboard.writeText(location.href).then(
    () => announce('The link is in the clipboard.'),
    () => fail('The browser does not let the page write to the clipboard. Copy the address from the address bar.'),
  );
});
const wanted = settingsOfUrl().get('mode');
choose(MODES.find(({ name }) => name === wanted)?.name ?? FIRST.name).catch(fail);
