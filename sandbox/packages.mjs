// Installs missing npm packages into node_modules and missing Python packages into .sandbox/venv, at the same time.
// Plain JavaScript without dependencies, like bootstrap.mjs.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimes, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { showProgress } from './progress.mjs'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const nodeModules = path.join(root, 'node_modules')
/** npm's own list of what it has installed. It writes it last. */
const npmTree = path.join(nodeModules, '.package-lock.json')
const venv = path.join(root, '.sandbox', 'venv')
const python = path.join(venv, 'bin', 'python')

/** The project's own Node. */
export const node = path.join(nodeModules, '.bin', 'node')

/** Something that the machine lacks, or an installation that failed. The message says what to do. */
export class Missing extends Error {}

/**
 * The sets of npm packages. Each set contains all sets before it. The numbers are only for display: about what npm 11
 * installs on Linux.
 */
const npmSets = [
  {
    name: 'start',
    args: ['--workspace', 'cli', '--workspace', 'client', '--include-workspace-root'],
    packages: 240,
    megabytes: 600,
  },
  {
    name: 'portal',
    args: ['--workspace', 'cli', '--workspace', 'client', '--workspace', 'portal', '--include-workspace-root'],
    packages: 310,
    megabytes: 810,
  },
  { name: 'whole', args: [], packages: 670, megabytes: 1100 },
]

const pythonMegabytes = 110

/**
 * @param {{ set: 'start' | 'portal' | 'whole', needsPython: boolean }} wanted
 * @throws {Missing}
 */
export async function installPackages(wanted) {
  if (missing(wanted).length === 0) return
  try {
    await alone(async () => {
      // Another command may have installed the packages in the meantime.
      const jobs = missing(wanted)
      if (jobs.length === 0) return
      for (const { require } of jobs) require()
      await installAll(jobs)
    })
  } catch (error) {
    if (!['EACCES', 'EROFS', 'ENOSPC', 'EPERM'].includes(error.code)) throw error
    throw new Missing(`Packages cannot be installed into ${root}: ${error.message}`)
  }
}

function missing({ set, needsPython }) {
  return [npmJob(set), needsPython ? pythonJob() : undefined].filter((job) => job !== undefined)
}

async function installAll(jobs) {
  console.error(`Installing ${jobs.map(({ what }) => what).join(' and ')} ...`)
  const line = () => jobs.map(({ name, done, total }) => `${name} ${Math.min(done, total)} of ${total}`).join(', ')
  const progress = showProgress(process.stderr, line)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, endInstallation)
  const ended = await Promise.allSettled(jobs.map((job) => job.install()))
  for (const signal of signals) process.off(signal, endInstallation)
  progress.end()
  const failures = ended.flatMap(({ reason }) => reason ?? [])
  const unexpected = failures.find((failure) => !(failure instanceof Missing))
  if (unexpected) throw unexpected
  if (failures.length > 0) throw new Missing(failures.map(({ message }) => message).join('\n\n'))
}

/** The running programs that install packages. */
const running = new Set()

/** Ends the running programs, and then this process, whose lock keeps other commands out until then. */
export async function endInstallation() {
  for (const child of running) child.kill('SIGTERM')
  await Promise.all([...running].map((child) => once(child, 'close')))
  process.exit(1)
}

