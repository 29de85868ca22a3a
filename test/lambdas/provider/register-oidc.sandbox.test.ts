/** What moto has not: client IDs of a provider that change, and the account's quota. The rest is in register-oidc.aws.test.ts. */
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
} from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { old, registration, tags, thumbprint } from '../../support/steps/registration.ts'

const world = registration()
const { aws } = world

describe('register-oidc and client IDs', () => {
  it('brings back the audience that somebody took away, beside those of others, as a dry run says before', async () => {
    await world.register()
    const audience = { OpenIDConnectProviderArn: world.arn(), ClientID: 'sts.amazonaws.com' }
    await aws.iam.send(new AddClientIDToOpenIDConnectProviderCommand({ ...audience, ClientID: 'theirs' }))
    await aws.iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand(audience))
    await aws.calls.clear()
    const { change } = await world.register({ dryRun: true })
    expect(change).toMatchObject({
      action: 'updated',
      differences: [{ field: 'clientIds', desired: 'sts.amazonaws.com' }],
      additions: [{ field: 'clientIds', observed: 'theirs' }],
    })
    expect(await aws.writes()).toEqual([])
    expect((await world.register()).change).toMatchObject({ object: change?.object, action: 'updated' })
    expect((await world.provider()).clientIds).toEqual(['theirs', 'sts.amazonaws.com'])
    expect(await aws.writes()).toEqual(['iam:AddClientIDToOpenIDConnectProvider'])
  })

  it('adds the audience to those of a provider that it adopts, after the mark and the thumbprints', async () => {
    await world.foreignProvider({ clientIds: ['theirs'] })
    await aws.calls.clear()
    await world.register({ adopt: true })
    expect(await world.provider()).toMatchObject({
      thumbprints: [old, thumbprint(world.issuerLeaf)],
      clientIds: ['theirs', 'sts.amazonaws.com'],
    })
    expect(await aws.writes()).toEqual([
      'iam:TagOpenIDConnectProvider',
      'iam:UpdateOpenIDConnectProviderThumbprint',
      'iam:AddClientIDToOpenIDConnectProvider',
    ])
  })

  it('ends in the same state when the answer to its addition is lost and it is run again', async () => {
    await world.foreignProvider({ clientIds: ['theirs'] })
    // Three times, for each attempt of the client.
    await aws.faults.add({ kind: 'drop-response', operation: 'iam:AddClientIDToOpenIDConnectProvider', times: 3 })
    await world.register({ adopt: true }).catch(() => undefined)
    await aws.faults.clear()
    await world.register({ adopt: true })
    const observed = await world.provider()
    expect(observed.clientIds).toEqual(['theirs', 'sts.amazonaws.com'])
    expect(observed.tags).toMatchObject(tags)
  })
})

describe('register-oidc in a full account', () => {
  it('says that the account holds no more providers, and what to do', async () => {
    const others = Array.from({ length: 100 }, (_, index) => `https://others.example.com/${index}`)
    // Those that do not fit any more are refused here.
    await Promise.allSettled(others.map((Url) => aws.iam.send(new CreateOpenIDConnectProviderCommand({ Url }))))
    await expect(world.register()).rejects.toMatchObject({
      name: 'LimitExceeded',
      object: world.arn(),
      reason: expect.stringContaining('100 OIDC providers'),
    })
  })
})
