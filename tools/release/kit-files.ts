import { globSync } from 'node:fs'
import path from 'node:path'
import { build, type Plugin } from 'esbuild'
import { deploymentCommands } from '../../infra/deployment-commands.ts'
import { root } from './project.ts'

/** The source modules of the kit, and the packages that they load. */
export interface KitFiles {
  /** Sorted paths of modules, relative to the root of the project. */
  readonly modules: readonly string[]
  /** Sorted names of packages. */
  readonly packages: readonly string[]
}

/** In the kit, tools/release/prebuilt.ts replaces this module. */
export const builtModule = 'infra/built.ts'

/** The CDK's command loads these by their paths. */
const apps = ['infra/app.ts', 'infra/member/member-app.ts', 'test/acceptance/app.ts']

/**
 * Follows the imports of the apps, the commands and the steps. No import names these files, because they are loaded by
 * path.
 */
export async function kitFiles(): Promise<KitFiles> {
  const commands = Object.values(deploymentCommands).map(({ file }) => file)
  const steps = globSync('lambdas/**/*.step.ts', { cwd: root })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [...apps, 'infra/commands.ts', ...commands, ...steps],
    outdir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    plugins: [withoutBuild],
    logLevel: 'warning',
  })
  // Reads the imports of the inputs, because the outputs leave out imports that Node still resolves.
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports)
  const packages = imports.flatMap(({ path: imported, external }) => (external ? packageOf(imported) : []))
  return { modules: Object.keys(metafile.inputs).sort(), packages: [...new Set(packages)].sort() }
}

/** Leaves out what only builds bundles and portal: esbuild, vite and the code that calls them. */
const withoutBuild: Plugin = {
  name: 'without-build',
  setup({ onLoad }) {
    const isBuilt = new RegExp(`/${builtModule.replaceAll('.', '\\.')}$`)
    onLoad({ filter: isBuilt }, () => ({ contents: 'export const productBundles = 0, builtPortal = 0' }))
  },
}

/** The name of an import's package, or an empty list for a module of Node. */
function packageOf(imported: string): string[] {
  if (imported.startsWith('node:')) return []
  const [scope = '', name] = imported.split('/')
  return [scope.startsWith('@') ? path.posix.join(scope, name ?? '') : scope]
}
