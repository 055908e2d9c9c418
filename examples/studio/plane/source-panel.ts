/** Where the real points come from: the distributions and the user's own, the tools, and Clear. */
import { button, element } from '../elements.ts';
import type { Tool } from './pen.ts';
import { SOURCES, type Source } from './settings.ts';

export interface SourcePanel {
  readonly root: HTMLElement;
  readonly tool: Tool;
  show(source: Source): void;
}

export function sourcePanel(choose: (source: Source) => void, clear: () => void): SourcePanel {
  let tool: Tool = 'draw';
  const sources = pressable('Real points', SOURCES, choose);
  const tools = pressable('Tool', { draw: 'Draw', erase: 'Erase' } satisfies Record<Tool, string>, (chosen) => {
    tool = chosen;
    tools.press(chosen);
  });
  tools.press(tool);
  return {
    root: element(
      'div',
      { class: 'sources' },
      sources.root,
      element('div', { class: 'row' }, tools.root, button('Clear', clear, { class: 'quiet', id: 'points-clear' })),
    ),
    get tool() {
      return tool;
    },
    show: sources.press,
  };
}

/** Buttons of which one is pressed. */
function pressable<Name extends string>(
  label: string,
  names: Readonly<Record<Name, string>>,
  choose: (name: Name) => void,
): { readonly root: HTMLElement; press(name: Name): void } {
  const buttons = (Object.keys(names) as Name[]).map((name) => {
    return { name, made: button(names[name], () => choose(name), { id: `points-${name}` }) };
  });
  const root = element('div', { class: 'segments', role: 'group', 'aria-label': label });
  root.append(...buttons.map(({ made }) => made));
  return {
    root,
    press(chosen) {
      for (const { name, made } of buttons) made.setAttribute('aria-pressed', `${name === chosen}`);
    },
  };
}
