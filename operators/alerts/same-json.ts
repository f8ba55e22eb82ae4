/** Whether two values of JSON say the same: numbers, texts, null, and lists and objects of them. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) return Array.isArray(b) && sameList(a, b);
  return (
    !Array.isArray(b) &&
    sameList(Object.keys(a), Object.keys(b)) &&
    sameList(Object.values(a), Object.values(b))
  );
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameJson(a[i], b[i])) return false;
  return true;
}
