/** The measures in an event of a training, for files that name them as Python does. */

/** Where the training is. These fields are no measures. */
const PLACE: readonly string[] = ['epoch', 'step', 'stepsPerEpoch'];

/** Each number of the event except its place, with its name in snake case: generatorLoss becomes generator_loss. */
export function measuresOf(event: object): [name: string, value: number][] {
  return Object.entries(event).flatMap(([name, value]): [string, number][] =>
    typeof value === 'number' && !PLACE.includes(name) ? [[snakeCase(name), value]] : [],
  );
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
