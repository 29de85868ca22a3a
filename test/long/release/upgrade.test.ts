/** Upgrades a deployment from the kit of the previous release to the kit of this checkout, rolls it back, and upgrades it again. */
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stringify } from 'yaml'
import * as z from 'zod/mini'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import { cdk, deploy } from '../../../sandbox/aws/deploy.ts'
import { startGateway } from '../../../sandbox/gateway/server.ts'
import { writeKit } from '../../../tools/release/kit.ts'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import { handMadeCluster } from '../../e2e/support/clusters/hand-made-cluster.ts'
import { privateCluster, setUpPrivate } from '../../e2e/support/clusters/private-cluster.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { driftOf } from '../../e2e/support/runs/comparison.ts'
import { System, startSystem } from '../../e2e/support/system.ts'
import { userWithAllRights } from '../support/user.ts'
import { clone, linkPackages } from './clone.ts'
import previous from './previous-release.json' with { type: 'json' }

const root = path.resolve(import.meta.dirname, '../../..')
const settings = {
  name: 'Upgraded',
  secretPrefix: 'workload-identity',
  rolePath: '/workload-identity/',
  allowedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
  inlinePolicyActions: ['s3:*'],
  access: { grants: [{ name: 'platform', role: 'administrator', to: [{ iam: { user: 'somebody' } }] }] },
  issuerHost: {},
  webhookTimeoutSeconds: 600,
}

/** In the checkout, because hard links do not cross file systems. */
const directory = path.join(root, '.sandbox', `upgrade-${process.pid}`)
let first: System

beforeAll(async () => {
  first = await startSystem()
  await mkdir(directory, { recursive: true })
}, 240_000)
afterAll(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }))

const folderOf = (name: string) => path.join(directory, name)
const options = (kit: string) => ({
  aws: first.sandbox.aws,
  directory: folderOf('cdk'),
  app: path.join(kit, 'infra/app.ts'),
})

/** The kit of a commit, made by the tools of that commit. */
async function kitOf({ commit, version }: typeof previous): Promise<string> {
  const checkout = folderOf('previous')
  clone(root, checkout, commit)
  await installLike(checkout, 'ci')
  execFileSync(process.execPath, ['tools/release/main.ts', '--to', folderOf('files'), 'kit'], { cwd: checkout })
  const name = `workload-identity-deployment-${version}`
  execFileSync('tar', ['-xzf', path.join(folderOf('files'), `${name}.tgz`)], { cwd: directory })
  return ready(folderOf(name))
}

async function kitOfCheckout(): Promise<string> {
  const folder = folderOf('next')
  await mkdir(folder)
  await writeKit(folder)
  return ready(folder)
}

async function ready(kit: string): Promise<string> {
  await installLike(kit, 'ci', '--omit=dev')
  await writeFile(path.join(kit, 'settings.yaml'), stringify(settings))
  return kit
}

/** Uses the installed packages of this checkout, unless the folder needs others. */
async function installLike(folder: string, ...install: string[]): Promise<void> {
  const locked = async (where: string): Promise<Record<string, { integrity?: string }>> =>
    JSON.parse(await readFile(path.join(where, 'package-lock.json'), 'utf8')).packages
  const [ours, wanted] = await Promise.all([locked(root), locked(folder)])
  const isSame = Object.entries(wanted).every(([name, { integrity }]) => ours[name]?.integrity === integrity)
  if (isSame) linkPackages(root, folder)
  else execFileSync('npm', install, { cwd: folder })
}

/** The physical IDs of the stack's resources, except the versions of functions, of which each release publishes its own. */
async function resources(): Promise<Map<string, string>> {
  const { endpoint } = first.sandbox.aws
  const client = new CloudFormationClient({ endpoint, region: account.region, credentials: rootCredentials })
  const found = new Map<string, string>()
  for await (const { StackResourceSummaries = [] } of paginateListStackResources(
    { client },
    { StackName: settings.name },
  )) {
    for (const { LogicalResourceId = '', PhysicalResourceId = '', ResourceType } of StackResourceSummaries) {
      if (ResourceType !== 'AWS::Lambda::Version') found.set(LogicalResourceId, PhysicalResourceId)
    }
  }
  client.destroy()
  return found
}