/** The installation of the npm packages. Undefined when this set or a larger one is installed. */
function npmJob(wanted) {
  const digest = digestOf('package-lock.json')
  const stamp = path.join(nodeModules, '.installed-from')
  if (readJson(stamp).digest !== digest && hasEveryPackage()) writeStamp(stamp, { digest, set: 'whole' })
  const before = readJson(stamp)
  const isCurrent =
    existsSync(node) && before.digest === digest && (before.set === 'whole' || Array.isArray(before.packages))
  if (isCurrent && indexOf(before.set) >= indexOf(wanted)) return undefined
  // A larger set that was installed stays, even if package-lock.json has changed.
  const set = npmSets[Math.max(indexOf(wanted), indexOf(before.set))]
  const there = isCurrent ? npmSets[indexOf(before.set)] : { packages: 0, megabytes: 0 }
  const total = set.packages - there.packages
  const fetched = new Set()
  const job = {
    name: 'npm',
    what: `${total} npm packages (${set.megabytes - there.megabytes} MB)`,
    total,
    done: 0,
    require: requireNpm,
    async install() {
      if (isCurrent) undoAddition(before.packages)
      else forgetInstallation(stamp)
      // "npm ci" would first empty node_modules.
      const command = isCurrent ? ['install', '--no-save'] : ['ci']
      const count = (text) => {
        const file = /^npm http (?:fetch GET 200|cache) .*\/([^/\s]+\.tgz)/.exec(text)?.[1]
        if (file !== undefined) fetched.add(file)
        job.done = fetched.size
      }
      await run('npm', [...command, ...set.args, ...ownSettings, '--loglevel=http'], count)
      if (!existsSync(node)) {
        throw new Missing(
          "npm has installed the packages without their scripts, so that the project's own Node is missing. Run this, then your command again: npm config set ignore-scripts false --location project",
        )
      }
      writeStamp(stamp, { digest, set: set.name, packages: Object.keys(installedPackages()) })
    },
  }
  return job
}

/** If this command is killed now, the next command installs everything again. */
function forgetInstallation(stamp) {
  rmSync(npmTree, { force: true })
  rmSync(stamp, { force: true })
}

/**
 * Removes what an addition that was interrupted has left. npm takes each folder with a package.json for an installed
 * package, even if its other files are missing. An addition does not change the packages that were there before.
 *
 * @param {readonly string[]} before the folders of the packages that were there before
 */
function undoAddition(before) {
  const kept = new Set(before)
  const added = Object.keys(lockedPackages()).filter((folder) => folder.includes('node_modules/') && !kept.has(folder))
  const left = added.filter((folder) => existsSync(path.join(root, folder)))
  if (left.length === 0) return
  // npm then reads the folders themselves.
  rmSync(npmTree, { force: true })
  for (const folder of left) rmSync(path.join(root, folder), { recursive: true, force: true })
}

function lockedPackages() {
  return readJson(path.join(root, 'package-lock.json')).packages ?? {}
}

function installedPackages() {
  return readJson(npmTree).packages ?? {}
}

/**
 * These override a user's .npmrc and NODE_ENV=production, which might omit the CDK, or refuse the machine's Node, which
 * only starts this script.
 */
const ownSettings = [
  '--include=dev',
  '--include=optional',
  '--engine-strict=false',
  '--package-lock',
  '--no-audit',
  '--no-fund',
]

/**
 * Whether every package in package-lock.json is installed: by a user's `npm ci`, or for an earlier list of the same
 * packages. A command must not replace them: it may be a deployment, or a recovery on a machine without a registry.
 */
function hasEveryPackage() {
  const wanted = lockedPackages()
  const found = installedPackages()
  if (Object.keys(found).length === 0) return false
  return Object.entries(wanted).every(
    ([name, { version, optional, link }]) =>
      !name.includes('node_modules/') || optional || link || found[name]?.version === version,
  )
}

function indexOf(set) {
  return npmSets.findIndex(({ name }) => name === set)
}

/** The installation of the Python packages. Undefined when they are installed. */
function pythonJob() {
  const requirements = 'sandbox/requirements.txt'
  const digest = digestOf(requirements)
  const stamp = path.join(venv, '.installed-from')
  // A virtual environment's Python is a link to the machine's, which an upgrade may remove.
  if (existsSync(python) && readJson(stamp).digest === digest) return undefined
  const total = readFileSync(path.join(root, requirements), 'utf8').match(/^[^\s#]+==/gm)?.length ?? 0
  let found = ''
  const job = {
    name: 'Python',
    what: `${total} Python packages (${pythonMegabytes} MB)`,
    total,
    done: 0,
    require() {
      found = requirePython()
    },
    async install() {
      rmSync(venv, { recursive: true, force: true })
      mkdirSync(path.dirname(venv), { recursive: true })
      await run(found, ['-m', 'venv', venv])
      const count = (text) => {
        if (text.startsWith('Collecting ')) job.done++
      }
      const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--progress-bar', 'off']
      await run(python, [...pip, '--require-hashes', '-r', requirements], count)
      writeStamp(stamp, { digest })
    },
  }
  return job
}

function digestOf(file) {
  return createHash('sha256')
    .update(readFileSync(path.join(root, file)))
    .digest('hex')
}

/** Returns the content of a JSON file, or an empty object if the file does not exist or is not JSON. */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return {}
  }
}

