import { appendFile, cp, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { goModFrom } from './go-mod.ts'
import { type Logged, runLogged } from './run-logged.ts'
import { markBuilt, peersFolder, type Report, type Target } from './target.ts'

/** Programs that are built from Go modules. */
export interface GoPrograms {
  readonly name: string
  /** Their folder below .peers/. */
  readonly folder: string
  /** The folder beside this file with a go.sum of the module itself, and of modules that its own go.sum does not pin. */
  readonly recipe: string
  /** The module, its version, and the packages of the programs. */
  readonly module: string
  readonly version: string
  readonly packages: Readonly<Record<string, string>>
  /** A version of Go, which the machine's Go downloads. `auto` is the machine's, unless go.mod requires a newer one. */
  readonly toolchain: string
  /** The linker flags for a version of the programs. */
  readonly linkerFlags?: (version: string) => string
  /** A script of the recipe that puts the sources into a vendor folder. */
  readonly prepare?: string
  /** Symbolic links to programs of another target, by name, with their relative targets. */
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

/** Lets the compiler's heap grow before a collection: this saves some 15 per cent of the time, and does not change the programs. */
const compilerMemory = { GOGC: '400' }

interface Build extends GoPrograms {
  readonly log: string
}

/** Builds the programs into `out`. */
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

/** Writes the versions that the module's authors pinned to go.mod and go.sum. The go.sum of the recipe pins the module itself. */
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

/** The arguments of Go for each program. */
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

/** Counts the packages of a program, and downloads missing ones. */
async function packagesOf(goPackage: string, run: Logged, report: Report): Promise<number> {
  let packages = 0
  const onLine = (line: string) => {
    if (line.startsWith(ofGoItself)) report(line.slice(ofGoItself.length))
    else packages += 1
  }
  await runLogged('go', ['list', '-deps', goPackage], { ...run, onLine })
  return packages
}

/** `go build -v` prints each package that it compiles, but no cached ones. */
function countCompiled(total: number, report: Report): (line: string) => void {
  let compiled = 0
  report('linking')
  return (line) => {
    if (line.startsWith(ofGoItself)) return
    compiled += 1
    report(`${compiled} of at most ${total} packages compiled`)
  }
}

/** The prefix of lines that are no package: `go: downloading ...`. */
const ofGoItself = 'go: '

function settingsOfGo({ toolchain, prepare }: Build): Record<string, string> {
  return {
    CGO_ENABLED: '0',
    // Never empty, because Go would then use the machine's flags, which an older Go may not know.
    GOFLAGS: `-mod=${prepare ? 'vendor' : 'readonly'} -trimpath`,
    GOTOOLCHAIN: toolchain,
    GOWORK: 'off',
  }
}
