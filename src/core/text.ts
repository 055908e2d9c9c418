/**
 * Text that comes from elsewhere - names in a file, the words of a server or of the system - as an error message may
 * show it: bounded in length, and without characters that a terminal would act on.
 */

/**
 * Control characters, invisible ones such as those that turn the direction of writing, line separators, half surrogate
 * pairs.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** The text on one line, control characters as \u{...}. If it is longer than `most`, its end is left out. */
export function printable(text: string, most: number = 60): string {
  return visible(text.length > most ? `${text.slice(0, most - 3)}...` : text);
}

/** What a message keeps of its beginning, and of its end, which is where the remedy stands. */
const KEPT_BEGINNING = 3000;
const KEPT_END = 1000;

/**
 * A whole message: as printable(), but its middle is what is left out, and only if it is very long. Line breaks stay.
 */
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
