/**
 * Runs register-oidc and create-role between changes by hand, on the sandbox's AWS and on moto. The same sequence must have
 * the same results, writes and final state.
 */

import {
  AttachRolePolicyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRolePermissionsBoundaryCommand,
  DetachRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  TagOpenIDConnectProviderCommand,
  TagRoleCommand,
  UntagOpenIDConnectProviderCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { issuerResource } from '../../lambdas/claims/claim.ts'
import { StepError } from '../../lambdas/errors/step-errors.ts'
import { readClusterStatus } from '../../lambdas/operations/record/cluster-record.ts'
import { addWorkloadsToList } from '../../lambdas/operations/record/workload-record.ts'
import { tagKeys } from '../../lambdas/ownership/labels.ts'
import { description as registerOidcDescription } from '../../lambdas/provider/register-oidc.step.ts'
import * as registerOidc from '../../lambdas/provider/register-oidc.ts'
import { change } from '../../lambdas/report/change.ts'
import { description as createRoleDescription } from '../../lambdas/role/create-role.step.ts'
import { clusterRolePath } from '../../lambdas/role/name.ts'
import { account } from '../../sandbox/account.ts'
import { rootUserEnvironment, startAws } from '../../sandbox/aws/server.ts'
import type { Leaf } from '../../sandbox/network/authority.ts'
import type { PublicHost } from '../../sandbox/network/public-host.ts'
import { recordCluster } from '../support/api/operations.ts'
import { createResources, settings } from '../support/aws/aws-account.ts'
import { setEnvironment } from '../support/environment.ts'
import { type Internet, startInternet } from '../support/network/internet.ts'
import { python } from '../support/python.ts'
import { own } from '../support/steps/claims.ts'
import { runInRecord } from '../support/steps/role-creation.ts'
import { foundStatus, stepContext } from '../support/steps/step-context.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { startMotoServer } from './moto-server.ts'
import { type Front, startMotoFront } from './moto-server-front.ts'
import { providerState, roleState } from './moto-server-snapshot.ts'

const issuerHost = 'issuer.example.com'
const keysHost = 'keys.example.com'
const s3 = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const sqs = `arn:aws:iam::${account.id}:policy/sqs-reader`
const sns = `arn:aws:iam::${account.id}:policy/sns-reader`
const allow = (...Action: string[]) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
})
const foreignTrust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})

let internet: Internet
let issuer: PublicHost
let leaves: Leaf[]
let front: Front
let servers: Record<'sandbox' | 'moto', string>
let iam: IAMClient
let close: () => Promise<void>
let run = 0

beforeAll(async () => {
  internet = await startInternet()
  issuer = await internet.host(issuerHost, (_, response) => response.end())
  await internet.host(keysHost, (_, response) => response.end())
  leaves = []
  for (let index = 0; index < 3; index += 1) {
    leaves.push(await internet.authority.issue([issuerHost]))
    await internet.authority.rotate()
  }
  const directory = await temporaryDirectory()
  const [sandbox, moto] = await Promise.all([
    startAws({ python, directory: directory.path, environment: {}, auth: false }),
    startMotoServer(directory.path),
  ])
  servers = { sandbox: sandbox.endpoint, moto: moto.endpoint }
  front = await startMotoFront(sandbox.endpoint)
  const restore = setEnvironment({ ...rootUserEnvironment(front.endpoint, account.region), ...settings })
  iam = new IAMClient({ maxAttempts: 1 })
  for (const server of [servers.sandbox, servers.moto]) {
    front.sendTo(server)
    await createResources(iam, ['sqs-reader', 'sns-reader'])
  }
  close = async () => {
    iam.destroy()
    restore()
    await front.close()
    await Promise.all([sandbox.close(), moto.close()])
    await internet.end()
    await directory.remove()
  }
})
afterAll(() => close())

const providerUrl = (index: number) => `https://${issuerHost}/run-${run}-${index}`
const providerArn = (index: number) => `arn:aws:iam::${account.id}:oidc-provider/${issuerHost}/run-${run}-${index}`
const roleName = (index: number) => `run-${run}-${index}`

const cluster = fc.constantFrom('prod', 'dev')
const adopt = fc.boolean()
const index = fc.nat({ max: 1 })
const policies = fc.subarray([s3, sqs, sns])

/** Changes of a provider by hand. The index is that of its issuer. */
const toProvider = {
  make: (of: number) =>
    iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: providerUrl(of),
        ClientIDList: ['theirs', 'sts.amazonaws.com'],
        ThumbprintList: ['0'.repeat(40)],
      }),
    ),
  delete: (of: number) =>
    iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: providerArn(of) })),
  replaceThumbprints: (of: number) =>
    iam.send(
      new UpdateOpenIDConnectProviderThumbprintCommand({
        OpenIDConnectProviderArn: providerArn(of),
        ThumbprintList: ['1', '2', '3', '4', '5'].map((digit) => digit.repeat(40)),
      }),
    ),
  tag: (of: number) =>
    iam.send(
      new TagOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: providerArn(of),
        Tags: [{ Key: 'team', Value: 'blue' }],
      }),
    ),
  untag: (of: number) =>
    iam.send(
      new UntagOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: providerArn(of),
        TagKeys: [tagKeys.deployment],
      }),
    ),
}

