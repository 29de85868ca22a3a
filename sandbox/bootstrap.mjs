// Runs a script on the project's own Node (24), after installing missing packages: npm packages into node_modules,
// Python packages into .sandbox/venv. Scripts that need no sandbox also need no Python: --without-python. This file is
// plain JavaScript without dependencies, because it runs before any installation, on the Node that the machine has.
//
//   node sandbox/bootstrap.mjs [--without-python] [SCRIPT [ARGUMENT ...]]
//
// Without a script, it only installs all packages.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { endInstallation, installPackages, Missing, node } from './packages.mjs'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const parent = process.ppid

function requireNode() {
  const [major = 0] = process.versions.node.split('.').map(Number)
  if (major >= 20) return
  throw new Missing(
    `Node.js 20 or newer is needed, and this is ${process.versions.node}. Install a current one: https://nodejs.org, or "nvm install --lts".`,
  )
}

/** The set of npm packages that a script needs. Only other scripts than these need development tools. */
function setFor(script = '') {
  if (/^(sandbox|infra|cli|portal)\//.test(script)) return 'start'
  if (script.startsWith('node_modules/vite/')) return 'portal'
  return 'whole'
}

/**
 * Calls `act` when the parent process has ended. npm sends signals to its shell, and some shells end without forwarding
 * them to this process.
 */
function whenParentIsGone(act) {
  if (process.env.npm_lifecycle_event === undefined) return { stop() {} }
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    act()
  }, 250)
  return { stop: () => clearInterval(timer) }
}

function runOnProjectNode(args) {
  const child = spawn(node, args, {
    cwd: root,
    // The IPC channel closes when this process dies, even by SIGKILL. The child then ends, too.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      // Without this cache, loading the sources takes a third of a second longer.
      NODE_COMPILE_CACHE: path.join(root, '.sandbox', 'compile-cache'),
      ...process.env,
      PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}`,
    },
  })
  // A terminal sends Ctrl-C to the whole process group. The child handles it, and this process waits for the child.
  process.on('SIGINT', () => {})
  const end = () => child.kill('SIGTERM')
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, end)
  whenParentIsGone(end)
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

const isWithoutPython = process.argv[2] === '--without-python'
const command = process.argv.slice(isWithoutPython ? 3 : 2)

try {
  requireNode()
  const watch = whenParentIsGone(endInstallation)
  await installPackages({ set: setFor(command[0]), needsPython: !isWithoutPython })
  watch.stop()
  if (command.length > 0) runOnProjectNode(command)
} catch (error) {
  if (!(error instanceof Missing)) throw error
  console.error(error.message)
  process.exit(1)
}
