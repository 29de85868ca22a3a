#!/usr/bin/env node
// The command `wid`. A built package runs dist/. A checkout runs the sources with the project's own Node.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const built = path.join(import.meta.dirname, 'dist', 'main.mjs')
const source = path.join(import.meta.dirname, 'main.ts')
const node = path.join(import.meta.dirname, '..', 'node_modules', '.bin', 'node')

if (existsSync(built)) await runBuilt()
else if (process.features.typescript) await import(source)
else runSource()

/**
 * A terminal sends Ctrl-C to the child and to this process. This process ignores the signal and waits for the child, so
 * that the child prints nothing after the shell prompt.
 */
function runSource() {
  const child = spawn(node, [source, ...process.argv.slice(2)], { stdio: 'inherit' })
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
}

/** Checks the version first. On an older Node.js, the bundled packages fail with incomprehensible errors. */
async function runBuilt() {
  const { engines } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'package.json'), 'utf8'))
  const needed = engines.node.replace('>=', '')
  if (process.versions.node.localeCompare(needed, undefined, { numeric: true }) >= 0) return import(built)
  console.error(`wid needs Node.js ${needed} or newer, and this is ${process.versions.node}.`)
  process.exitCode = 2
}
