/** Tests that moto does not support: changes of client IDs, and the quota of the account. Others are in register-oidc.aws.test.ts. */
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
} from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { old, registration, tags, thumbprint } from '../../support/steps/registration.ts'

const fixture = registration()
const { aws } = fixture

describe('register-oidc and client IDs', () => {
  it('restores a removed audience, keeps those of others, and a dry run reports that before', async () => {
    await fixture.register()
    const audience = { OpenIDConnectProviderArn: fixture.arn(), ClientID: 'sts.amazonaws.com' }
    await aws.iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...audience, ClientID: 'theirs' }))
    await aws.iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand(audience))
    await aws.calls.clear()
    const { change } = await fixture.register({ dryRun: true })
    expect(change).toMatchObject({
      action: 'updated',
      differences: [{ field: 'clientIds', desired: 'sts.amazonaws.com' }],
      additions: [{ field: 'clientIds', observed: 'theirs' }],
    })
    expect(await aws.writes()).toEqual([])
    expect((await fixture.register()).change).toMatchObject({ object: change?.object, action: 'updated' })
    expect((await fixture.provider()).clientIds).toEqual(['theirs', 'sts.amazonaws.com'])
    expect(await aws.writes()).toEqual(['iam:AddClientIDToOpenIDConnectProvider'])
  })

  it('adds the audience to a provider that it adopts, after the tag and the thumbprints', async () => {
    await fixture.foreignProvider({ clientIds: ['theirs'] })
    await aws.calls.clear()
    await fixture.register({ adopt: true })
    expect(await fixture.provider()).toMatchObject({
      thumbprints: [old, thumbprint(fixture.issuerLeaf)],
      clientIds: ['theirs', 'sts.amazonaws.com'],
    })
    expect(await aws.writes()).toEqual([
      'iam:TagOpenIDConnectProvider',
      'iam:UpdateOpenIDConnectProviderThumbprint',
      'iam:AddClientIDToOpenIDConnectProvider',
    ])
  })

  it('a second run reaches the same state when the response of the addition was lost', async () => {
    await fixture.foreignProvider({ clientIds: ['theirs'] })
    // One fault for each of the three attempts of the client.
    await aws.faults.add({ kind: 'drop-response', operation: 'iam:AddClientIDToOpenIDConnectProvider', times: 3 })
    await fixture.register({ adopt: true }).catch(() => undefined)
    await aws.faults.clear()
    await fixture.register({ adopt: true })
    const observed = await fixture.provider()
    expect(observed.clientIds).toEqual(['theirs', 'sts.amazonaws.com'])
    expect(observed.tags).toMatchObject(tags)
  })
})

describe('register-oidc in a full account', () => {
  it('reports that the account has its maximum of providers', async () => {
    const others = Array.from({ length: 100 }, (_, index) => `https://others.example.com/${index}`)
    // IAM refuses those beyond the quota.
    await Promise.allSettled(others.map((Url) => aws.iam.send(new CreateOpenIDConnectProviderCommand({ Url }))))
    await expect(fixture.register()).rejects.toMatchObject({
      name: 'LimitExceeded',
      object: fixture.arn(),
      reason: expect.stringContaining('100 OIDC providers'),
    })
  })
})
