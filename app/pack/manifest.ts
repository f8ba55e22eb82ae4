import { bundledPath } from './bundled.ts';

/** The parts of a package.json that the packer reads or writes. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly [other: string]: unknown;
}

/** What a user of the package needs to know; scripts, tools and the bundled Node stay in the checkout. */
const KEPT = ['name', 'version', 'description', 'keywords', 'license', 'author', 'type', 'engines'] as const;

/**
 * The package.json of the published package, from the one of the checkout.
 * `typePackages` are the packages that the declarations import: their types must be found where the package is used.
 */
export function publishedManifest(
  checkout: Manifest,
  typePackages: ReadonlySet<string>,
): Record<string, unknown> {
  const fields = Object.fromEntries(KEPT.map((field) => [field, checkout[field]]));
  return {
    ...fields,
    bin: mapValues(checkout.bin, (file) => bundledPath(compiled(file))),
    exports: mapValues(checkout.exports, (file) =>
      file.endsWith('.ts')
        ? { types: file.replace(/\.ts$/, '.d.ts'), default: `./${bundledPath(compiled(file))}` }
        : file,
    ),
    dependencies: { ...checkout.dependencies, ...typesToInstall(checkout, typePackages) },
    ...(typePackages.has('@types/node') && nodeTypes),
  };
}

/** Paths in the package, before they are bundled, of all that its users begin with: commands and exports. */
export const entriesOf = ({ bin, exports }: Manifest): readonly string[] =>
  [...Object.values(bin), ...Object.values(exports)].filter((file) => file.endsWith('.ts')).map(compiled);

/** Types of Node: a user without TypeScript needs none, and a user with it brings those of the Node that runs. */
const nodeTypes = {
  peerDependencies: { '@types/node': '>=24' },
  peerDependenciesMeta: { '@types/node': { optional: true } },
};

function typesToInstall(checkout: Manifest, typePackages: ReadonlySet<string>): Record<string, string> {
  const wanted = [...typePackages].filter(
    (name) => name !== '@types/node' && !(name in checkout.dependencies),
  );
  return Object.fromEntries(
    wanted.toSorted().map((name) => {
      const version = checkout.devDependencies[name];
      if (version === undefined)
        throw new Error(`The declarations import ${name}, which package.json does not name.`);
      return [name, version];
    }),
  );
}

function compiled(file: string): string {
  return file.replace(/^\.\//, '').replace(/\.ts$/, '.js');
}

function mapValues<T>(
  record: Readonly<Record<string, string>>,
  change: (value: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
