/** The program that a fleet of these tests runs in each slot. */
export const WORKER: URL = new URL('./worker-process.ts', import.meta.url);
