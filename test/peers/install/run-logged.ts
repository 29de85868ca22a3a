import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'

export interface Logged {
  readonly cwd: string
  readonly environment: NodeJS.ProcessEnv
  /** The file to which the output of the program is appended. */
  readonly log: string
  readonly onLine?: (line: string) => void
}

/** The number of the program's last lines in an error. */
const shownLines = 15

/**
 * Runs a program to its end. It ends with all its child processes when this process does.
 *
 * @throws Error with the end of the output, when the program cannot be started or fails
 */
export async function runLogged(command: string, args: readonly string[], options: Logged): Promise<void> {
  const { cwd, environment: env, log, onLine } = options
  const file = createWriteStream(log, { flags: 'a' })
  const last: string[] = []
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  const end = () => endGroup(child.pid)
  process.on('exit', end)
  const lines = [child.stdout, child.stderr].map((stream) =>
    createInterface({ input: stream }).on('line', (line) => {
      file.write(`${line}\n`)
      last.push(line)
      if (last.length > shownLines) last.shift()
      onLine?.(line)
    }),
  )
  const outcome = await new Promise<string | undefined>((resolve) => {
    child.on('error', ({ message }) => resolve(message))
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `it ended with ${signal ?? `code ${code}`}`))
  })
  process.off('exit', end)
  for (const reader of lines) reader.close()
  file.end()
  await finished(file)
  if (outcome === undefined) return
  throw new Error(
    [`"${[command, ...args].join(' ')}" failed: ${outcome}. All it said is in ${log}.`, ...last].join('\n'),
  )
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended in the meantime.
  }
}
