/**
 * Makes foreign text safe for error messages: names in a file, messages of a server or of the system. The text gets a
 * limited length and no characters that a terminal would interpret.
 */

/**
 * Control characters, invisible characters (for example those that change the writing direction), line separators and
 * unpaired surrogates.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * The text on one line, with unprintable characters as \u{...}. If it is longer than `most` characters, its end is cut
 * off.
 */
export function printable(text: string, most: number = 60): string {
  return visible(text.length > most ? `${text.slice(0, most - 3)}...` : text);
}

/** How many characters of a long message are kept at its beginning and at its end, where the remedy is. */
const KEPT_BEGINNING = 3000;
const KEPT_END = 1000;

/** Like printable(), for a whole message: line breaks stay, and the middle of a very long message is cut out. */
export function printableMessage(message: string): string {
  const omitted = message.length - KEPT_BEGINNING - KEPT_END;
  const kept =
    omitted <= 0
      ? message
      : `${message.slice(0, KEPT_BEGINNING)}... (${omitted} characters left out) ...${message.slice(-KEPT_END)}`;
  return kept.split('\n').map(visible).join('\n');
}

function visible(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
