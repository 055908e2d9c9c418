/** The twin tests with the compilers as they come: Liftoff first, and TurboFan for what runs long. */
import { describeTwins } from './twins.ts';

describeTwins('as V8 compiles it', 1);
