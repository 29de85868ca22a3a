#!/usr/bin/env node
// The command `wid`. A package that was built has it in dist/; a checkout runs the sources on the project's own Node.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'

const built = path.join(import.meta.dirname, 'dist', 'main.mjs')
const source = path.join(import.meta.dirname, 'main.ts')
const node = path.join(import.meta.dirname, '..', 'node_modules', '.bin', 'node')

if (existsSync(built)) await runBuilt()
else if (process.features.typescript) await import(source)
else runSource()

/** A terminal sends Ctrl-C to this process, too: it waits, so that nothing is printed after the prompt of the shell. */
function runSource() {
  const child = spawn(node, [source, ...process.argv.slice(2)], { stdio: 'inherit' })
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
}

/** On an older Node.js the packages in the bundle fail with errors that nobody can read. */
async function runBuilt() {
  const { engines } = JSON.parse(readFileSync(path.join(import.meta.dirname, 'package.json'), 'utf8'))
  const needed = engines.node.replace('>=', '')
  if (process.versions.node.localeCompare(needed, undefined, { numeric: true }) >= 0) return import(built)
  console.error(`wid needs Node.js ${needed} or newer, and this is ${process.versions.node}.`)
  process.exitCode = 2
}
