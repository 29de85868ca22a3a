/**
 * Runs the commands of docs/deploy.md on a machine that has the files of a release, Node.js and npm, and not the checkout. Home and
 * npm's cache are empty. The SDK does what the page does with the AWS CLI.
 */
import { execFileSync, spawn } from 'node:child_process'
import { copyFile, mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CreateRoleCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { account } from '../../../sandbox/account.ts'
import { addressOf } from '../../../sandbox/aws/deploy.ts'
import { startGateway } from '../../../sandbox/gateway/server.ts'
import { kubeadmIssuer } from '../../../sandbox/kubernetes/clusters/issuers.ts'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { archive } from '../../../tools/release/archive.ts'
import { checksums } from '../../../tools/release/checksums.ts'
import { writeKit } from '../../../tools/release/kit.ts'
import { packWid } from '../../../tools/release/wid-package.ts'
import { inTemporaryFolder } from '../../../tools/temporary-folder.ts'
import { iamClient } from '../../e2e/support/aws-clients.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { type Credentials, userWithAllRights } from '../support/user.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const kit = 'workload-identity-deployment-1.0.0'
const cluster = 'edge-1'

/** What a reader answers to the questions of these commands. */
const answers: Readonly<Record<string, string>> = {
  'npx cdk deploy': '--require-approval never',
  'wid connect': '--yes',
  'wid apply': '--yes',
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let running: System
let user: Credentials
let environment: Record<string, string>
let page: string

beforeAll(async () => {
  running = await system()
  user = await userWithAllRights(running)
  directory = await temporaryDirectory()
  page = await readFile(path.join(root, 'docs/deploy.md'), 'utf8')
  await programs()
  environment = {
    PATH: ['bin', 'installed/bin'].map((folder) => path.join(directory.path, folder)).join(':'),
    HOME: path.join(directory.path, 'home'),
    npm_config_prefix: path.join(directory.path, 'installed'),
    AWS_ENDPOINT_URL: running.sandbox.aws.endpoint,
    AWS_REGION: account.region,
    AWS_ACCESS_KEY_ID: user.accessKeyId,
    AWS_SECRET_ACCESS_KEY: user.secretAccessKey,
    NO_COLOR: '1',
    // The authority of a registry in a company network.
    ...(process.env.NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS }),
  }
}, 240_000)
afterAll(() => directory?.remove())

/** Puts into PATH what the page needs: Node.js, npm, and what checks and unpacks the files. */
async function programs(): Promise<void> {
  const bin = path.join(directory.path, 'bin')
  await mkdir(bin)
  await copyFile(process.execPath, path.join(bin, 'node'))
  for (const program of ['npm', 'npx', 'sh', 'sha256sum', 'tar', 'gzip']) {
    const found = execFileSync('which', [program], { encoding: 'utf8' }).trim()
    await symlink(await realpath(found), path.join(bin, program))
  }
}

/** Runs a command in a mount namespace where the checkout is empty. Returns its output. */
async function run(command: string, folder: string, onOutput = (_text: string) => {}): Promise<string> {
  const hidden = `/usr/bin/mount -t tmpfs none "${root}" && cd "${folder}" && ${command}`
  const namespace = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const child = spawn('/usr/bin/unshare', [...namespace, '--mount', '/bin/sh', '-euc', hidden], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text: Buffer) => {
      output += text
      onOutput(output)
    })
  }
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect(code, `${command}\n${output}`).toBe(0)
  return output
}

/** The files of a release that the page names. */
async function download(): Promise<void> {
  const files = path.join(directory.path, 'files')
  await mkdir(files)
  await inTemporaryFolder(async (folder) => {
    await writeKit(folder)
    await archive({ folder, file: path.join(files, `${kit}.tgz`), name: kit, date: new Date(0) })
  })
  await packWid(files)
  await writeFile(path.join(files, 'SHA256SUMS'), checksums(files))
}

