/** Imports what `run` is made of, in a process of its own. Prints which files of which packages that loaded, as JSON. */
import { registerHooks } from 'node:module';

const files: Record<string, number> = {};
registerHooks({
  load(url, context, next) {
    const [, name] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url) ?? [];
    if (name !== undefined) files[name] = (files[name] ?? 0) + 1;
    return next(url, context);
  },
});
await import('../../../app/run/run.ts');
await import('../../../connectors/platformatic/driver.ts');
// Of Node itself: each built-in module that was needed.
const { moduleLoadList } = process as unknown as { readonly moduleLoadList: readonly string[] };
process.stdout.write(JSON.stringify({ files, ofNode: moduleLoadList }));
