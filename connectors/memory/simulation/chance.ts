/**
 * What chance says about a named event under a seed: a whole number below 2^32. Each name has its own, so one event
 * more or less changes nothing for the others. FNV-1a over the name, finished as MurmurHash3 does.
 */
export function chance(seed: number, name: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A number in [0, 1). */
export const fraction = (seed: number, name: string): number => chance(seed, name) / 2 ** 32;

/** A number in [low, high), more often a small one. */
export function mostlySmall(seed: number, name: string, low: number, high: number): number {
  return low + (high - low) * fraction(seed, name) ** 3;
}
