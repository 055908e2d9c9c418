/**
 * `ganvas/node` in a program that was bundled for browsers: package.json names this module under the condition
 * "browser". It has the same functions, so that a program which calls them only in Node can be bundled too. A call says
 * that the function needs Node, and what does its work in a browser.
 */
import { RuntimeError } from '../core/errors.ts';

function needsNode(name: string, remedy: string): never {
  throw new RuntimeError(
    `${name} of ganvas/node needs the files of Node, Deno or Bun, and this program was bundled for browsers. ${remedy}`,
  );
}

export function checkpointDirectory(): never {
  return needsNode('checkpointDirectory', 'Use memoryCheckpoints() of ganvas, or your own store with save and list.');
}

export function csvLog(): never {
  return needsNode('csvLog', 'Keep what onStep of the training gets, and offer the lines as a download.');
}

export function tensorboardLog(): never {
  return needsNode('tensorboardLog', 'Show what onStep and onEpoch of the training get, or keep it.');
}

export function createDashboard(): never {
  return needsNode('createDashboard', 'Show what onStep and onEpoch of the training get.');
}

export async function loadImages(): Promise<never> {
  return needsNode('loadImages', 'Fetch the PNGs, and use decodePng() and dataset() of ganvas.');
}

export async function loadMnist(): Promise<never> {
  return needsNode('loadMnist', 'Fetch the IDX files unpacked, and use parseIdx() and dataset() of ganvas.');
}

export async function loadModel(): Promise<never> {
  return needsNode('loadModel', 'Fetch the file, and use decodeModels() of ganvas.');
}

export async function saveModel(): Promise<never> {
  return needsNode('saveModel', 'Make the file with encodeModels() of ganvas, and offer it as a download.');
}

export async function readIdxFile(): Promise<never> {
  return needsNode('readIdxFile', 'Fetch the file unpacked, and use parseIdx() of ganvas.');
}

export async function saveImage(): Promise<never> {
  return needsNode(
    'saveImage',
    'Make the file with imageGrid() and encodePng() of ganvas, and offer it as a download.',
  );
}

export async function writeFileAtomic(): Promise<never> {
  return needsNode('writeFileAtomic', 'Offer the bytes as a download, or keep them in IndexedDB.');
}

/** As in an engine that has no wider instructions: nothing changes, and no program has to stop for it. */
export async function enableWideSimd(): Promise<{ readonly enabled: boolean; readonly reason: string }> {
  return { enabled: false, reason: 'browsers offer no 256-bit SIMD' };
}
