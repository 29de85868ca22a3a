/** `npm run deployment -- pack-wid [FOLDER]`: packs the command for `npm install --global`, by default in `.`. */
import { execFileSync } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { build } from 'esbuild'
import { schemaFile } from '../client/schema-file.ts'

const cli = import.meta.dirname
const root = path.dirname(cli)

/** A command loads only its own file, as in the sources. A package without dependencies needs no registry. */
async function bundle(folder: string): Promise<void> {
  await build({
    entryPoints: [path.join(cli, 'main.ts')],
    outdir: path.join(folder, 'dist'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // CommonJS packages load Node's modules with require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    legalComments: 'linked',
  })
}

/** Omits the dependencies, because they are in the bundle. */
async function description(): Promise<string> {
  const { dependencies: _, ...own } = JSON.parse(await readFile(path.join(cli, 'package.json'), 'utf8'))
  return JSON.stringify(own, undefined, 2)
}

const destination = path.resolve(process.argv[2] ?? '.')
const folder = await mkdtemp(path.join(tmpdir(), 'wid-'))
try {
  await Promise.all([
    bundle(folder),
    cp(path.join(cli, 'wid.mjs'), path.join(folder, 'wid.mjs')),
    cp(schemaFile, path.join(folder, 'dist', path.basename(schemaFile))),
    cp(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE')),
    writeFile(path.join(folder, 'package.json'), await description()),
  ])
  execFileSync('npm', ['pack', '--silent', '--pack-destination', destination], { cwd: folder, stdio: 'inherit' })
} finally {
  await rm(folder, { recursive: true, force: true })
}
