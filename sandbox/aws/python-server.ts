import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod'
import { onFreePort, portTaken } from '../network/listen.ts'
import { isRunning, processOf, readProcess } from '../processes.ts'

export interface PythonServerOptions {
  readonly python: string
  readonly module: string
  /** The complete environment of the process. */
  readonly environment: (port: number) => Record<string, string>
  readonly logFile: string
  /** The path to which the server responds with 200 once it is ready. */
  readonly healthPath: string
  /**
   * The path to which the server responds with `{ pid }`. Needed if several servers may start at the same time. Without
   * it, another server on the port could answer the health check before this server reports that the port is taken.
   */
  readonly processPath?: string
  readonly port?: number | undefined
}

export interface PythonServer {
  readonly endpoint: string
  close(): Promise<void>
}

const startDeadline = 30_000
const stopDeadline = 12_000

/**
 * Starts the server on 127.0.0.1, and resolves when it is healthy. The server's standard input is a pipe from this
 * process. The server must end when the pipe closes, by `close` or because this process has ended.
 *
 * @throws Error with the end of the log when the server ends, or is not healthy in time
 */
export async function startPythonServer(options: PythonServerOptions): Promise<PythonServer> {
  await mkdir(path.dirname(options.logFile), { recursive: true })
  await untilGone(processFileOf(options))
  return onFreePort((port) => startOn(port, options), options.port)
}

async function startOn(port: number, options: PythonServerOptions): Promise<PythonServer> {
  const log = await open(options.logFile, 'a')
  const { size: earlier } = await log.stat()
  const output = async () => (await readFile(options.logFile)).subarray(earlier).toString()
  const child = spawn(options.python, ['-m', options.module], {
    env: options.environment(port),
    stdio: ['pipe', log.fd, log.fd],
    // Ctrl-C signals the whole process group, but this process must stop the servers in a fixed order.
    detached: true,
  })
  const failed = once(child, 'error')
  const endpoint = `http://127.0.0.1:${port}`
  try {
    if (child.pid === undefined) throw (await failed)[0]
    await writeFile(processFileOf(options), JSON.stringify(processOf(child.pid)))
    await untilHealthy(child, endpoint + options.healthPath, output)
    if (options.processPath !== undefined) await requireOwn(child, endpoint + options.processPath)
  } catch (error) {
    // The server has no state to save yet, and may wait forever for its port.
    child.kill('SIGKILL')
    await stop(child)
    const cause = error instanceof Error ? error.message : String(error)
    throw new Error(`${options.module} did not start: ${cause}\n${lastLines(await output())}`)
  } finally {
    await log.close()
  }
  return { endpoint, close: () => stop(child) }
}

const processFileOf = ({ logFile }: PythonServerOptions) => `${logFile}.process.json`

/** Waits until the server of a killed sandbox has ended. It may still be writing its state. */
export async function untilGone(processFile: string): Promise<void> {
  const earlier = await readProcess(processFile)
  const deadline = Date.now() + stopDeadline
  while (earlier && isRunning(earlier) && Date.now() < deadline) await sleep(30)
}

/**
 * @param output returns what the server has written since its start
 * @throws Error when the server has ended, when its port is taken, or when it is not healthy in time
 */
async function untilHealthy(child: ChildProcess, url: string, output: () => Promise<string>): Promise<void> {
  const deadline = Date.now() + startDeadline
  while (Date.now() < deadline) {
    if (hasEnded(child)) throw new Error(`the process ended with ${child.signalCode ?? `status ${child.exitCode}`}`)
    if (portTaken.test(await output())) throw new Error(`another process has taken the port of ${url}`)
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    await response?.body?.cancel()
    if (response?.ok) return
    await sleep(30)
  }
  throw new Error(`${url} does not answer`)
}

async function requireOwn({ pid }: ChildProcess, url: string): Promise<void> {
  const answer = answeredBy.parse(await (await fetch(url)).json())
  if (answer.pid !== pid) throw new Error(`address already in use: process ${answer.pid} answers at ${url}`)
}

const answeredBy = z.object({ pid: z.int() })

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return
  const exit = once(child, 'exit')
  child.stdin?.end()
  const timer = setTimeout(() => child.kill('SIGKILL'), stopDeadline)
  await exit
  clearTimeout(timer)
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

function lastLines(text: string): string {
  return text.split('\n').slice(-20).join('\n')
}
