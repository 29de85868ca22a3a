/**
 * Deploys the kit, and sets up a cluster with the packed command, as docs/deploy.md describes it. The programs cannot read the
 * checkout, home and npm's cache are empty, and PATH has Node.js and npm.
 */
import { execFileSync, spawn } from 'node:child_process'
import { copyFile, mkdir, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { account } from '../../../sandbox/account.ts'
import { addressOf } from '../../../sandbox/aws/deploy.ts'
import { startGateway } from '../../../sandbox/gateway/server.ts'
import { kubeadmIssuer } from '../../../sandbox/kubernetes/clusters/issuers.ts'
import { archive } from '../../../tools/release/archive.ts'
import { writeKit } from '../../../tools/release/kit.ts'
import { packWid } from '../../../tools/release/wid-package.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { type Credentials, userWithAllRights } from '../support/user.ts'

const root = path.resolve(import.meta.dirname, '../../..')
const name = 'kit-1'
const policy = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let running: System
let user: Credentials
let environment: Record<string, string>

beforeAll(async () => {
  running = await system()
  user = await userWithAllRights(running)
  directory = await temporaryDirectory()
  await programs()
  environment = {
    PATH: path.join(directory.path, 'bin'),
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

/** Puts Node.js, npm and a shell into PATH. */
async function programs(): Promise<void> {
  const bin = path.join(directory.path, 'bin')
  await mkdir(bin)
  await copyFile(process.execPath, path.join(bin, 'node'))
  for (const program of ['npm', 'npx', 'sh']) {
    await symlink(
      await realpath(execFileSync('which', [program], { encoding: 'utf8' }).trim()),
      path.join(bin, program),
    )
  }
}

/** Runs a command in a mount namespace where the checkout is empty. Returns its output. */
async function run(command: string, folder: string, onOutput = (_text: string) => {}): Promise<string> {
  const hidden = `/usr/bin/mount -t tmpfs none "${root}" && cd "${folder}" && ${command}`
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']
  const child = spawn('/usr/bin/unshare', [...user, '--mount', '/bin/sh', '-euc', hidden], {
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

test('Node.js and npm are enough to deploy the kit, and to set up a cluster with the packed command', async () => {
  const kit = path.join(directory.path, 'workload-identity-deployment-1')
  const made = path.join(directory.path, 'made')
  await mkdir(made)
  await writeKit(made)
  const file = `${kit}.tgz`
  await archive({ folder: made, file, name: path.basename(kit), date: new Date(0) })
  execFileSync('tar', ['-xzf', file], { cwd: directory.path })
  const wid = await packWid(directory.path)
  await rm(made, { recursive: true })
  const settings = {
    name: 'Kit',
    secretPrefix: 'kit',
    rolePath: '/kit/',
    allowedPolicyArns: [policy],
    access: { grants: [{ name: 'platform', role: 'administrator', to: [{ iam: { user: 'somebody' } }] }] },
    issuerHost: {},
    webhookTimeoutSeconds: 600,
  }
  await writeFile(path.join(kit, 'production.yaml'), stringify(settings))
  await run('npm ci --omit=dev', kit)
  await run('npx cdk synth --quiet -c settings=production.yaml', kit)
  await run('npx cdk bootstrap -c settings=production.yaml', kit)
  const deployed = await run('npx cdk deploy -c settings=production.yaml --require-approval never', kit)
  const [, ApiId = ''] = /^Kit\.ApiId = (\S+)$/m.exec(deployed) ?? []
  // The command accepts HTTPS and addresses of this machine. AWS's API has HTTPS; the gateway is its port on this machine.
  const gateway = await startGateway(
    { ...addressOf({ ApiId }, running.sandbox.aws.endpoint), users: new Map([['administrator', user]]) },
    { firstPort: 0 },
  )

  const cluster = await running.sandbox.kubernetes.addUserCluster({
    name,
    version: '1.33.2',
    issuer: { installer: 'kubeadm' },
  })
  await writeFile(path.join(directory.path, 'kubeconfig.yaml'), running.sandbox.kubernetes.localKubeconfig(name))
  environment = {
    ...environment,
    PATH: `${environment.PATH}:${path.join(directory.path, 'installed', 'bin')}`,
    WID_API: gateway.url,
    KUBECONFIG: path.join(directory.path, 'kubeconfig.yaml'),
  }
  await run(`npm install --global ${wid}`, directory.path)
  expect(await run('wid doctor', directory.path)).toContain('✔ API')
  await run(
    `wid init -f edge.yaml --kind private-issuer --name ${name} --region ${account.region} --account ${account.id} --namespace default --service-account s3-reader --policy ${policy}`,
    directory.path,
  )
  await run(`wid connect ${name} -f edge.yaml --yes`, directory.path)
  const proof = await run('wid apply --yes -f edge.yaml', directory.path, (output) => {
    const [, host] = new RegExp(`https://([a-z0-9]+\\.cloudfront\\.net)/${name}\\b`).exec(output) ?? []
    if (host !== undefined) cluster.setIssuers([`https://${host}/${name}`, kubeadmIssuer])
  })
  await gateway.close()
  expect(proof).toContain('Proof for system:serviceaccount:default:s3-reader')
}, 600_000)
