import { CreateRoleCommand, GetRoleCommand, UntagRoleCommand } from '@aws-sdk/client-iam'
import { beforeEach, expect } from 'vitest'
import { roleResource } from '../../lambdas/claims/claim.ts'
import { release } from '../../lambdas/claims/claims.ts'
import { readClusterStatus } from '../../lambdas/operations/record/cluster-record.ts'
import { writeStatus } from '../../lambdas/operations/record/status-record.ts'
import { keys } from '../../lambdas/operations/record/table.ts'
import { tagKeys } from '../../lambdas/ownership/labels.ts'
import { description as createRoleDescription } from '../../lambdas/role/create-role.step.ts'
import * as creation from '../../lambdas/role/create-role.ts'
import { description as deleteRole } from '../../lambdas/role/delete-role.step.ts'
import * as removal from '../../lambdas/role/delete-role.ts'
import { clusterRolePath } from '../../lambdas/role/name.ts'
import * as narrowing from '../../lambdas/role/narrow-trust.ts'
import { recordEndedSetup } from '../support/api/operations.ts'
import { settings } from '../support/aws/aws-account.ts'
import { roleArnOf } from '../support/aws/roles.ts'
import { accountWithPolicies, createRole, foreignTrust, type RoleAsk } from '../support/steps/role-creation.ts'
import { stepContext } from '../support/steps/step-context.ts'
import { giveAway, ownerOf, requireOneOwner, testCells } from './cell-tests.ts'

const aws = accountWithPolicies()
let count = 0
let name = ''
beforeEach(() => {
  count += 1
  name = `owned-${count}`
})

const role = (cluster = 'prod') => roleResource(roleArnOf(cluster, name))
const create = (ask: RoleAsk = {}) => createRole(name, ask)
const untag = () => aws.iam.send(new UntagRoleCommand({ RoleName: name, TagKeys: Object.values(tagKeys) }))
const found = async () => (await aws.iam.send(new GetRoleCommand({ RoleName: name }))).Role
const byHand = () =>
  aws.iam.send(
    new CreateRoleCommand({
      RoleName: name,
      Path: clusterRolePath(settings.ROLE_PATH, 'prod'),
      AssumeRolePolicyDocument: foreignTrust,
    }),
  )

function remove(dryRun = false) {
  const workload = { namespace: 'default', serviceAccount: name }
  return removal.run(
    deleteRole.input.parse({ clusterName: 'prod', workload, force: true }),
    stepContext('prod', 20_000, dryRun),
  )
}

/** Records a cluster that moved to a hosted issuer, whose role trusts both issuers. `narrow` runs NarrowTrust. */
async function moved() {
  const issuerUrl = 'https://oidc.example.com/edge'
  const former = 'https://edge.example.com'
  const cluster = await recordEndedSetup({
    example: 'kubeadm',
    workloads: [{ namespace: 'default', serviceAccount: name }],
    facts: { issuerUrl },
  })
  const contextWith = async (trustedUntil?: string, dryRun = false) => {
    const formerIssuer = { issuerUrl: former, ...(trustedUntil !== undefined && { trustedUntil }) }
    await writeStatus(keys.cluster(cluster), {}, { formerIssuer })
    return stepContext(cluster, 20_000, dryRun, await readClusterStatus(cluster))
  }
  const workload = {
    namespace: 'default',
    serviceAccount: name,
    role: { name, policyArns: [], maxSessionSeconds: 3600 },
  }
  const input = createRoleDescription.input.parse({ clusterName: cluster, workload, adopt: false })
  await creation.run(input, await contextWith())
  return {
    resource: role(cluster),
    cluster,
    narrow: async (dryRun = false) => narrowing.run({}, await contextWith('2026-11-01T12:00:00.000Z', dryRun)),
  }
}
const clouds = { aws }

testCells('role', clouds, {
  CreateRole: {
    role: {
      async own() {
        await create()
        expect((await create({ policyArns: [] })).change).toMatchObject({ action: 'updated' })
        expect(await ownerOf(role())).toBe('prod')
      },
      async another(refuses) {
        // Names of roles are unique in an account, independent of path and case.
        await giveAway(roleResource(`arn:aws:iam::000000000000:role/any/path/${name.toUpperCase()}`), 'prod')
        for (const dryRun of [true, false]) await refuses(role().name, () => create({ dryRun }))
        await byHand()
        await refuses(role().name, () => create({ adopt: true }))
      },
      async labelled(refuses) {
        await create()
        await release(role(), 'prod')
        for (const dryRun of [true, false])
          await refuses(role().name, () => create({ adopt: true, policyArns: [], dryRun }))
      },
      async unlabelled() {
        await create({ dryRun: true })
        expect(await ownerOf(role())).toBeUndefined()
        await create()
        expect(await ownerOf(role())).toBe('prod')
        name = `${name}-by-hand`
        await byHand()
        expect((await create({ adopt: true })).change).toMatchObject({ action: 'adopted' })
        expect(await ownerOf(role())).toBe('prod')
      },
      race: () => requireOneOwner(role(), ['first', 'second'], (clusterName) => create({ clusterName })),
    },
  },
  NarrowTrust: {
    role: {
      async own() {
        const { narrow } = await moved()
        expect(await narrow()).toMatchObject({ changes: [{ action: 'updated' }] })
      },
      async another(refuses) {
        const { resource, cluster, narrow } = await moved()
        await giveAway(resource, cluster)
        for (const dryRun of [true, false]) await refuses(resource.name, () => narrow(dryRun))
        expect((await readClusterStatus(cluster))?.formerIssuer).toBeDefined()
      },
      async labelled(refuses) {
        const { resource, cluster, narrow } = await moved()
        await release(resource, cluster)
        for (const dryRun of [true, false]) await refuses(resource.name, () => narrow(dryRun))
        expect((await readClusterStatus(cluster))?.formerIssuer).toBeDefined()
      },
      async unlabelled(refuses) {
        const { resource, cluster, narrow } = await moved()
        await release(resource, cluster)
        await untag()
        const { Arn = '' } = (await found()) ?? {}
        for (const dryRun of [true, false]) await refuses(Arn, () => narrow(dryRun))
        expect((await readClusterStatus(cluster))?.formerIssuer).toBeDefined()
      },
    },
  },
  DeleteRole: {
    role: {
      async own() {
        await create()
        expect(await remove()).toMatchObject({ output: { remaining: [] }, changes: [{ action: 'deleted' }] })
        expect(await ownerOf(role())).toBeUndefined()
      },
      async another(refuses) {
        await create()
        await giveAway(role(), 'prod')
        for (const dryRun of [true, false]) await refuses(role().name, () => remove(dryRun))
      },
      async labelled(refuses) {
        await create()
        await release(role(), 'prod')
        for (const dryRun of [true, false]) await refuses(role().name, () => remove(dryRun))
      },
      async unlabelled() {
        await create()
        await release(role(), 'prod')
        await untag()
        const before = await found()
        expect(await remove()).toMatchObject({ output: { remaining: [] }, changes: [{ action: 'unchanged' }] })
        expect(await found()).toEqual(before)
      },
    },
  },
})
