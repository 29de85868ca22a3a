import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { openSocketDirectory, type SocketDirectory } from '../socket-directory.ts'
import { unshare } from './namespaces.ts'

const program = fileURLToPath(new URL('pod.py', import.meta.url))

/** The input of pod.py; see there. */
export interface PodSpec {
  /** The file that stands for the image's program, and where it lies in the container. */
  readonly program: string
  readonly entrypoint: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** In which the program starts. */
  readonly directory: string
  readonly user: number
  readonly group: number
  readonly dropsCapabilities: boolean
  readonly mounts: readonly { readonly source: string; readonly target: string; readonly readOnly: boolean }[]
  /** The pod's own. */
  readonly address: string
  /** Where the Service `kubernetes` is in the pod, and the Unix socket at which the API server is reached from outside of the pod's network. */
  readonly api: { readonly address: string; readonly port: number; readonly socket: string }
}

/** How a container ended: the status that its program gave, or 128 and the number of the signal that killed it. */
export interface Exit {
  readonly code: number
  readonly startedAt: Date
  readonly finishedAt: Date
}

/** One run of a pod's container. */
export class PodProcess {
  readonly startedAt = new Date()
  readonly exited: Promise<Exit>
  exit: Exit | undefined
  readonly #child: ChildProcess
  readonly #sockets: SocketDirectory

  private constructor(child: ChildProcess, sockets: SocketDirectory) {
    this.#child = child
    this.#sockets = sockets
    // Writing to a process that has just ended is no error of ours.
    child.stdin?.on('error', () => {})
    this.exited = once(child, 'exit').then(([code, signal]) => {
      this.exit = { code: signal === null ? Number(code) : 137, startedAt: this.startedAt, finishedAt: new Date() }
      sockets.close()
      return this.exit
    })
  }

  /**
   * @param directory of the pod: its volumes, its sockets
   * @param logFile to which standard output and error are appended
   */
  static async start(spec: PodSpec, directory: string, logFile: string): Promise<PodProcess> {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    await rm(path.join(directory, 'dial.sock'), { force: true })
    const log = await open(logFile, 'a', 0o600)
    const child = spawn('unshare', [...unshare, 'python3', '-I', '-S', program], {
      cwd: directory,
      stdio: ['pipe', log.fd, log.fd],
      // Ctrl-C in a terminal goes to the whole process group; the order of ending is this process's to decide.
      detached: true,
    })
    const failed = once(child, 'error')
    await log.close()
    if (child.pid === undefined) throw (await failed)[0]
    failed.catch(() => {})
    const process = new PodProcess(child, openSocketDirectory(directory))
    child.stdin?.write(`${JSON.stringify(spec)}\n`)
    return process
  }

  /**
   * Connects to a port of the pod's address, as from its node.
   *
   * @throws Error in Go's words when nothing listens there
   */
  async dial(port: number): Promise<Duplex> {
    if (this.exit) throw new Error('connect: connection refused')
    const socket = connect({ path: this.#sockets.path('dial.sock'), allowHalfOpen: true })
    try {
      await once(socket, 'connect')
      socket.write(`${port}\n`)
      const answer = await firstLine(socket)
      if (answer !== 'ok') throw new Error(answer)
      return socket
    } catch (error) {
      socket.destroy()
      const words = error instanceof Error && !('code' in error) ? error.message.toLowerCase() : 'connection refused'
      throw new Error(`connect: ${words}`)
    }
  }

  /** Asks the program to end with SIGTERM, and kills it after the grace period. */
  async stop(graceSeconds: number): Promise<void> {
    if (this.exit) return
    this.#child.stdin?.write('stop\n')
    const timer = setTimeout(() => this.kill(), graceSeconds * 1000)
    await this.exited
    clearTimeout(timer)
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.exited
  }
}

/** What follows the line is left in the stream. */
async function firstLine(socket: Duplex): Promise<string> {
  let bytes = Buffer.alloc(0)
  while (!bytes.includes('\n')) {
    const part: unknown = socket.read()
    if (Buffer.isBuffer(part)) bytes = Buffer.concat([bytes, part])
    else if (socket.readableEnded) return 'connection reset by peer'
    else await Promise.race([once(socket, 'readable'), once(socket, 'end')])
  }
  const end = bytes.indexOf('\n')
  if (end + 1 < bytes.length) socket.unshift(bytes.subarray(end + 1))
  return bytes.subarray(0, end).toString()
}
