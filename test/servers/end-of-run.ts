import { rmSync } from 'node:fs';
import { endAllBelow } from '../../docker/stack/pid-files.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('which folder?');
// Their data are thrown away: nothing is gained by an end in order.
await endAllBelow(folder, 0);
rmSync(folder, { recursive: true, force: true });
