/** `npm run deployment -- acceptance` on an account of the sandbox, with a cluster of the sandbox. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll } from 'vitest'
import { account } from '../../../sandbox/account.ts'
import { kubeadmIssuer } from '../../../sandbox/kubernetes/clusters/issuers.ts'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { resources } from './resources.ts'
import { userWithAllRights } from './user.ts'

const main = path.resolve(import.meta.dirname, '../../acceptance/main.ts')
const profile = 'somebody'

interface Running {
  readonly child: ChildProcess
  readonly cluster: Cluster
}

/** Callbacks that interfere with the run. */
export interface Disturbance {
  readonly started?: (stage: string, running: Running) => Promise<void> | void
  /** Called when a stage fails, or the undo of one. */
  readonly failed?: (running: Running) => Promise<void> | void
}

interface Accepted {
  readonly code: unknown
  readonly printed: string
  readonly before: object
  readonly after: object
}

/** A sandbox for the tests of a file, and a user with an account on it. */
export function startAcceptanceUser(): () => { readonly running: System; readonly user: AcceptanceUser } {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>
  let setup: { readonly running: System; readonly user: AcceptanceUser }
  beforeAll(async () => {
    const running = await system()
    directory = await temporaryDirectory()
    setup = { running, user: await AcceptanceUser.with(running, directory.path) }
  })
  afterAll(() => directory?.remove())
  return () => setup
}

/** A user with an AWS account and a cluster. */
export class AcceptanceUser {
  readonly #system: System
  readonly #folder: string
  #clusters = 0

  private constructor(system: System, folder: string) {
    this.#system = system
    this.#folder = folder
  }

  /** @param folder for files with credentials */
  static async with(system: System, folder: string): Promise<AcceptanceUser> {
    const key = await userWithAllRights(system)
    const credentials = [
      `[${profile}]`,
      `aws_access_key_id = ${key.accessKeyId}`,
      `aws_secret_access_key = ${key.secretAccessKey}`,
      '',
    ]
    await writeFile(path.join(folder, 'credentials'), credentials.join('\n'))
    return new AcceptanceUser(system, folder)
  }

  /** Runs the command to its end, and changes the issuers of the cluster when its output requests that. */
  async accept(disturbance: Disturbance = {}): Promise<Accepted> {
    const { sandbox } = this.#system
    this.#clusters += 1
    const name = `acceptance-${this.#clusters}`
    const cluster = await sandbox.kubernetes.addUserCluster({
      name,
      version: '1.33.2',
      issuer: { installer: 'kubeadm' },
    })
    const kubeconfig = path.join(this.#folder, `${name}.yaml`)
    await writeFile(kubeconfig, sandbox.kubernetes.localKubeconfig(name))
    const before = await this.#everything(cluster)
    const child = this.#start(kubeconfig)
    let printed = ''
    const handled: Promise<void>[] = []
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        printed += `${line}\n`
        changeIssuers(cluster, line)
        if (line.startsWith('> '))
          handled.push(Promise.resolve(disturbance.started?.(line.slice(2), { child, cluster })))
        if (line.startsWith('✖ ')) handled.push(Promise.resolve(disturbance.failed?.({ child, cluster })))
      })
    }
    const [code] = await once(child, 'close')
    await Promise.all(handled)
    return { code, printed, before, after: await this.#everything(cluster) }
  }

  #start(kubeconfig: string) {
    const where = ['--profile', profile, '--region', account.region, '--endpoint', this.#system.sandbox.aws.endpoint]
    return spawn(process.execPath, [main, ...where, '--kubeconfig', kubeconfig], {
      env: {
        PATH: process.env.PATH,
        HOME: this.#folder,
        AWS_SHARED_CREDENTIALS_FILE: path.join(this.#folder, 'credentials'),
        NO_COLOR: '1',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  /** All resources of the account and objects of the cluster. */
  async #everything(cluster: Cluster) {
    const objects = cluster.store.all().filter(({ kind }) => kind !== 'Event')
    const names = objects.map(({ kind, metadata: { namespace = '', name } }) => `${kind} ${namespace}/${name}`)
    return { account: await resources(this.#system.sandbox.aws.endpoint), cluster: names.sort() }
  }
}

/** Does what an administrator does when the setup requests a change of the issuers. */
function changeIssuers(cluster: Cluster, line: string): void {
  const [, host] = /https:\/\/([a-z0-9]+\.cloudfront\.net)\/acceptance\b/.exec(line) ?? []
  if (host !== undefined) cluster.setIssuers([`https://${host}/acceptance`, kubeadmIssuer])
}
