// Runs a script on the project's own Node (24) after installing what is missing: npm packages into node_modules, Python
// packages into .sandbox/venv. What needs no sandbox needs no Python: --without-python. Plain JavaScript without dependencies, because it runs before anything is installed, on
// whatever Node the machine has.
//
//   node sandbox/bootstrap.mjs [--without-python] SCRIPT [ARGUMENT ...]
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const nodeModules = path.join(root, 'node_modules')
const node = path.join(nodeModules, '.bin', 'node')
const venv = path.join(root, '.sandbox', 'venv')
const python = path.join(venv, 'bin', 'python')

class Missing extends Error {}

function requireNode() {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major >= 20) return
  throw new Missing(
    `Node.js 20 or newer is needed, and this is ${process.versions.node}. Install a current one: https://nodejs.org, or "nvm install --lts".`,
  )
}

function requireNpm() {
  if (spawnSync('npm', ['--version'], { shell: process.platform === 'win32' }).status === 0) return
  throw new Missing(
    'npm is needed and was not found. It comes with Node.js: https://nodejs.org, or "apt-get install npm".',
  )
}

/** @returns {string} the Python that the virtual environment is made with */
function requirePython() {
  const check = 'import sys, venv, ensurepip; sys.exit(0 if sys.version_info >= (3, 10) else 3)'
  const statuses = ['python3', 'python'].map((name) => ({ name, status: spawnSync(name, ['-c', check]).status }))
  const found = statuses.find(({ status }) => status === 0)
  if (found) return found.name
  const install = 'Install it: "apt-get install python3 python3-venv", or "brew install python".'
  if (statuses.some(({ status }) => status === 1)) {
    throw new Missing(
      'Python is here, but its venv module is not. Install it: "apt-get install python3-venv" (or "dnf install python3").',
    )
  }
  if (statuses.some(({ status }) => status === 3)) {
    throw new Missing(`Python 3.10 or newer is needed, and the one that is here is older. ${install}`)
  }
  throw new Missing(`Python 3.10 or newer is needed and was not found. ${install}`)
}

function run(command, args, what) {
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0)
    throw new Missing(
      `${what} failed (see above). Run the same command again once the cause is corrected; nothing else was changed.`,
    )
}

/**
 * Runs `install` unless `target` was installed from these very files before, and its program is still there: a virtual
 * environment's Python is a link to the machine's, which may be gone after an upgrade.
 */
function installOnce({ target, program, files }, install) {
  const hash = createHash('sha256')
  for (const file of files) hash.update(readFileSync(path.join(root, file)))
  const digest = hash.digest('hex')
  const stamp = path.join(target, '.installed-from')
  if (existsSync(program) && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  install()
  writeFileSync(stamp, digest)
}

function installNpmPackages() {
  installOnce({ target: nodeModules, program: node, files: ['package-lock.json'] }, () => {
    console.error('Installing npm packages (once) ...')
    run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], 'npm ci')
  })
}

function installPythonPackages() {
  installOnce({ target: venv, program: python, files: ['sandbox/requirements.txt'] }, () => {
    console.error('Installing Python packages into .sandbox/venv (once) ...')
    const found = requirePython()
    rmSync(venv, { recursive: true, force: true })
    mkdirSync(path.dirname(venv), { recursive: true })
    run(found, ['-m', 'venv', venv], 'Making the virtual environment .sandbox/venv')
    const pip = ['-m', 'pip', '--disable-pip-version-check']
    run(python, [...pip, 'install', '--quiet', '--require-hashes', '-r', 'sandbox/requirements.txt'], 'pip install')
  })
}

/** npm passes a signal to its shell. Not every shell passes it on, or has this process take its place: then only the shell ends. */
function whenParentIsGone(act) {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    act()
  }, 250)
}

function runOnProjectNode(args) {
  const child = spawn(node, args, {
    cwd: root,
    // The channel closes when this process dies, however it dies: that is how the child knows that it has to end.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}` },
  })
  // A terminal sends Ctrl-C to the whole process group: the child ends by itself, and this waits for it.
  process.on('SIGINT', () => {})
  const end = () => child.kill('SIGTERM')
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, end)
  if (process.env.npm_lifecycle_event !== undefined) whenParentIsGone(end)
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

const [first, ...rest] = process.argv.slice(2)
const isWithoutPython = first === '--without-python'

try {
  requireNode()
  requireNpm()
  installNpmPackages()
  if (!isWithoutPython) installPythonPackages()
  runOnProjectNode(isWithoutPython ? rest : process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Missing)) throw error
  console.error(error.message)
  process.exit(1)
}
