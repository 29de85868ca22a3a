import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import * as z from 'zod/mini'

const knownProcess = z.object({
  pid: z.number(),
  /** The start time that the operating system reports. A later process with the same ID has another start time. */
  since: z.string(),
})

/** A process that can be distinguished from a later process with the same ID. */
export type KnownProcess = z.output<typeof knownProcess>

export function thisProcess(): KnownProcess {
  return processOf(process.pid)
}

export function processOf(pid: number): KnownProcess {
  return { pid, since: startOf(pid) }
}

export function isRunning({ pid, since }: KnownProcess): boolean {
  return since !== '' && startOf(pid) === since
}

/** Returns the process in a JSON file, or undefined if the file does not exist or was truncated by a crash. */
export async function readProcess(file: string): Promise<KnownProcess | undefined> {
  try {
    return knownProcess.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}

/** Returns the start time of the process, or an empty string if the process does not exist or is a zombie. */
function startOf(pid: number): string {
  // /proc is on Linux only, and `ps` is not on every Linux.
  if (!existsSync('/proc/self/stat')) return spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)]).stdout.toString()
  try {
    // The name, in parentheses, may contain spaces. State and start time are the 1st and the 20th field after it:
    // proc(5).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return fields[0] === 'Z' ? '' : (fields[19] ?? '')
  } catch {
    return ''
  }
}
