import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { constants, zstdCompressSync } from 'node:zlib'
import { buildSync, type Metafile } from 'esbuild'
import manifest from '../../package.json' with { type: 'json' }
import { bundleName, type Entry, type SharedEntry } from './entry.ts'
import { ownSourceMap } from './own-source-map.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

const cedar = 'infra/cedar/in-bundle.mjs'

/** This level compresses Cedar to 1.15 MB in 0.4 s. Level 19 compresses it to 1.02 MB in 3 s. */
const compressionLevel = 12

/** Inputs of the bundles, relative to the repository root. package-lock.json represents node_modules. */
export const bundleInputs = [
  'lambdas',
  'examples',
  'infra/functions/bundle.ts',
  'infra/functions/entry.ts',
  'infra/functions/own-source-map.ts',
  'infra/cedar',
  'infra/credentials',
  'infra/undici',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
]

/**
 * Bundles each entry to `directory/<name>/index.mjs`, with a source map of the project's own code beside it. One
 * esbuild call bundles all entries and parses each package once. NodejsFunction calls esbuild once per function, which
 * takes a second or more each.
 *
 * @param directory absolute path of a directory. Existing contents are deleted.
 * @throws {Error} when a bundle contains a file that is not in `bundleInputs`
 */
export function bundle(entries: readonly Entry[], directory: string): void {
  rmSync(directory, { recursive: true, force: true })
  const made = join(directory, 'entries')
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints: entries.map((entry) => ({
      in: typeof entry === 'string' ? entry : writeEntry(entry, made),
      out: join(bundleName(entry), 'index'),
    })),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    // The state machine uses the class name as the error name, so minifying must not change it.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    alias: {
      undici: join(root, 'infra/undici/in-use.mjs'),
      '@aws-sdk/credential-provider-node': join(root, 'infra/credentials/from-environment.mjs'),
      '@cedar-policy/cedar-wasm/nodejs': join(root, cedar),
    },
    // `debug` loads supports-color if it is installed. Only development tools install it, so bundles omit it.
    external: ['supports-color'],
    // Node's own build of undici also defines `esbuildDetection`. The definition removes a second HTTP parser, which is
    // off by default, and so saves 0.16 MB per bundle.
    define: { esbuildDetection: '1', RELEASE_VERSION: JSON.stringify(manifest.version) },
    // CommonJS packages in the bundle call require(), which ESM does not have.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
    metafile: true,
  })
  requireKnownInputs(metafile, made)
  rmSync(made, { recursive: true, force: true })
  writeCedar(metafile)
  keepOwnMappings(metafile)
}

/** Writes the module of a function that several steps share, and returns its path. */
function writeEntry({ name, handlers }: SharedEntry, directory: string): string {
  const from = (file: string) => JSON.stringify(join(root, file))
  const imports = Object.entries(handlers).map(([state, file]) => `import { handler as ${state} } from ${from(file)}`)
  const file = join(directory, `${name}.mjs`)
  mkdirSync(directory, { recursive: true })
  writeFileSync(
    file,
    [
      `import { handlerOfSteps } from ${from('lambdas/steps/shared-function.ts')}`,
      ...imports,
      `export const handler = handlerOfSteps({ ${Object.keys(handlers).join(', ')} })`,
    ].join('\n'),
  )
  return file
}

/** Puts Cedar's WebAssembly beside each bundle that contains Cedar. It is compressed only once. */
function writeCedar({ outputs }: Metafile): void {
  const users = Object.entries(outputs).flatMap(([file, { inputs }]) => (cedar in inputs ? [dirname(file)] : []))
  if (users.length === 0) return
  const wasm = readFileSync(join(root, 'node_modules/@cedar-policy/cedar-wasm/web/cedar_wasm_bg.wasm'))
  const params = { [constants.ZSTD_c_compressionLevel]: compressionLevel }
  const compressed = zstdCompressSync(wasm, { params })
  for (const user of users) writeFileSync(join(root, user, 'cedar.wasm.zst'), compressed)
}

function keepOwnMappings({ outputs }: Metafile): void {
  for (const file of Object.keys(outputs).filter((output) => output.endsWith('.map'))) {
    const map = JSON.parse(readFileSync(join(root, file), 'utf8'))
    writeFileSync(join(root, file), JSON.stringify(ownSourceMap(map)))
  }
}

/**
 * Without this check, a change of a file that is not in `bundleInputs` would not rebuild the bundles.
 *
 * @throws {Error} when a bundle contains a file that is not in `bundleInputs`
 */
function requireKnownInputs({ inputs }: Metafile, made: string): void {
  const known = [...bundleInputs, relative(root, made)]
  const unknown = Object.keys(inputs).filter((file) => !known.some((input) => isWithin(file, input)))
  // A package may be linked from another folder, so `node_modules` may be in the middle of a path.
  const own = unknown.filter((file) => !file.split('/').includes('node_modules'))
  if (own.length > 0) throw new Error(`Add to bundleInputs in infra/functions/bundle.ts: ${own.join(', ')}`)
}

function isWithin(file: string, input: string): boolean {
  return file === input || file.startsWith(`${input}/`)
}
