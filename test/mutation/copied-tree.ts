import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * A copy of all that Git knows or would add, with the installed packages of this tree. It is removed when the process
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

/** What a program of the tree's has printed; undefined when it did not end in time. */
export function runNode(folder: string, args: readonly string[], limitMs: number): Promise<string | undefined> {
  // In a group of its own, which is ended as a whole.
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL')
  const late = setTimeout(end, limitMs)
  // Before the copy that it works in is removed.
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
