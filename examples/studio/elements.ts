/** Makes elements of the page. Nothing here writes HTML from text, so that no name of a file can become markup. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * An element with attributes and children. An attribute of false or undefined is left out, one of true is empty.
 *
 * @example
 * element('button', { type: 'button', class: 'primary' }, 'Start');
 */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : `${value}`);
  }
  made.append(...children);
  return made;
}

/** A button that does something. */
export function button(label: string, action: () => void, attributes: Attributes = {}): HTMLButtonElement {
  const made = element('button', { type: 'button', ...attributes }, label);
  made.addEventListener('click', action);
  return made;
}

/** A card with a heading. */
export function card(title: string, ...children: readonly (Node | string)[]): HTMLElement {
  return element('section', { class: 'card', 'aria-label': title }, element('h2', {}, title), ...children);
}

/** Has the browser save bytes as a file. */
export function download(name: string, type: string, bytes: Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  element('a', { href: url, download: name }).click();
  // The browser has read the address when the click returns; the file may be read later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
