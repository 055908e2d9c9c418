/** The colours of the plane, from the properties of studio.css, so that they are dark or light as the page. */

export type Rgb = readonly [red: number, green: number, blue: number];

export interface Palette {
  /** Real points, and places that the discriminator takes for real. */
  readonly real: Rgb;
  /** Generated points, the generator's grid, and places that the discriminator takes for generated. */
  readonly fake: Rgb;
  /** Behind everything, and where the discriminator is undecided. */
  readonly surface: Rgb;
  readonly ink: Rgb;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string): Rgb => parseHex(style.getPropertyValue(name));
  return {
    real: colour('--discriminator'),
    fake: colour('--generator'),
    surface: colour('--surface'),
    ink: colour('--ink'),
  };
}

/** #rrggbb */
function parseHex(text: string): Rgb {
  const value = Number.parseInt(text.trim().slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export function css([red, green, blue]: Rgb, opacity = 1): string {
  return `rgb(${red} ${green} ${blue} / ${opacity})`;
}

/** How much of the colour there is where the discriminator is certain. Points of that colour must stand out. */
const STRONGEST = 0.5;

/** The colours of the 256 probabilities of the field, red, green, blue and opacity of each. */
export function fieldColours({ real, fake, surface }: Palette): Uint8ClampedArray {
  const colours = new Uint8ClampedArray(4 * 256);
  for (let byte = 0; byte < 256; byte++) {
    const certainty = byte / 127.5 - 1;
    // The root makes small differences visible: the discriminator of a good generator is nowhere certain.
    const share = STRONGEST * Math.sqrt(Math.abs(certainty));
    const towards = certainty > 0 ? real : fake;
    for (let c = 0; c < 3; c++) colours[4 * byte + c] = (1 - share) * surface[c]! + share * towards[c]!;
    colours[4 * byte + 3] = 255;
  }
  return colours;
}
