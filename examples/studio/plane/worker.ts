/** The worker of the points: one session after the other. */
import { type Link, openPage } from '../worker-link.ts';
import type { Command, Event, Frame } from './protocol.ts';
import { Session } from './session.ts';

let page: Link<Event>;
let session: Session | undefined;
/** Commands wait for the ones before: a session ends only after the step in progress. */
let done: Promise<unknown> = Promise.resolve();

export function servePoints(): void {
  page = openPage<Command, Event>((command) => {
    done = done.then(() => obey(command)).catch((error) => page.send({ kind: 'failed', message: `${error}` }));
  });
}

async function obey(command: Command): Promise<void> {
  if (command.kind !== 'reset') return session?.obey(command);
  await session?.end();
  session = new Session(command.settings, command.real, send);
}

function send(event: Event): void {
  page.send(event, event.kind === 'frame' ? buffersOf(event.frame) : []);
}

/** The parts of a frame that move to the page instead of being copied. */
function buffersOf({ fake, slopes, field, corners }: Frame): ArrayBuffer[] {
  return [fake.buffer, slopes.buffer, field.buffer, corners.buffer];
}
