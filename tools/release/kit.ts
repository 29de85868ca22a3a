import { execFileSync } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import cdk from '../../cdk.json' with { type: 'json' }
import command from '../../cli/package.json' with { type: 'json' }
import { builtPortal, productBundles } from '../../infra/built.ts'
import { builtModule, kitFiles } from './kit-files.ts'
import { readLock } from './lock.ts'
import { root, version } from './project.ts'

/** Node.js 22.18 and newer load TypeScript, some with a warning: https://nodejs.org/docs/latest-v22.x/api/typescript.html */
const node = 'node --disable-warning=ExperimentalWarning'

/** Files and folders that no module imports. */
const data = [
  'LICENSE',
  'CHANGELOG.md',
  'examples',
  'infra/settings/settings.schema.json',
  'settings.yaml',
  'statemachine',
]

/**
 * Writes the deployment kit into `folder`, which exists: the apps and commands of a deployment, the bundles of all
 * functions, the portal, and a package-lock.json of the packages that they need. Node.js and npm deploy it, without a
 * build.
 */
export async function writeKit(folder: string): Promise<void> {
  const { modules, packages } = await kitFiles()
  for (const file of [...modules, ...data])
    await cp(path.join(root, file), path.join(folder, file), { recursive: true })
  await Promise.all([
    cp(path.join(import.meta.dirname, 'prebuilt.ts'), path.join(folder, builtModule)),
    cp(path.join(import.meta.dirname, 'kit-readme.txt'), path.join(folder, 'README.md')),
    cp(productBundles(), path.join(folder, 'functions'), { recursive: true }),
    copyPortal(path.join(folder, 'portal/dist')),
    write(folder, 'cdk.json', { ...cdk, app: `${node} infra/app.ts` }),
    // npm refuses an older Node.js at the installation. Otherwise the first command would fail with a message about `.ts`.
    writeFile(path.join(folder, '.npmrc'), 'engine-strict=true\n'),
    writePackages(folder, [...packages, 'aws-cdk']),
  ])
}

/** Copies the portal without the hidden file that identifies the sources of the build. */
async function copyPortal(destination: string): Promise<void> {
  const built = await builtPortal()
  await mkdir(path.dirname(destination), { recursive: true })
  await cp(built, destination, { recursive: true, filter: (file) => !path.basename(file).startsWith('.') })
}

/** Pins the versions of the project's package-lock.json. npm removes the entries that these packages do not need. */
async function writePackages(folder: string, packages: readonly string[]): Promise<void> {
  await write(folder, 'package.json', {
    name: 'workload-identity-deployment',
    version,
    private: true,
    description: 'Deploys workload-identity: README.md',
    license: 'Apache-2.0',
    type: 'module',
    engines: command.engines,
    scripts: { deployment: `${node} infra/commands.ts` },
    dependencies: versionsOf(packages),
  })
  await cp(path.join(root, 'package-lock.json'), path.join(folder, 'package-lock.json'))
  const quiet = ['--ignore-scripts', '--engine-strict=false', '--no-audit', '--no-fund', '--loglevel=error']
  execFileSync('npm', ['install', '--package-lock-only', '--offline', ...quiet], { cwd: folder, stdio: 'inherit' })
  requireSameVersions(folder)
}

/** @throws {Error} when npm has added a package, or changed one */
function requireSameVersions(folder: string): void {
  const ours = readLock(root)
  const others = [...readLock(folder)].filter(
    ([name, { integrity }]) => name !== '' && ours.get(name)?.integrity !== integrity,
  )
  if (others.length === 0) return
  const names = others.map(([name]) => name).join(', ')
  throw new Error(`The kit would install other packages than package-lock.json: ${names}`)
}

function versionsOf(packages: readonly string[]): Record<string, string> {
  const lock = readLock(root)
  return Object.fromEntries(
    packages.toSorted().map((name) => {
      const { version: locked } = lock.get(`node_modules/${name}`) ?? lock.get(`cli/node_modules/${name}`) ?? {}
      if (locked === undefined) throw new Error(`package-lock.json has no ${name}`)
      return [name, locked]
    }),
  )
}

function write(folder: string, name: string, content: object): Promise<void> {
  return writeFile(path.join(folder, name), `${JSON.stringify(content, undefined, 2)}\n`)
}
