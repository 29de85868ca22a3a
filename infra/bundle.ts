import { rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const inUse = fileURLToPath(new URL('undici-in-use.mjs', import.meta.url))

/**
 * Bundles each entry to `directory/<name>/index.mjs` with its source map beside it, and gives back the absolute path of
 * the directory. All entries go through one esbuild call, which parses each package once: NodejsFunction, which calls it
 * for each function, takes a second or more for each.
 */
export function bundle(entries: readonly string[], directory = 'dist/functions'): string {
  const outdir = resolve(directory)
  rmSync(outdir, { recursive: true, force: true })
  buildSync({
    entryPoints: entries.map((entry) => ({ in: entry, out: join(bundleName(entry), 'index') })),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    // The class's name is the error's name in the state machine.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    alias: { undici: inUse },
    // CommonJS packages in the bundle call require(), which ESM does not have.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  })
  return outdir
}

/** The name of a function's bundle, and of its function: the entry's file name without its ending. */
export function bundleName(entry: string): string {
  return basename(entry, '.ts')
}