const made = (of: number, Path: string) =>
  iam.send(new CreateRoleCommand({ RoleName: roleName(of), Path, AssumeRolePolicyDocument: foreignTrust }))

/** Changes of a role by hand. */
const toRole = {
  make: (of: number) => made(of, clusterRolePath(settings.ROLE_PATH, 'prod')),
  makeElsewhere: (of: number) => made(of, '/'),
  attach: (of: number) => iam.send(new AttachRolePolicyCommand({ RoleName: roleName(of), PolicyArn: sqs })),
  detach: (of: number) => iam.send(new DetachRolePolicyCommand({ RoleName: roleName(of), PolicyArn: s3 })),
  putInline: (of: number) =>
    iam.send(
      new PutRolePolicyCommand({
        RoleName: roleName(of),
        PolicyName: 'theirs',
        PolicyDocument: JSON.stringify(allow('sqs:SendMessage')),
      }),
    ),
  untag: (of: number) => iam.send(new UntagRoleCommand({ RoleName: roleName(of), TagKeys: [tagKeys.deployment] })),
  tag: (of: number) => iam.send(new TagRoleCommand({ RoleName: roleName(of), Tags: [{ Key: 'team', Value: 'blue' }] })),
  trust: (of: number) =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: roleName(of), PolicyDocument: foreignTrust })),
  unbind: (of: number) => iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: roleName(of) })),
  describe: (of: number) => iam.send(new UpdateRoleCommand({ RoleName: roleName(of), Description: 'mine' })),
}

const registration = fc.record({
  does: fc.constant('register' as const),
  index,
  cluster,
  adopt,
  keysElsewhere: fc.boolean(),
  dryRun: fc.boolean(),
})
const creation = fc.record({
  does: fc.constant('create-role' as const),
  index,
  cluster,
  adopt,
  policies,
  dryRun: fc.boolean(),
  inline: fc.constantFrom(undefined, allow('s3:GetObject'), allow('s3:GetObject', 's3:ListBucket')),
  seconds: fc.constantFrom(3600, 7200),
  serviceAccount: fc.constantFrom('reader', 'writer'),
})
const keysOf = <Key extends string>(object: Record<Key, unknown>) => Object.keys(object) as Key[]
const byHand = fc.oneof(
  fc.record({ does: fc.constant('provider' as const), index, what: fc.constantFrom(...keysOf(toProvider)) }),
  fc.record({ does: fc.constant('role' as const), index, what: fc.constantFrom(...keysOf(toRole)) }),
  fc.record({ does: fc.constant('certificate' as const), leaf: fc.nat({ max: 2 }) }),
)
const action = fc.oneof(
  { arbitrary: registration, weight: 2 },
  { arbitrary: creation, weight: 3 },
  { arbitrary: byHand, weight: 3 },
)
type Generated<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never
type Action = Generated<typeof action>

interface Result {
  readonly outcome: unknown
  /** Writing operations of IAM and of the table. */
  readonly writes: readonly string[]
}

function perform(action: Action): Promise<Result> {
  switch (action.does) {
    case 'register':
      return register(action)
    case 'create-role':
      return create(action)
    case 'provider':
      return result(() => toProvider[action.what](action.index))
    case 'role':
      return result(() => toRole[action.what](action.index))
    case 'certificate':
      return result(async () => present(action.leaf))
  }
}

/** Lets the issuer's server present this certificate. */
function present(index: number): void {
  const leaf = leaves[index]
  if (leaf) issuer.present(leaf)
}

/** Claims the issuer first, as CheckCluster does. A dry run claims nothing. */
async function register(step: Generated<typeof registration>): Promise<Result> {
  const issuerUrl = providerUrl(step.index)
  if (!step.dryRun) await recordCluster(step.cluster)
  const claiming = step.dryRun ? Promise.resolve() : own(step.cluster, issuerResource(issuerUrl))
  const refused = await claiming.then(() => undefined, failureOf)
  if (refused) return { outcome: refused, writes: [] }
  const jwksUri = step.keysElsewhere ? `https://${keysHost}/keys` : `${issuerUrl}/openid/v1/jwks`
  const request = { clusterName: step.cluster, adopt: step.adopt }
  const status = { ...(await readClusterStatus(step.cluster)), cluster: { issuerUrl, jwksUri } }
  const context = stepContext(step.cluster, 20_000, step.dryRun, status)
  return result(() => registerOidc.run(registerOidcDescription.input.parse(request), context))
}

