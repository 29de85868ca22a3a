import { appendFile, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { goModFrom } from './go-mod.ts'
import { type Logged, runLogged } from './run-logged.ts'
import { markBuilt, peersFolder, type Report, type Target } from './target.ts'

/** Programs that are built from Go modules. */
export interface GoPrograms {
  readonly name: string
  /** Where they end, under .peers/. */
  readonly folder: string
  /** The folder beside this file with the go.sum of the module itself, and of what the module's own go.sum does not pin. */
  readonly recipe: string
  /** The module, its version, and the packages of the programs. */
  readonly module: string
  readonly version: string
  readonly packages: Readonly<Record<string, string>>
  /** A version of Go, which the machine's Go fetches; `auto`: the machine's, unless go.mod asks for a newer one. */
  readonly toolchain: string
  /** What the linker sets in the programs, given their version. */
  readonly linkerFlags?: (version: string) => string
  /** A script of the recipe that leaves the sources to build from in a vendor folder. */
  readonly prepare?: string
  /** Programs of another target that have to lie beside these: where they are, seen from there. */
  readonly links?: Readonly<Record<string, string>>
}

export function goPrograms(programs: GoPrograms): Target {
  const source = path.join(import.meta.dirname, programs.recipe)
  const folder = path.join(peersFolder, programs.folder)
  const build = { ...programs, log: `${folder}.log` }
  const recipe = { files: [source], settings: [commandsOf(build), settingsOfGo(build), programs.links] }
  return {
    name: `${programs.name} ${programs.version.slice(1)}`,
    folder,
    recipe,
    programs: [...Object.keys(programs.packages), ...Object.keys(programs.links ?? {})],
    needsGo: true,
    async build(report) {
      const work = `${folder}.work`
      await rm(work, { recursive: true, force: true })
      await rm(build.log, { force: true })
      await cp(source, work, { recursive: true })
      await buildIn(work, build, report)
      markBuilt(path.join(work, 'out'), recipe)
      await rm(folder, { recursive: true, force: true })
      await rename(path.join(work, 'out'), folder)
      await rm(work, { recursive: true, force: true })
    },
  }
}

/** How far the compiler's heap may grow before it is collected: more memory for some 15 per cent less time. What comes out is the same. */
const compilerMemory = { GOGC: '400' }

interface Build extends GoPrograms {
  readonly log: string
}

/** Leaves the programs in `out`. */
async function buildIn(work: string, build: Build, report: Report): Promise<void> {
  const { GOROOT: _, ...environment } = process.env
  const run = { cwd: work, environment: { ...environment, ...compilerMemory, ...settingsOfGo(build) }, log: build.log }
  report('fetching the module')
  await pinAsTheModule(build, run)
  if (build.prepare) {
    report('preparing the sources')
    await runLogged('bash', [build.prepare], run)
  }
  await mkdir(path.join(work, 'out'))
  for (const [program, args] of Object.entries(commandsOf(build))) {
    await buildProgram(args, run, (what) => report(`${program}: ${what}`))
  }
  for (const [name, target] of Object.entries(build.links ?? {})) await symlink(target, path.join(work, 'out', name))
}

/** Writes go.mod, and adds to go.sum, what the module's authors pinned. Go checks the module itself by the go.sum of the recipe. */
async function pinAsTheModule({ module, version }: Build, run: Logged): Promise<void> {
  const at = (name: string) => path.join(run.cwd, name)
  await writeFile(at('go.mod'), 'module peers\n')
  let sources = ''
  await runLogged('go', ['mod', 'download', '-json', `${module}@${version}`], {
    ...run,
    onLine: (line) => {
      sources = /"Dir": "(.+)"/.exec(line)?.[1] ?? sources
    },
  })
  await writeFile(at('go.mod'), goModFrom(await readFile(path.join(sources, 'go.mod'), 'utf8'), module, version))
  await appendFile(at('go.sum'), await readFile(path.join(sources, 'go.sum')))
}

async function buildProgram(args: readonly string[], run: Logged, report: Report): Promise<void> {
  report('reading its sources')
  const total = await packagesOf(args.at(-1) ?? '', run, report)
  await runLogged('go', args, { ...run, onLine: countCompiled(total, report) })
}

/** The arguments that Go gets for each program. */
function commandsOf({ packages, version, linkerFlags }: Build): Record<string, string[]> {
  const flags = ['-s -w', linkerFlags?.(version) ?? ''].join(' ').trim()
  const command = (program: string, goPackage: string) => [
    'build',
    '-v',
    '-ldflags',
    flags,
    '-o',
    path.join('out', program),
    goPackage,
  ]
  return Object.fromEntries(Object.entries(packages).map(([program, of]) => [program, command(program, of)]))
}

/** How many packages a program is made of; fetches those that are not here. */
async function packagesOf(goPackage: string, run: Logged, report: Report): Promise<number> {
  let packages = 0
  const onLine = (line: string) => {
    if (line.startsWith(ofGoItself)) report(line.slice(ofGoItself.length))
    else packages += 1
  }
  await runLogged('go', ['list', '-deps', goPackage], { ...run, onLine })
  return packages
}

/** `go build -v` names each package as it is compiled; what its cache has is not named. */
function countCompiled(total: number, report: Report): (line: string) => void {
  let compiled = 0
  report('linking')
  return (line) => {
    if (line.startsWith(ofGoItself)) return
    compiled += 1
    report(`${compiled} of at most ${total} packages compiled`)
  }
}

/** Begins lines that are no package: `go: downloading ...`. */
const ofGoItself = 'go: '

function settingsOfGo({ toolchain, prepare }: Build): Record<string, string> {
  return {
    CGO_ENABLED: '0',
    // Not empty: that would let in what the machine's Go is set up with, and an older Go may not know.
    GOFLAGS: `-mod=${prepare ? 'vendor' : 'readonly'} -trimpath`,
    GOTOOLCHAIN: toolchain,
    GOWORK: 'off',
  }
}
