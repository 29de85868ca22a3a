import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * A shell script that runs the program in its arguments. It kills the program when standard input ends. This happens
 * when the process at the other end of the pipe closes the pipe or ends.
 */
const supervisor = `exec 3<&0
"$@" 3<&- </dev/null &
program=$!
( read -r _ <&3; kill -KILL $program 2>/dev/null ) &
watcher=$!
wait $program
status=$?
kill $watcher 2>/dev/null
exit $status`

/** A program that runs until it is stopped, or until this process ends. */
export interface Supervised {
  readonly name: string
  isRunning(): boolean
  lastLines(): Promise<string>
  stop(): Promise<void>
}

export interface Program {
  readonly file: string
  readonly args: readonly string[]
  /** Variables in addition to those of this process. */
  readonly env?: Readonly<Record<string, string>>
  /** The working directory. Paths in the arguments may be relative to it. */
  readonly directory: string
  /** The file to which standard output and standard error are appended. */
  readonly logFile: string
}

/**
 * Starts a program that `stop` kills. The program must have no unsaved state in memory.
 */
export async function startSupervised({ file, args, env, directory, logFile }: Program): Promise<Supervised> {
  await mkdir(path.dirname(logFile), { recursive: true, mode: 0o700 })
  const name = path.basename(file)
  const log = await open(logFile, 'a', 0o600)
  const child = spawn('/bin/sh', ['-c', supervisor, name, file, ...args], {
    cwd: directory,
    env: { ...withoutProxies(process.env), ...env },
    stdio: ['pipe', log.fd, log.fd],
    // Ctrl-C signals the whole process group, but this process must stop the programs in a fixed order.
    detached: true,
  })
  const failed = once(child, 'error')
  await log.close()
  if (child.pid === undefined) throw (await failed)[0]
  failed.catch(() => {})
  return {
    name,
    isRunning: () => !hasEnded(child),
    lastLines: () => lastLines(logFile),
    stop: () => stop(child),
  }
}

/** Removes the proxy variables of this process. An API server would also call webhooks through these proxies. */
function withoutProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/_proxy$/i.test(name)))
}

async function lastLines(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n')
  return [...lines.slice(-15).map((line) => line.slice(0, 400)), `(complete log: ${logFile})`].join('\n')
}

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return
  const exit = once(child, 'exit')
  child.stdin?.end()
  await exit
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}
