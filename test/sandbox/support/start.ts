import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { vi } from 'vitest'

const root = path.resolve(import.meta.dirname, '../../..')

/** `npm start` as in a terminal: in its own process group, and without npm. */
export class Started {
  readonly child: ChildProcess
  readonly ended: Promise<number | null>
  #printed = ''

  /** @param assets KUBEBUILDER_ASSETS, or empty for emulated clusters */
  constructor(args: readonly string[], port: number, assets = '') {
    this.child = spawn(process.execPath, ['sandbox/bootstrap.mjs', ...args], {
      cwd: root,
      env: { ...process.env, KUBEBUILDER_ASSETS: assets, PORT: String(port), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.#printed += text
      })
    }
    this.ended = once(this.child, 'close').then(([status]) => (typeof status === 'number' ? status : null))
  }

  get printed(): string {
    return this.#printed
  }

  /** Waits until the process has printed these words. */
  async until(words: string, timeout = 60_000): Promise<void> {
    await vi.waitFor(
      () => {
        if (this.#printed.includes(words)) return
        if (this.child.exitCode !== null) throw new Error(`it has ended: ${this.#printed}`)
        throw new Error(`it has not printed "${words}" yet: ${this.#printed}`)
      },
      { timeout, interval: 50 },
    )
  }

  /** Sends SIGINT to every process of the group, as a terminal does at Ctrl-C. */
  interrupt(): void {
    process.kill(-(this.child.pid ?? 0), 'SIGINT')
  }
}