/** The commands of the page's shell blocks, with the account of the sandbox and the answers of the reader. */
function commands(): string[] {
  const [, text = ''] = /^([\s\S]*?)^## Try it on a test account first/m.exec(page) ?? []
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block)
  const lines = blocks.flatMap((block) =>
    block
      .trim()
      .replace(/\\\n\s*/g, '')
      .split('\n'),
  )
  return lines
    .filter((line) => !/^(aws|export|cd) /.test(line))
    .map((line) => {
      const answer = Object.entries(answers).find(([command]) => line.startsWith(command))?.[1]
      return [line.replaceAll('111122223333', account.id), ...(answer ? [answer] : [])].join(' ')
    })
}

/** Creates the role that the page creates with the AWS CLI, and writes the settings of the page for a second deployment of the account. */
async function prepare(folder: string): Promise<void> {
  const [, trust = ''] = /^```json\n([\s\S]*?)^```/m.exec(page) ?? []
  const iam = iamClient(running)
  const AssumeRolePolicyDocument = trust.replaceAll('111122223333', account.id)
  await iam.send(new CreateRoleCommand({ RoleName: 'WorkloadIdentityAdministrator', AssumeRolePolicyDocument }))
  iam.destroy()
  const [, settings = ''] = /^```yaml\n([\s\S]*?)^```/m.exec(page) ?? []
  const { access, ...others } = parse(settings)
  // The caller of the gateway below.
  const grants = [...access.grants, { name: 'gateway', role: 'administrator', to: [{ iam: { user: 'somebody' } }] }]
  await writeFile(path.join(folder, 'production.yaml'), stringify({ ...others, access: { grants }, name: 'Kit' }))
}

/** Creates the cluster of the page, and names the API and the kubeconfig. The gateway signs, because `wid` accepts only HTTPS and this machine. */
async function connect(outputs: string) {
  const [, ApiId = ''] = /^Kit\.ApiId = (\S+)$/m.exec(outputs) ?? []
  const users = new Map([['administrator', user]])
  const address = addressOf({ ApiId }, running.sandbox.aws.endpoint)
  const gateway = await startGateway({ ...address, users }, { firstPort: 0 })
  const { kubernetes } = running.sandbox
  const own = await kubernetes.addUserCluster({ name: cluster, version: '1.33.2', issuer: { installer: 'kubeadm' } })
  const KUBECONFIG = path.join(directory.path, 'kubeconfig.yaml')
  await writeFile(KUBECONFIG, kubernetes.localKubeconfig(cluster))
  environment = { ...environment, WID_API: gateway.url, KUBECONFIG }
  return { gateway, own }
}

/** Changes the issuers when the setup prints the change. */
function changeIssuers(own: Cluster | undefined, output: string): void {
  const [, host] = new RegExp(`https://([a-z0-9]+\\.cloudfront\\.net)/${cluster}\\b`).exec(output) ?? []
  if (host !== undefined) own?.setIssuers([`https://${host}/${cluster}`, kubeadmIssuer])
}

test('the commands of the page deploy the kit and set up a cluster, where only the release, Node.js and npm are', async () => {
  await download()
  let folder = path.join(directory.path, 'files')
  let connected: Awaited<ReturnType<typeof connect>> | undefined
  let output = ''
  for (const command of commands()) {
    if (command.startsWith('npx cdk synth')) await prepare(folder)
    output = await run(command, folder, (text) => changeIssuers(connected?.own, text))
    if (command.startsWith('npm install --global')) folder = path.join(folder, kit)
    if (command.startsWith('npx cdk deploy')) connected = await connect(output)
    if (command.startsWith('wid doctor')) expect(output, command).not.toContain('✖')
  }
  await connected?.gateway.close()
  expect(output).toContain('edge-1 is set up and verified for default/s3-reader')
  expect(output).toContain('Proof for system:serviceaccount:default:s3-reader')
}, 600_000)
