/** `npm run acceptance` on an account of the sandbox, with a cluster of the sandbox. */
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { account } from '../../../sandbox/account.ts'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { kubeadmIssuer } from '../../../sandbox/kubernetes/issuers.ts'
import { iamClient } from '../../e2e/support/aws-clients.ts'
import type { System } from '../../e2e/support/system.ts'

const main = path.resolve(import.meta.dirname, '../../acceptance/main.ts')
const profile = 'somebody'

/** Somebody with an account and a cluster. */
export class Somebody {
  readonly #system: System
  readonly #folder: string
  #clusters = 0

  private constructor(system: System, folder: string) {
    this.#system = system
    this.#folder = folder
  }

  /** @param folder for files with credentials */
  static async with(system: System, folder: string): Promise<Somebody> {
    const iam = iamClient(system)
    const UserName = 'somebody'
    const Statement = [{ Effect: 'Allow', Action: '*', Resource: '*' }]
    await iam.send(new CreateUserCommand({ UserName }))
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'all', PolicyDocument }))
    const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }))
    iam.destroy()
    const credentials = [
      `[${profile}]`,
      `aws_access_key_id = ${key?.AccessKeyId}`,
      `aws_secret_access_key = ${key?.SecretAccessKey}`,
      '',
    ]
    await writeFile(path.join(folder, 'credentials'), credentials.join('\n'))
    return new Somebody(system, folder)
  }

  /** Runs it to its end, and changes the issuers of the cluster when that is asked for. */
  async accept(meanwhile: (child: ChildProcess, printed: string) => void = () => {}) {
    const { sandbox } = this.#system
    this.#clusters += 1
    const name = `acceptance-${this.#clusters}`
    const cluster = await sandbox.kubernetes.addUserCluster({ name, version: '1.33.2', issuer: { installer: 'kubeadm' } })
    const kubeconfig = path.join(this.#folder, `${name}.yaml`)
    await writeFile(kubeconfig, sandbox.kubernetes.localKubeconfig(name))
    const where = ['--profile', profile, '--region', account.region, '--endpoint', sandbox.aws.endpoint]
    const child = spawn(process.execPath, [main, ...where, '--kubeconfig', kubeconfig], {
      env: {
        PATH: process.env.PATH,
        HOME: this.#folder,
        AWS_SHARED_CREDENTIALS_FILE: path.join(this.#folder, 'credentials'),
        NO_COLOR: '1',
      },
      stdio: 'pipe',
    })
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (data: string) => {
        printed += data
        changeIssuers(cluster, printed)
        meanwhile(child, printed)
      })
    }
    const code = await new Promise<number | null>((resolve) => {
      child.once('close', resolve)
    })
    return { code, printed, cluster }
  }
}

/** What an administrator does when the setup asks for it. */
function changeIssuers(cluster: Cluster, printed: string): void {
  const [issuer] = /https:\/\/[a-z0-9]+\.cloudfront\.net\/acceptance\b/.exec(printed) ?? []
  if (issuer?.startsWith('https://') && cluster.signer.issuers[0] !== issuer) {
    cluster.setIssuers([`https://${issuer.slice(8)}`, kubeadmIssuer])
  }
}
