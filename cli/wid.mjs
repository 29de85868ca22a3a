#!/usr/bin/env node
// The command `wid`. A package that was built has it in dist/; a checkout runs the sources on the project's own Node.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'

const built = path.join(import.meta.dirname, 'dist', 'main.mjs')
const source = path.join(import.meta.dirname, 'main.ts')
const node = path.join(import.meta.dirname, '..', 'node_modules', '.bin', 'node')

if (existsSync(built)) await import(built)
else if (process.features.typescript) await import(source)
else process.exit(spawnSync(node, [source, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1)
