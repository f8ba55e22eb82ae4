import { fileURLToPath } from 'node:url';

/** This checkout. */
export const HERE: string = fileURLToPath(new URL('../../', import.meta.url));
