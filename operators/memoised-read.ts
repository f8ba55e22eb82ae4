const SLOTS = 1_024;

/**
 * `read`, without doing it again for bytes that were read a short while ago: what a patient's state holds in JSON
 * changes seldom, and is read with every record. The same bytes may give the same object, so it must never be
 * changed in place.
 */
export function memoisedRead<T>(read: (bytes: Uint8Array) => T): (bytes: Uint8Array) => T {
  const known = new Array<{ readonly bytes: Buffer; readonly value: T } | undefined>(SLOTS).fill(undefined);
  return (bytes) => {
    const slot = slotOf(bytes);
    const before = known[slot];
    if (before !== undefined && before.bytes.equals(bytes)) return before.value;
    const value = read(bytes);
    known[slot] = { bytes: Buffer.from(bytes), value };
    return value;
  };
}

/** By a few of the bytes: that they are the same is seen by comparing all. */
function slotOf(bytes: Uint8Array): number {
  let hash = bytes.length;
  const step = Math.max(1, bytes.length >> 6);
  for (let i = 0; i < bytes.length; i += step) hash = Math.imul(hash, 31) + (bytes[i] as number);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