/**
 * Deploys a kit. The resources of the previous release remain, by CloudFormation's rules as the CDK knows them, and by
 * their IDs. A rollback may delete the ones that the next release has added.
 *
 * @param kept logical and physical IDs
 */
async function change(kit: string, kept: ReadonlyMap<string, string>): Promise<void> {
  const announced = await cdk(['diff', '--method=template'], options(kit))
  // The words that the CDK adds to a resource or a property. Definitions of state machines may contain other ones.
  const loss = /\[-\] AWS::|\[~\] AWS::.* (may be replaced|replace)$|(requires|may cause) replacement/
  const isAdded = (line: string) => {
    const [, name = ''] = /^\[-\] .* (\w+) destroy$/.exec(line) ?? []
    return name !== '' && !kept.has(name)
  }
  const lost = announced.filter((line) => loss.test(line) && !line.includes('AWS::Lambda::Version') && !isAdded(line))
  expect(lost).toEqual([])
  await deploy(options(kit))
  const after = await resources()
  for (const [name, id] of kept) expect([name, after.get(name)]).toEqual([name, id])
}

const waitsForCluster = ({ steps }: OperationAnswer) =>
  steps.some(({ state, status }) => state === 'CheckCluster' && status === 'waiting')

test('an upgrade replaces and loses nothing, lets running operations end, and can be rolled back and repeated', async () => {
  const [old, next] = [await kitOf(previous), await kitOfCheckout()]
  const user = await userWithAllRights(first)
  await cdk(['bootstrap'], options(old))
  const deployment = await deploy(options(old))
  const kept = await resources()
  const gateway = await startGateway({ ...deployment.api, users: new Map([['administrator', user]]) }, { firstPort: 0 })
  const running = new System({ ...first.sandbox, deployment, gateway })

  const created = await ownCluster(running, 'upgraded')
  const [existing, hosted] = [await existingCluster(running, 'upgraded'), await privateCluster(running, 'upgraded-p')]
  expect((await running.setUp(created.body())).error).toBeUndefined()
  expect((await running.setUp(existing.body())).error).toBeUndefined()
  expect((await setUpPrivate(running, hosted)).ended.error).toBeUndefined()
  const handMade = await ownCluster(running, 'upgraded-h')
  await handMadeCluster(running, handMade)
  const withoutSpec = handMade.body({
    'cluster.spec': undefined,
    'cluster.nodePools': undefined,
    discovery: undefined,
  })
  expect((await running.setUp(withoutSpec)).error).toBeUndefined()
  const bodies = new Map([
    [created.name, created.body()],
    [existing.name, existing.body()],
    [hosted.name, hosted.body],
    [handMade.name, withoutSpec],
  ])
  const read = async (name: string) =>
    z.looseObject({}).parse(await (await fetch(`${running.api}/v1/clusters/${name}`)).json())
  const records = new Map<string, object>()
  for (const name of bodies.keys()) records.set(name, await read(name))

  const { kubernetes } = running.sandbox
  const soon = kubernetes.provisioningMs
  for (const [release, kit] of [
    ['next', next],
    ['previous', old],
    ['next again', next],
  ] as const) {
    kubernetes.provisioningMs = Number.POSITIVE_INFINITY
    const waiting = await running.start((await ownCluster(running, 'waiting')).body())
    await running.until(waiting, waitsForCluster)
    await change(kit, kept)
    kubernetes.provisioningMs = soon
    expect((await running.ended(waiting)).error, release).toBeUndefined()
    for (const [name, body] of bodies) {
      const [before, after] = [records.get(name) ?? {}, await read(name)]
      // The next release may add fields (docs/compatibility.md).
      const [more, fewer] = kit === old ? [before, after] : [after, before]
      expect(more, release).toMatchObject(fewer)
      expect((await driftOf(running, name)).summary.differences, release).toBe(0)
      expect((await running.setUp(body)).error, release).toBeUndefined()
      records.set(name, await read(name))
    }
  }
  await gateway.close()
}, 900_000)
