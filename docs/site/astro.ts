/** Runs Astro. Only the site needs its packages, so they are installed here instead of in the repository root. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const folder = import.meta.dirname

/** @throws {Error} when the command fails, or the packages cannot be installed */
export function runAstro(command: 'build' | 'preview'): void {
  installPackages()
  run(process.execPath, [path.join('node_modules', 'astro', 'bin', 'astro.mjs'), command])
}

function installPackages(): void {
  const stamp = path.join(folder, 'node_modules', '.installed-from')
  const lock = readFileSync(path.join(folder, 'package-lock.json'))
  const digest = createHash('sha256').update(lock).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  console.error('Installing the packages of the site (once) ...')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(stamp, digest)
}

/** @throws {Error} when the command fails */
function run(command: string, args: readonly string[]): void {
  const env = { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
  const { status, signal } = spawnSync(command, args, { cwd: folder, env, stdio: 'inherit' })
  // Ctrl-C stops the server.
  if (status === 0 || signal === 'SIGINT') return
  throw new Error(`${command} ${args.join(' ')} ended with ${status ?? signal}: see above. Correct it, and try again.`)
}
