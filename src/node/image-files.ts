/** Which files of a directory `loadImages` reads, in which order, and their classes. */
import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FormatError, messageOf, RuntimeError } from '../core/errors.ts';

/** Kinds of pictures that are no PNG. Other files, such as texts, are passed over. */
const OTHER_PICTURES = /\.(jpe?g|gif|webp|avif|bmp|tiff?)$/i;

export interface ListedFile {
  /** Below the directory, with slashes. */
  readonly path: string;
  readonly label: number;
}

/** All PNGs of a directory in order, with their classes. */
export async function listFiles(
  where: string,
  directory: string,
): Promise<{ readonly files: readonly ListedFile[]; readonly classNames: readonly string[] }> {
  const others: string[] = [];
  const top: string[] = [];
  const classes: { readonly name: string; readonly paths: readonly string[] }[] = [];
  for (const entry of await entriesOf(where, directory)) {
    if (entry.isDirectory()) {
      const paths = await pngsBelow(where, directory, entry.name, others);
      if (paths.length > 0) classes.push({ name: entry.name, paths });
    } else sortOut(entry.name, top, others);
  }
  if (others.length > 0) {
    throw new FormatError(
      `${where}: "${directory}" has ${others.length} pictures that are no PNG, such as "${others[0]}"; expected PNGs ` +
        'only. Convert them, for example with ImageMagick: mogrify -format png',
    );
  }
  if (top.length > 0 && classes.length > 0) {
    throw new FormatError(
      `${where}: "${directory}" has ${top.length} PNGs beside folders with PNGs, such as "${classes[0]!.name}"; ` +
        'expected PNGs, or a folder for each class. Move the PNGs into folders',
    );
  }
  const files =
    classes.length === 0
      ? top.map((path) => ({ path, label: 0 }))
      : classes.flatMap(({ paths }, label) => paths.map((path) => ({ path, label })));
  if (files.length === 0) {
    throw new FormatError(`${where}: "${directory}" has no files that end in .png. Check the path`);
  }
  return { files, classNames: classes.map(({ name }) => name) };
}

/** The paths of all PNGs in a folder and below. */
async function pngsBelow(where: string, directory: string, folder: string, others: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await entriesOf(where, join(directory, folder))) {
    const path = `${folder}/${entry.name}`;
    // Links to folders are no directories here, so this ends.
    if (entry.isDirectory()) found.push(...(await pngsBelow(where, directory, path, others)));
    else sortOut(path, found, others);
  }
  return found;
}

function sortOut(path: string, pngs: string[], others: string[]): void {
  if (/\.png$/i.test(path)) pngs.push(path);
  else if (OTHER_PICTURES.test(path)) others.push(path);
}

/** In the order of their names, without those that begin with a dot. */
async function entriesOf(where: string, folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new RuntimeError(`${where}: "${folder}" cannot be read as a directory: ${messageOf(cause)}. Check the path`, {
      cause,
    });
  });
  return entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
}
