import { readFile, rename, writeFile } from 'node:fs/promises'
import * as z from 'zod/mini'

const kept = z.record(z.string(), z.int())

type Listening = { readonly url: string } | { readonly endpoint: string }

/**
 * The ports of a sandbox, by the names of their servers. A start uses the ports of the previous start, so that clients
 * keep working.
 */
export class KeptPorts {
  readonly #file: string
  readonly #report: (line: string) => void
  readonly #ports: Record<string, number>

  private constructor(file: string, report: (line: string) => void, ports: Record<string, number>) {
    this.#file = file
    this.#report = report
    this.#ports = ports
  }

  /**
   * @param report called with a message about each port that is taken
   * @param first the ports of the first start; default: any
   */
  static async open(
    file: string,
    report: (line: string) => void,
    first: Readonly<Record<string, number>> = {},
  ): Promise<KeptPorts> {
    const text = await readFile(file, 'utf8').catch(() => undefined)
    return new KeptPorts(file, report, { ...first, ...(text !== undefined && kept.parse(JSON.parse(text))) })
  }

  /**
   * Starts a server on its previous port.
   *
   * @param start starts the server on the port, or on another port if the port is taken; 0 takes any
   * @param requested overrides the previous port
   */
  async listen<T extends Listening>(what: string, start: (port: number) => Promise<T>, requested?: number): Promise<T> {
    const wanted = requested ?? this.#ports[what] ?? 0
    const started = await start(wanted)
    const port = Number(new URL('url' in started ? started.url : started.endpoint).port)
    if (wanted !== 0 && port !== wanted) this.#report(`Port ${wanted} is taken: ${what} is on port ${port}`)
    this.#ports[what] = port
    return started
  }

  async keep(): Promise<void> {
    await writeFile(`${this.#file}.new`, JSON.stringify(this.#ports))
    await rename(`${this.#file}.new`, this.#file)
  }
}
