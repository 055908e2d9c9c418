/** The families of kernels in the program, beside the core: each registers when it is imported, so that the first use makes all of them at once. */
import type { AnyFamily } from './family.ts';

const families: AnyFamily[] = [];

/** Adds the family. One that comes after the first use, by a dynamic import, is made when it is first used. */
export function register<Family extends AnyFamily>(family: Family): Family {
  families.push(family);
  return family;
}

export function registeredFamilies(): readonly AnyFamily[] {
  return families;
}