/** Records the request first, as the API does. */
async function create({ serviceAccount, inline, ...step }: Generated<typeof creation>): Promise<Result> {
  const role = {
    name: roleName(step.index),
    policyArns: step.policies,
    maxSessionSeconds: step.seconds,
    ...(inline && { inlinePolicy: inline }),
  }
  const workload = { namespace: `run-${run}`, serviceAccount, role }
  const request = {
    clusterName: step.cluster,
    workload,
    adopt: step.adopt,
  }
  await addWorkloadsToList({ cluster: { name: step.cluster }, workloads: [workload] })
  const status = foundStatus({ issuerUrl: providerUrl(step.index) })
  const context = stepContext(step.cluster, 20_000, step.dryRun, status)
  return result(() => runInRecord(createRoleDescription.input.parse(request), context))
}

/** Runs an action, and returns its outcome and its writes. */
async function result(act: () => Promise<unknown>): Promise<Result> {
  await front.calls.clear()
  const outcome = await act().then(outcomeOf, failureOf)
  const writes = (await front.calls.all()).filter((call) => call.write).map((call) => call.operation)
  return { outcome, writes }
}

function outcomeOf(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || !('changes' in answer)) return 'done'
  // The recorded state contains times.
  return JSON.parse(JSON.stringify({ ...answer, observed: undefined }), inAnyOrder)
}

/** Sorts the lists of a result, because the servers list policies in different orders. */
function inAnyOrder(key: string, value: unknown): unknown {
  if (key === 'detail' && typeof value === 'string') return wordsOf(value)
  const isList = (key === 'differences' || key === 'additions') && Array.isArray(value)
  return isList ? value.map((each) => JSON.stringify(each)).sort() : value
}

function wordsOf(detail: string): string[] {
  return detail.split('; ').map((part) => part.split(/,? /).sort().join(' '))
}

function failureOf(error: unknown): object {
  if (error instanceof StepError) return { name: error.name, object: error.object, reason: error.reason }
  if (error instanceof Error) return { name: error.name }
  throw error
}

interface Results {
  readonly results: readonly Result[]
  readonly end: readonly unknown[]
}

/** Runs the actions on a server. Returns the result of each, and the final state. */
async function runActions(server: keyof typeof servers, actions: readonly Action[]): Promise<Results> {
  front.sendTo(servers[server])
  present(0)
  const results: Result[] = []
  for (const each of actions) results.push(await perform(each))
  const state = [0, 1].flatMap((of) => [providerState(iam, providerArn(of)), roleState(iam, roleName(of))])
  const end = await Promise.all(state)
  // An account has at most 100 providers.
  await Promise.all([0, 1].map(toProvider.delete))
  return { results, end }
}

test('a sequence of steps and changes by hand has the same results, writes and final state on both servers', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 12 }), async (actions) => {
      run += 1
      const ours = await runActions('sandbox', actions)
      expect(await runActions('moto', actions)).toEqual(ours)
    }),
    { numRuns: 40 },
  )
})

test('a repeated step writes nothing, whatever the state before', async () => {
  const step = fc.oneof(registration, creation)
  await fc.assert(
    fc.asyncProperty(fc.array(byHand, { maxLength: 6 }), step, async (before, drawn) => {
      run += 1
      for (const server of ['sandbox', 'moto'] as const) {
        const done = { ...drawn, dryRun: false }
        const { results } = await runActions(server, [...before, done, done])
        expect(results.at(-1)?.writes).toEqual([])
      }
    }),
    { numRuns: 20 },
  )
})

test('a dry run writes nothing, and announces the changes of the step, whatever the state before', async () => {
  const step = fc.oneof(registration, creation)
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 6 }), step, async (before, drawn) => {
      run += 1
      for (const server of ['sandbox', 'moto'] as const) {
        const actions = [...before, { ...drawn, dryRun: true }, { ...drawn, dryRun: false }]
        const [reported, done] = (await runActions(server, actions)).results.slice(-2)
        expect(reported?.writes).toEqual([])
        expect(announcedBy(reported?.outcome)).toEqual(done?.outcome)
      }
    }),
    { numRuns: 30 },
  )
})

/** The outcome of the real run that a dry run announces: the changes, or the error. */
function announcedBy(outcome: unknown): unknown {
  const refused = refusals.safeParse(outcome).data?.changes.flatMap((change) => change.refused ?? [])[0]
  if (refused) return { name: refused.name, object: refused.object, reason: refused.reason }
  const isOfDryRun = (key: string) => ['differences', 'additions', 'made'].includes(key)
  return JSON.parse(JSON.stringify(outcome), (key, value) => (isOfDryRun(key) ? undefined : value))
}

const refusals = z.object({ changes: z.array(z.pick(change, { refused: true })) })
