/** `npm run release`: makes the files of a release. CONTRIBUTING.md#release */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { buildSite } from '../../docs/site/build.ts'
import { runCommand } from '../../infra/command.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'
import { archive } from './archive.ts'
import { allPackages, dated, ofProduct } from './bill-of-materials.ts'
import { archiveChart } from './chart.ts'
import { checksums } from './checksums.ts'
import { writeKit } from './kit.ts'
import { licences } from './licences.ts'
import { releaseNotes } from './notes.ts'
import { root, version } from './project.ts'
import { packWid } from './wid-package.ts'

const help = `Makes the files of a release in dist/release, from a checkout without changes:

  npm run release [-- --to FOLDER] [PART...]

  PART    notes, sbom, licences, wid, kit, image, chart or site; by default all of them
  --to    an empty or new folder for the files

Two builds of one commit have the same bytes. The files have the date of the commit, or of SOURCE_DATE_EPOCH.`

/**
 * Each part writes its files into the folder, and may use a temporary folder. Parts that take seconds and can fail come
 * first.
 */
const parts: Readonly<Record<string, (to: string, temporary: string) => Promise<void>>> = {
  async notes(to) {
    const changelog = readFileSync(path.join(root, 'CHANGELOG.md'), 'utf8')
    writeFileSync(path.join(to, 'RELEASE-NOTES.md'), releaseNotes(changelog, version))
  },
  async sbom(to) {
    const bill = dated(ofProduct(await allPackages()), dateOfRelease())
    writeFileSync(path.join(to, 'sbom.json'), `${JSON.stringify(bill, undefined, 2)}\n`)
  },
  async licences(to) {
    writeFileSync(path.join(to, 'THIRD-PARTY-LICENSES.txt'), licences())
  },
  async wid(to) {
    await packWid(to)
  },
  async kit(to, temporary) {
    await writeKit(temporary)
    await archived(to, temporary, 'workload-identity-deployment')
  },
  async image(to, temporary) {
    execFileSync(process.execPath, ['agent/bundle.ts', path.join(temporary, 'agent.mjs')], { cwd: root })
    cpSync(path.join(root, 'agent/Dockerfile'), path.join(temporary, 'Dockerfile'))
    await archived(to, temporary, 'workload-identity-agent-image')
  },
  async chart(to) {
    await archiveChart(to, dateOfRelease())
  },
  async site(to, temporary) {
    buildSite()
    cpSync(path.join(root, 'docs/site/dist'), temporary, { recursive: true })
    await archived(to, temporary, 'workload-identity-docs')
  },
}

async function release(args: string[]): Promise<string> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { to: { type: 'string' } } })
  const chosen = positionals.length === 0 ? Object.keys(parts) : positionals
  const unknown = chosen.find((part) => !Object.hasOwn(parts, part))
  if (unknown !== undefined)
    throw new Error(`There is no part ${unknown}: name some of ${Object.keys(parts).join(', ')}`)
  requireNoChanges()
  const to = values.to === undefined ? replacedFolder() : emptyFolder(path.resolve(values.to))
  for (const part of chosen) {
    process.stderr.write(`${part} ...\n`)
    await inTemporaryFolder(async (temporary) => parts[part]?.(to, temporary))
  }
  writeFileSync(path.join(to, 'SHA256SUMS'), checksums(to))
  return `${version} in ${to}:\n${readdirSync(to)
    .sort()
    .map((file) => `  ${file}\n`)
    .join('')}`
}

function replacedFolder(): string {
  const folder = path.join(root, 'dist/release')
  rmSync(folder, { recursive: true, force: true })
  return emptyFolder(folder)
}

/** @throws {Error} when the folder has files, which the checksums would include */
function emptyFolder(folder: string): string {
  mkdirSync(folder, { recursive: true })
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty: name another folder`)
  return folder
}

/** @throws {Error} when the release would contain uncommitted changes */
function requireNoChanges(): void {
  const changes = git('status', '--porcelain')
  if (changes !== '') throw new Error(`Commit these changes first, or discard them:\n${changes}`)
}

async function archived(to: string, folder: string, name: string): Promise<void> {
  const full = `${name}-${version}`
  await archive({ folder, file: path.join(to, `${full}.tgz`), name: full, date: dateOfRelease() })
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function dateOfRelease(): Date {
  return new Date(Number(process.env.SOURCE_DATE_EPOCH ?? git('log', '-1', '--format=%ct')) * 1000)
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
}

await runCommand(help, release)
