import { describe, expect, it, vi } from 'vitest'
import { issuerResource, providerResource } from '../../../lambdas/claims/claim.ts'
import { ownerOfEach } from '../../../lambdas/claims/claims.ts'
import { readCluster } from '../../../lambdas/operations/record/cluster-record.ts'
import { noStatus } from '../../../lambdas/operations/record/record.ts'
import { recordOperation } from '../../../lambdas/operations/start/record-operation.ts'
import { tagKeys } from '../../../lambdas/ownership/labels.ts'
import { description } from '../../../lambdas/provider/register-oidc.step.ts'
import { run } from '../../../lambdas/provider/register-oidc.ts'
import { newOperation, recordCluster } from '../../support/api/operations.ts'
import { own } from '../../support/steps/claims.ts'
import { issuerHost, keysHost, old, registration, tags, thumbprint } from '../../support/steps/registration.ts'
import { foundStatus, stepContext } from '../../support/steps/step-context.ts'

const fixture = registration()
const { aws } = fixture

describe('register-oidc', () => {
  it('registers the issuer with the thumbprint of the last certificate that its server presents', async () => {
    const { arn, change } = await fixture.register()
    expect(arn).toBe(fixture.arn())
    expect(change).toMatchObject({ object: arn, action: 'created' })
    const expected = { thumbprints: [thumbprint(fixture.issuerLeaf)], clientIds: ['sts.amazonaws.com'], tags }
    expect(await fixture.provider()).toEqual(expected)
  })

  it('writes nothing in a second run, and sends no list request', async () => {
    await fixture.register()
    await aws.calls.clear()
    expect((await fixture.register()).change).toEqual({ object: fixture.arn(), action: 'unchanged' })
    const calls = (await aws.calls.all()).map((call) => call.operation)
    expect(calls.filter((call) => !call.startsWith('dynamodb:'))).toEqual(['iam:GetOpenIDConnectProvider'])
  })

  it('records each provider with its cluster before it writes to it, and nothing in a dry run', async () => {
    const recorded = newOperation()
    const clusterName = recorded.operation.cluster
    expect(await recordOperation(recorded)).toBe('recorded')
    const recordedOf = async () => (await readCluster(clusterName))?.cluster.status

    await fixture.register({ clusterName, dryRun: true })
    expect(await recordedOf()).toEqual({ conditions: {} })
    const first = fixture.arn()
    await fixture.register({ clusterName })
    const providerChangedAt = expect.any(String)
    expect(await recordedOf()).toEqual({ providerArn: first, providerChangedAt, conditions: {} })
    await fixture.next()
    await fixture.foreignProvider()
    await aws.faults.add({ kind: 'refuse', operation: 'iam:TagOpenIDConnectProvider', times: 1 })
    await fixture.register({ clusterName, adopt: true }).catch(() => undefined)
    expect(await recordedOf()).toMatchObject({ providerArn: fixture.arn(), formerProviderArns: [first] })
  })

  it('registers the thumbprints of both servers when the keys are on another one', async () => {
    await fixture.authority.rotate()
    const other = await fixture.authority.issue([keysHost])
    fixture.keys.present(other)
    await fixture.register({ jwksHost: keysHost })
    expect((await fixture.provider()).thumbprints).toEqual([thumbprint(other), thumbprint(fixture.issuerLeaf)])
  })
})

describe('a provider', () => {
  const status = async () => (await readCluster('prod'))?.cluster.status
  const create = 'iam:CreateOpenIDConnectProvider'

  it('is claimed and recorded with one write before its creation, so that a teardown finds it and its time', async () => {
    await recordCluster('prod')
    await own('prod', issuerResource(fixture.issuerUrl()))
    await aws.calls.clear()
    await fixture.register({ ownsIssuer: false })
    expect(await aws.writesWithRecord()).toEqual(['dynamodb:TransactWriteItems', create])
  })

  it('is recorded with its time when the response is lost, so that a teardown waits until IAM shows it', async () => {
    await aws.faults.add({ kind: 'drop-response', operation: create, times: 3 })
    await expect(fixture.register()).rejects.toMatchObject({ name: 'Unreachable' })
    expect(await status()).toMatchObject({ providerArn: fixture.arn(), providerChangedAt: expect.any(String) })
  })

  it('is recorded without a time when IAM has refused to create it, so that a teardown does not wait', async () => {
    await aws.faults.add({ kind: 'refuse', operation: create, times: 1 })
    await expect(fixture.register()).rejects.toMatchObject({ name: 'AccessDenied' })
    expect(await status()).toMatchObject({ providerArn: fixture.arn() })
    expect(await status()).not.toHaveProperty('providerChangedAt')
  })

  it('is neither claimed nor created when it cannot be recorded', async () => {
    const cluster = 'unrecorded'
    await own(cluster, issuerResource(fixture.issuerUrl()))
    const context = stepContext(cluster, 20_000, false, foundStatus({ issuerUrl: fixture.issuerUrl() }))
    const registering = run(description.input.parse({ clusterName: cluster, adopt: false }), context)
    await expect(registering).rejects.toMatchObject({ name: 'ConcurrentChange' })
    expect(await ownerOfEach([providerResource(fixture.arn())])).toEqual([undefined])
    expect(await aws.writes()).toEqual([])
  })
})

