import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile } from 'node:fs/promises'
import path from 'node:path'

/**
 * Runs the program of its arguments, and kills it as soon as standard input ends: whoever holds the other end of that pipe
 * closed it, or died of anything. The program itself knows nothing of it.
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

/** A program that runs until it is stopped, or until this process is gone. */
export interface Supervised {
  readonly name: string
  /** False when the program has ended by itself. */
  isRunning(): boolean
  /** The end of its log, for a message. */
  lastLines(): Promise<string>
  /** Kills it; resolves when it is gone. */
  stop(): Promise<void>
}

export interface Program {
  readonly file: string
  readonly args: readonly string[]
  /** Where it runs: paths in its arguments may be relative to it. */
  readonly directory: string
  /** Its standard output and error are appended here. */
  readonly logFile: string
}

/**
 * Starts a program that is killed without notice at its end: for servers that keep nothing in memory that they have not
 * handed to the system.
 */
export async function startSupervised({ file, args, directory, logFile }: Program): Promise<Supervised> {
  await mkdir(path.dirname(logFile), { recursive: true, mode: 0o700 })
  const name = path.basename(file)
  const log = await open(logFile, 'a', 0o600)
  const child = spawn('/bin/sh', ['-c', supervisor, name, file, ...args], {
    cwd: directory,
    env: withoutProxies(process.env),
    stdio: ['pipe', log.fd, log.fd],
    // Ctrl-C in a terminal goes to the whole process group; the order of ending is this process's to decide.
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

/** The proxies of this process are for its own way to the outside; an API server would send its calls of webhooks there, too. */
function withoutProxies(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/_proxy$/i.test(name)))
}

async function lastLines(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8')).trimEnd().split('\n')
  return [...lines.slice(-15).map((line) => line.slice(0, 400)), `(all of it: ${logFile})`].join('\n')
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
