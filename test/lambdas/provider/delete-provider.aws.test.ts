import { DeleteOpenIDConnectProviderCommand } from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { readCluster } from '../../../lambdas/operations/record/cluster-record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { description } from '../../../lambdas/provider/delete-provider.step.ts'
import { run } from '../../../lambdas/provider/delete-provider.ts'
import { exampleSpec, firstGeneration, newOperation, recordSetUpAs } from '../../support/api/operations.ts'
import { registration } from '../../support/steps/registration.ts'
import { stepContext } from '../../support/steps/step-context.ts'

const fixture = registration()

const arnOf = (issuerUrl: string) => `arn:aws:iam::000000000000:oidc-provider/${issuerUrl.slice('https://'.length)}`

async function remove({ dryRun = false, issuerUrls = [fixture.issuerUrl()] } = {}) {
  const context = stepContext('prod', 20_000, dryRun, { formerProviderArns: issuerUrls.map(arnOf) })
  const result = await run(description.input.parse({ clusterName: 'prod' }), context)
  expect(result).toMatchObject({ output: { remaining: [] } })
  return result.changes ?? []
}

const provider = () =>
  fixture.provider().catch((error: unknown) => {
    if (error instanceof Error && error.name.startsWith('NoSuchEntity')) return undefined
    throw error
  })

/** Records another cluster as a setup does. */
async function record({
  facts = {},
  ...requested
}: {
  issuerUrl?: string
  facts?: { issuerUrl?: string }
}): Promise<string> {
  const recorded = newOperation()
  const { cluster } = recorded.operation
  const change = firstGeneration(exampleSpec('existing-cluster', { cluster: requested }))
  expect(await recordOperation({ ...recorded, change })).toBe('recorded')
  await recordSetUpAs(cluster, { facts })
  return cluster
}

describe('the OIDC provider of a cluster', () => {
  it('is tried again when IAM does not show it a moment after its creation', async () => {
    const recorded = newOperation()
    const clusterName = recorded.operation.cluster
    expect(await recordOperation(recorded)).toBe('recorded')
    const removeAsRecorded = async () => {
      const status = (await readCluster(clusterName))?.cluster.status
      return run(description.input.parse({ clusterName }), stepContext(clusterName, 20_000, false, status))
    }
    const { arn } = await fixture.register({ clusterName })
    await fixture.aws.iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))
    await expect(removeAsRecorded()).rejects.toMatchObject({ name: 'NotYetConsistent', object: arn })
    await fixture.register({ clusterName })
    expect(await removeAsRecorded()).toMatchObject({ changes: [{ object: arn, action: 'deleted' }] })
    expect(await removeAsRecorded()).toMatchObject({ changes: [] })
  })

  it('is deleted when we have created it for this cluster', async () => {
    const { arn } = await fixture.register()
    const listed = await remove({ dryRun: true })
    expect(await provider()).toBeDefined()
    expect(await remove()).toEqual([{ object: arn, action: 'deleted' }])
    expect(listed).toEqual([{ object: arn, action: 'deleted' }])
    expect(await provider()).toBeUndefined()
    expect(await remove()).toEqual([])
  })

  it('is deleted with those of its former issuers, although that of another cluster is kept', async () => {
    const [earlier, first] = [await fixture.register(), fixture.issuerUrl()]
    await fixture.next()
    const [other, second] = [await fixture.register({ clusterName: 'test' }), fixture.issuerUrl()]
    await fixture.next()
    const newest = await fixture.register()
    expect(await remove({ issuerUrls: [first, second, fixture.issuerUrl()] })).toEqual([
      { object: earlier.arn, action: 'deleted' },
      { object: other.arn, action: 'unchanged', detail: expect.stringContaining('stays') },
      { object: newest.arn, action: 'deleted' },
    ])
    expect(await remove({ issuerUrls: [first] })).toEqual([])
    expect(await provider()).toBeUndefined()
  })

  it('is not read when no setup has registered one', async () => {
    await fixture.aws.calls.clear()
    expect(await remove({ issuerUrls: [] })).toEqual([])
    expect(await fixture.aws.calls.all()).toEqual([])
  })

  it('is not changed when it belongs to another cluster', async () => {
    await fixture.register({ clusterName: 'test' })
    expect(await remove()).toMatchObject([{ action: 'unchanged' }])
    expect(await provider()).toBeDefined()
  })

  it.each([
    ['has by its status', () => record({ facts: { issuerUrl: fixture.issuerUrl() } })],
    ['has by its spec', () => record({ issuerUrl: fixture.issuerUrl() })],
  ])('is also deleted when another cluster %s the same issuer without owning it', async (_, recorded) => {
    const { arn } = await fixture.register()
    await recorded()
    expect(await remove()).toEqual([{ object: arn, action: 'deleted' }])
  })

  it('is kept without our tags when it was adopted', async () => {
    await fixture.foreignProvider({ clientIds: ['sts.amazonaws.com'] })
    await fixture.register({ adopt: true })
    expect(await remove()).toMatchObject([{ action: 'updated' }])
    expect((await provider())?.tags).toEqual({})
    expect(await remove()).toMatchObject([{ action: 'unchanged' }])
  })
})
