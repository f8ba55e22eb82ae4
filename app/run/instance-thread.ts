/** One instance in a thread of its own; `thread.ts` starts it. The exit code of the thread is that of the instance. */
import { Writable } from 'node:stream';
import { parentPort, workerData } from 'node:worker_threads';
import { reportFailure } from '../commands/failure.ts';
import { startInstance } from './instance.ts';
import { instanceSettings } from './instance-settings.ts';
import type { FromThread, ThreadData, ToThread } from './thread-messages.ts';

const { options, slot, environment } = workerData as ThreadData;
const tell = (message: FromThread): void => parentPort?.postMessage(message);
const stderr = new Writable({
  decodeStrings: false,
  write: (text: string, _encoding, done) => {
    tell({ text });
    done();
  },
});
const io = { stderr, environment };

process.on('uncaughtException', (error) => process.exit(reportFailure(error, io)));
// The faults are told by the main thread, which has looked at the same.
const settings = instanceSettings(options, slot, environment, []);
const instance = startInstance(settings, io, (report) => tell({ report }));
parentPort?.on('message', (message: ToThread) => {
  if (message === 'stop') instance.stop();
  else void instance.abort().then(() => tell({ aborted: true }));
});
process.exit(await instance.ended);
