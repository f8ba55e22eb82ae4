/** Imports the parts of the library that are used, and then its front door, in a process of its own. Prints what it saw as JSON. */
import { registerHooks } from 'node:module';

const loaded: string[] = [];
registerHooks({
  load(url, context, next) {
    if (url.includes('/@platformatic/kafka/'))
      loaded.push(url.slice(url.indexOf('/dist/') + '/dist/'.length));
    return next(url, context);
  },
});
await import('../../../connectors/platformatic/library.ts');
const parts = [...loaded];

const { Producer } = await import('@platformatic/kafka');
let refused = '';
try {
  new Producer({ clientId: '', bootstrapBrokers: [], strict: true });
} catch (error) {
  refused = String(error);
}
const options = new URL('./clients/base/options.js', import.meta.resolve('@platformatic/kafka')).href;
const told = async (url: string): Promise<unknown> => {
  const { clientSoftwareName: name, clientSoftwareVersion: version } = (await import(url)) as Record<
    string,
    unknown
  >;
  return { name, version };
};
const [own, original] = [await told(`${options}?parts`), await told(options)];
process.stdout.write(JSON.stringify({ parts, after: loaded.slice(parts.length), refused, own, original }));
