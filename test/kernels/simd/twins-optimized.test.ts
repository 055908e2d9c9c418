/**
 * The twin tests with the optimizing compiler from the first call on. A short test would run most kernels as Liftoff
 * compiles them, but a training runs them as TurboFan does. The flag applies only to the process of this file.
 */
import { setFlagsFromString } from 'node:v8';
import { describeTwins } from './twins.ts';

setFlagsFromString('--no-liftoff');
describeTwins('as TurboFan compiles it', 5);
