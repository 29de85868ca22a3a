import { execFileSync } from 'node:child_process'
import { cp, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { build } from 'esbuild'
import command from '../../cli/package.json' with { type: 'json' }
import { schemaFile } from '../../client/schema-file.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { root, version } from './project.ts'

const cli = path.join(root, 'cli')

/**
 * Makes the npm package of the command `wid`.
 *
 * @param to an existing folder
 * @returns the path of the package, `workload-identity-VERSION.tgz` in `to`
 */
export function packWid(to: string): Promise<string> {
  return inTemporaryFolder(async (folder) => {
    await writePackage(folder)
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', to], {
      cwd: folder,
      encoding: 'utf8',
    })
    return path.join(to, packed.trim())
  })
}

async function writePackage(folder: string): Promise<void> {
  await Promise.all([
    bundle(folder),
    cp(path.join(cli, 'wid.mjs'), path.join(folder, 'wid.mjs')),
    cp(schemaFile, path.join(folder, 'dist', path.basename(schemaFile))),
    cp(path.join(root, 'LICENSE'), path.join(folder, 'LICENSE')),
    writeFile(path.join(folder, 'package.json'), description()),
  ])
}

/**
 * Bundles all packages, so that the installation needs no registry. A command loads only its own file, as in the
 * sources.
 */
async function bundle(folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['cli/main.ts'],
    outdir: path.join(folder, 'dist'),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    define: { RELEASE_VERSION: JSON.stringify(version) },
    // CommonJS packages load Node's modules with require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    legalComments: 'linked',
  })
}

/**
 * Omits the dependencies, because they are in the bundle, and `private`, so that a team can publish the package in its
 * registry.
 */
function description(): string {
  const { dependencies: _, private: __, ...own } = command
  return `${JSON.stringify({ ...own, version }, undefined, 2)}\n`
}
