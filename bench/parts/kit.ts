import { execFileSync } from 'node:child_process'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CreateUserCommand, IAMClient } from '@aws-sdk/client-iam'
import { stringify } from 'yaml'
import { account, rootCredentials } from '../../sandbox/account.ts'
import { cdk, deploy } from '../../sandbox/aws/deploy.ts'
import { startAws } from '../../sandbox/aws/server.ts'
import { python } from '../../test/support/python.ts'
import { archive } from '../../tools/release/archive.ts'
import { writeKit } from '../../tools/release/kit.ts'
import { packWid } from '../../tools/release/wid-package.ts'
import { inTemporaryFolder } from '../../tools/temporary-folder.ts'
import { type Part, table } from '../support/measure.ts'

const settings = {
  secretPrefix: 'workload-identity',
  rolePath: '/workload-identity/',
  allowedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
  access: { grants: [{ name: 'platform', role: 'administrator', to: [{ iam: { user: 'somebody' } }] }] },
  issuerHost: {},
  webhookTimeoutSeconds: 600,
}

/** The sizes of the deployment kit and of the package of `wid`, and the time of each step from the kit to a deployment. */
export function kit(): Promise<Part> {
  return inTemporaryFolder(async (folder) => {
    const made = path.join(folder, 'kit')
    const file = path.join(folder, 'kit.tgz')
    await mkdir(made)
    await writeKit(made)
    await archive({ folder: made, file, name: 'kit', date: new Date(0) })
    await writeFile(path.join(made, 'settings.yaml'), stringify(settings))
    const unpacked = megabytesIn(made)
    const installation = await secondsOf(() => install(made, path.join(folder, 'home')))
    const installed = megabytesIn(path.join(made, 'node_modules'))
    const sizes = [
      ['the kit, compressed', megabytes((await stat(file)).size)],
      ['the kit, unpacked', unpacked],
      ['its packages, installed', installed],
      ['the package of `wid`, compressed', megabytes((await stat(await packWid(folder))).size)],
    ]
    const times = [['`npm ci --omit=dev`, with an empty cache', installation], ...(await deployed(made, folder))]
    return { title: 'The kit', text: `${table(['size', 'MB'], sizes)}\n\n${table(['step', 's'], times)}` }
  })
}

/** Uses a new npm cache, so that npm downloads every package. */
async function install(kit: string, home: string): Promise<void> {
  execFileSync('npm', ['ci', '--omit=dev', '--cache', home], { cwd: kit, stdio: 'ignore' })
}

async function deployed(made: string, folder: string): Promise<string[][]> {
  const aws = await startAws({ python, directory: path.join(folder, 'aws'), environment: {}, auth: true })
  const options = { aws, directory: path.join(folder, 'cdk'), app: path.join(made, 'infra/app.ts') }
  try {
    const iam = new IAMClient({ endpoint: aws.endpoint, region: account.region, credentials: rootCredentials })
    await iam.send(new CreateUserCommand({ UserName: 'somebody' }))
    iam.destroy()
    return [
      ['`cdk bootstrap`, in the sandbox', await secondsOf(() => cdk(['bootstrap'], options))],
      ['`cdk deploy`, in the sandbox', await secondsOf(() => deploy(options))],
    ]
  } finally {
    await aws.close()
  }
}

async function secondsOf(work: () => Promise<unknown>): Promise<string> {
  const since = performance.now()
  await work()
  return ((performance.now() - since) / 1000).toFixed(0)
}

function megabytesIn(folder: string): string {
  return execFileSync('du', ['--summarize', '--block-size=1M', folder], { encoding: 'utf8' }).split('\t')[0] ?? ''
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1)
}
