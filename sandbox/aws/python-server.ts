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
  /** Answered with 200 once the server is ready. */
  readonly healthPath: string
  /**
   * Answered with `{ pid }` by a server of which others may start at the same time: another one on the same port would
   * be taken for this one, which has not said yet that it does not get its port.
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
 * Starts the server on 127.0.0.1, and resolves when it is healthy. Its standard input is a pipe that this process holds:
 * when it ends, by `close` or because this process died, the server has to end too.
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
    // Ctrl-C in a terminal goes to the whole process group; this process decides the order of the ends.
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
    // It has no state yet. Without its port it may wait forever.
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

/** Waits for the server of a killed sandbox, which still writes its state. */
export async function untilGone(processFile: string): Promise<void> {
  const earlier = await readProcess(processFile)
  const deadline = Date.now() + stopDeadline
  while (earlier && isRunning(earlier) && Date.now() < deadline) await sleep(30)
}

/**
 * @param output what the server has written since its start
 * @throws Error when it has ended, when its port is taken, or when it is not healthy in time
 */
async function untilHealthy(child: ChildProcess, url: string, output: () => Promise<string>): Promise<void> {
  const deadline = Date.now() + startDeadline
  while (Date.now() < deadline) {
    if (hasEnded(child)) throw new Error(`it ended with ${child.signalCode ?? `status ${child.exitCode}`}`)
    if (portTaken.test(await output())) throw new Error(`somebody else has taken the port of ${url}`)
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
