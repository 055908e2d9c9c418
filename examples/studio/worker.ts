/**
 * The script of all workers: a worker's name says which one it is. One script is smaller, gzipped, than the library and
 * one for each of them; the workers of a mode share it in the browser's cache.
 */
import { measureDistances } from './pictures/distance-worker.ts';
import { servePictures } from './pictures/worker.ts';
import { servePoints } from './plane/worker.ts';
import { workerName } from './worker-link.ts';

({ pictures: servePictures, distances: measureDistances, points: servePoints })[workerName()]();
