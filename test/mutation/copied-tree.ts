import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * Copies all files that Git tracks or would add, and links the installed packages. The copy is removed when the process
 * ends.
 */
export function copyOfTree(root: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mutation-'))
  process.once('exit', () => rmSync(folder, { recursive: true }))
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], { cwd: root })
  for (const file of files.toString().split('\0').filter(Boolean)) {
    cpSync(path.join(root, file), path.join(folder, file))
  }
  for (const packages of ['node_modules', 'cli/node_modules'])
    symlinkSync(path.join(root, packages), path.join(folder, packages))
  mkdirSync(path.join(folder, '.sandbox'))
  symlinkSync(path.join(root, '.sandbox/venv'), path.join(folder, '.sandbox/venv'))
  return folder
}

/** Runs a program of the tree. Returns its output, or undefined when it did not end in time. */
export function runNode(folder: string, args: readonly string[], limitMs: number): Promise<string | undefined> {
  // In its own process group, so that child processes end with it.
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')
  const late = setTimeout(end, limitMs)
  // Runs before the listener that removes the copy.
  process.prependOnceListener('exit', end)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data
    })
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (_, signal) => {
      clearTimeout(late)
      process.off('exit', end)
      resolve(signal === 'SIGKILL' ? undefined : output)
    })
  })
}
