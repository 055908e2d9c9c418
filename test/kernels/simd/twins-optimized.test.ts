/**
 * The twin tests with the optimizing compiler from the first call: in a short test most kernels would run only as
 * Liftoff compiles them, in a training as TurboFan does. The flag holds for this file's process alone.
 */
import { setFlagsFromString } from 'node:v8';
import { describeTwins } from './twins.ts';

setFlagsFromString('--no-liftoff');
describeTwins('as TurboFan compiles it', 5);