function writeStamp(file, content) {
  writeFileSync(`${file}.new`, JSON.stringify(content))
  renameSync(`${file}.new`, file)
}

function requireNpm() {
  if (spawnSync('npm', ['--version'], { shell: process.platform === 'win32' }).status === 0) return
  throw new Missing(
    'npm is needed and was not found. It comes with Node.js: https://nodejs.org, or "apt-get install npm".',
  )
}

/** @returns {string} the name of the Python that creates the virtual environment */
function requirePython() {
  const check = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 3)'
  const statuses = ['python3', 'python'].map((name) => ({ name, status: spawnSync(name, ['-c', check]).status }))
  const found = statuses.find(({ status }) => status === 0)
  if (found) return found.name
  const install = 'Install it: "apt-get install python3 python3-venv", or "brew install python".'
  if (statuses.some(({ status }) => status === 1)) {
    throw new Missing(
      'Python was found, and its venv module was not. Install it: "apt-get install python3-venv" (or "dnf install python3").',
    )
  }
  if (statuses.some(({ status }) => status === 3)) {
    throw new Missing(`Python 3.10 or newer is needed, and the one that is here is older. ${install}`)
  }
  throw new Missing(`Python 3.10 or newer is needed and was not found. ${install}`)
}

/** Runs a program, and gives each line that it prints to `onLine`. */
async function run(command, args, onLine = () => {}) {
  // The program ends with this process, even after SIGKILL, and so before another command takes the lock.
  const child = spawn(process.execPath, [path.join(root, 'sandbox', 'attached.mjs'), command, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  const printed = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (text) => {
      onLine(text)
      printed.push(text)
    })
  }
  const status = await new Promise((resolve) => {
    child.on('error', resolve)
    child.on('close', resolve)
  })
  running.delete(child)
  if (status === 0) return
  throw new Missing(`${withoutRequests(printed)}
${[path.basename(command), ...args].join(' ')} failed: see above. Correct the cause, then run your command again.`)
}

/** The last lines that were printed, without npm's warnings and requests. */
function withoutRequests(printed) {
  return printed
    .filter((text) => !/^npm (http|warn) /.test(text))
    .slice(-40)
    .join('\n')
}

/** If the lock was not touched for so long, its command was killed. */
const killedAfterMs = 15_000

/** Runs `act` when no other command installs packages, because two installations would disturb each other. */
async function alone(act) {
  const lock = path.join(root, '.sandbox', 'installing')
  mkdirSync(path.dirname(lock), { recursive: true })
  let isReported = false
  while (!tryToMake(lock)) {
    if (!isReported) console.error('Another command is installing packages: waiting until it has ended ...')
    isReported = true
    await sleep(500)
  }
  const sign = setInterval(() => utimes(lock, new Date(), new Date(), () => {}), 1_000)
  const release = () => rmSync(lock, { recursive: true, force: true })
  process.on('exit', release)
  try {
    await act()
  } finally {
    clearInterval(sign)
    process.off('exit', release)
    release()
  }
}

function tryToMake(lock) {
  try {
    mkdirSync(lock)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  const { mtimeMs = Date.now() } = statSync(lock, { throwIfNoEntry: false }) ?? {}
  if (Date.now() - mtimeMs > killedAfterMs) rmSync(lock, { recursive: true, force: true })
  return false
}
