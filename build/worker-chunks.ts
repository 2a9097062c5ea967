import type { Plugin, Rolldown } from 'vite';

// Divides the worker into what every upload needs, in worker.js, and files beside it that are loaded on demand.
//
// Not every bundler can divide the worker of an app: Vite before 8 refuses to. So they get files that need no bundler. Each is
// found by `new URL(..., import.meta.url)`, which bundlers know as an asset, to be served as it is; and none imports another, as
// bundlers put them elsewhere, under other names: what they share worker.js hands to them.

type GetName = Exclude<Rolldown.CodeSplittingGroup['name'], string>;
type Modules = Parameters<GetName>[1];

/** Where worker.js puts what it shares; no other code runs in that worker. */
const SHARED = 'globalThis.partway';

/** The bundler's own. */
const HELPERS = 'rolldown-runtime';

/** The worker and the module from which on something goes into a file of its own; all else that is not needed at first shares one. */
export interface Division {
  readonly entry: string;
  readonly apart: Readonly<Record<string, readonly string[]>>;
  readonly others: string;
}

/** Tells the file that a module goes into. */
export function divide({ entry, apart, others }: Division): GetName {
  let files: Map<string, string> | undefined;
  return (id, modules) => {
    files ??= new Map([
      ...Object.entries(apart).flatMap(([name, paths]) =>
        paths.flatMap((path) => named(name, path, modules)),
      ),
      // Last, and so first: what the worker needs itself it has.
      ...named('worker', entry, modules),
    ]);
    return files.get(id) ?? others;
  };
}

function named(name: string, path: string, modules: Modules): [string, string][] {
  return [...neededBy(path, modules)].map((id) => [id, name]);
}

function neededBy(id: string, modules: Modules, found: Set<string> = new Set()): Set<string> {
  if (found.has(id)) return found;
  found.add(id);
  for (const imported of modules.getModuleInfo(id)?.importedIds ?? [])
    neededBy(imported, modules, found);
  return found;
}

/** Has the files find each other without a bundler. */
export function freeFromBundlers(): Plugin {
  return {
    name: 'free-from-bundlers',
    generateBundle(_options, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const helpers = chunks.find(({ name }) => name === HELPERS);
      if (helpers !== undefined) delete bundle[helpers.fileName];
      for (const chunk of chunks) {
        if (chunk === helpers) continue;
        const code = includeHelpers(chunk.code, helpers?.code ?? '');
        chunk.code = chunk.isEntry ? loadAssets(shareExports(code)) : takeShared(code);
        const left = /\bimport\s*\(?\s*["'`{]/.exec(chunk.code);
        if (left !== null) this.error(`${chunk.fileName} still has ${left[0]} …`);
      }
    },
  };
}

// A browser may remember for as long as a page lives that a module could not be loaded, as Firefox before 155 does: under another
// address it asks again.
const LOAD = `${SHARED}Load`;
const LOADER = `let failures=0;${LOAD}=async(url)=>{try{return await import(/* @vite-ignore */ /* webpackIgnore: true */ failures===0?url:url+"#"+failures)}catch(error){failures+=1;throw error}};\n`;

function loadAssets(code: string): string {
  const loaded = code.replaceAll(
    /\bimport\(([`"'])(\.\/[\w-]+\.js)\1\)/g,
    `${LOAD}(new URL("$2",import.meta.url).href)`,
  );
  return `{${LOADER}}${loaded}`;
}

function shareExports(code: string): string {
  return replaceExports(code, (exported) => `${SHARED}=${exported};\n`);
}

function takeShared(code: string): string {
  return replaceImports(code, 'worker', SHARED);
}

// There is no way to have them in worker.js.
function includeHelpers(code: string, helpers: string): string {
  const body = replaceExports(helpers, (exported) => `return${exported}`);
  return replaceImports(code, HELPERS, `(()=>{${body}})()`);
}

/** @param toStatement makes a statement of an object with the exports. */
function replaceExports(code: string, toStatement: (exported: string) => string): string {
  return code.replace(/\bexport\s*\{([^}]+)\};?\s*$/, (_all, names: string) => {
    const pairs = names.split(',').map((pair) => {
      const [local = '', exported = local] = pair.trim().split(/\s+as\s+/);
      return `${exported}:${local}`;
    });
    return toStatement(`{${pairs.join(',')}}`);
  });
}

/** @param source an expression for what is imported from the file. */
function replaceImports(code: string, file: string, source: string): string {
  const imports = new RegExp(
    `\\bimport\\s*\\{([^}]+)\\}\\s*from\\s*["'\`]\\./${file}\\.js["'\`];?`,
    'g',
  );
  return code.replaceAll(
    imports,
    (_all, names: string) => `const{${names.replaceAll(/\s+as\s+/g, ':')}}=${source};`,
  );
}