describe('register-oidc and providers of other owners', () => {
  it('refuses a provider that was created by hand, and writes nothing', async () => {
    await fixture.foreignProvider()
    await aws.calls.clear()
    await expect(fixture.register()).rejects.toMatchObject({
      name: 'OwnershipConflict',
      object: fixture.arn(),
      action: expect.stringContaining('adopt: true'),
    })
    expect(await aws.writes()).toEqual([])
  })

  it('adopts it on request, keeps its thumbprints and client IDs, and tags it first', async () => {
    await fixture.foreignProvider()
    await aws.calls.clear()
    expect((await fixture.register({ adopt: true })).change).toMatchObject({ action: 'adopted' })
    expect(await fixture.provider()).toEqual({
      thumbprints: [old, thumbprint(fixture.issuerLeaf)],
      clientIds: ['theirs', 'sts.amazonaws.com'],
      tags: { ...tags, [tagKeys.adopted]: 'true' },
    })
    expect((await aws.writes())[0]).toBe('iam:TagOpenIDConnectProvider')
    await aws.calls.clear()
    expect((await fixture.register()).change).toMatchObject({ action: 'unchanged' })
    expect(await aws.writes()).toEqual([])
  })
})

describe('register-oidc after failures', () => {
  it('refuses a certificate chain that does not validate, and writes nothing', async () => {
    fixture.issuer.present(await fixture.authority.issue([issuerHost], { untrusted: true }))
    await expect(fixture.register()).rejects.toMatchObject({
      name: 'UntrustedCertificate',
      object: expect.stringContaining(issuerHost),
    })
    expect(await aws.writes()).toEqual([])
  })

  it('waits for IAM when a write is refused just after the tag that allows it', async () => {
    await fixture.foreignProvider()
    await aws.faults.add({ kind: 'refuse', operation: 'iam:UpdateOpenIDConnectProviderThumbprint', times: 1 })
    await expect(fixture.register({ adopt: true })).rejects.toMatchObject({ name: 'NotYetConsistent' })
    await aws.faults.add({ kind: 'refuse', operation: 'iam:UpdateOpenIDConnectProviderThumbprint', times: 1 })
    await expect(fixture.register({ adopt: true })).rejects.toMatchObject({ name: 'NotYetConsistent' })
    vi.useFakeTimers({ now: Date.now() + 121_000, toFake: ['Date'] })
    await aws.faults.add({ kind: 'refuse', operation: 'iam:UpdateOpenIDConnectProviderThumbprint', times: 1 })
    const denied = fixture.register({ adopt: true })
    await expect(denied).rejects.toMatchObject({
      name: 'AccessDenied',
      object: fixture.arn(),
      reason: expect.stringContaining('iam:UpdateOpenIDConnectProviderThumbprint'),
    })
    vi.useRealTimers()
    expect((await fixture.register()).change).toMatchObject({ action: 'updated' })
  })

  it('waits for IAM when a read is refused just after the creation of the provider', async () => {
    const recorded = newOperation()
    const clusterName = recorded.operation.cluster
    expect(await recordOperation(recorded)).toBe('recorded')
    await fixture.register({ clusterName })
    const status = (await readCluster(clusterName))?.cluster.status ?? noStatus
    const read = 'iam:GetOpenIDConnectProvider'
    const again = () => fixture.register({ clusterName, status })
    await aws.faults.add({ kind: 'refuse', operation: read, times: 1 })
    await expect(again()).rejects.toMatchObject({ name: 'NotYetConsistent' })
    vi.useFakeTimers({ now: Date.now() + 121_000, toFake: ['Date'] })
    await aws.faults.add({ kind: 'refuse', operation: read, times: 1 })
    await expect(again()).rejects.toMatchObject({ name: 'AccessDenied', reason: expect.stringContaining(read) })
    vi.useRealTimers()
  })

  it('converges when another run has written first', async () => {
    // Both are claimed in advance, because moto may return half of an item that is written at the same time.
    await own('prod', issuerResource(fixture.issuerUrl()), providerResource(fixture.arn()))
    const register = () => fixture.register({ ownsIssuer: false })
    const results = await Promise.all([register(), register(), register()])
    expect(results.filter(({ change }) => change?.action === 'created')).toHaveLength(1)
    const expected = { thumbprints: [thumbprint(fixture.issuerLeaf)], clientIds: ['sts.amazonaws.com'], tags }
    expect(await fixture.provider()).toEqual(expected)
  })

  it.each([
    'iam:CreateOpenIDConnectProvider',
    'iam:TagOpenIDConnectProvider',
    'iam:UpdateOpenIDConnectProviderThumbprint',
  ])('a second run reaches the same state when the response of %s was lost', async (operation) => {
    if (operation !== 'iam:CreateOpenIDConnectProvider') await fixture.foreignProvider()
    // One fault for each of the three attempts of the client.
    await aws.faults.add({ kind: 'drop-response', operation, times: 3 })
    await fixture.register({ adopt: true }).catch(() => undefined)
    await aws.faults.clear()
    await fixture.register({ adopt: true })
    const observed = await fixture.provider()
    expect(observed.thumbprints).toContain(thumbprint(fixture.issuerLeaf))
    expect(observed.clientIds).toContain('sts.amazonaws.com')
    expect(observed.tags).toMatchObject(tags)
    await aws.calls.clear()
    await fixture.register()
    expect(await aws.writes()).toEqual([])
  })
})
