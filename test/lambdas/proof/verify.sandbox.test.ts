import { describe, expect, it } from 'vitest'
import { stsAudience } from '../../../lambdas/clouds/aws/iam-names.ts'
import { recordRole } from '../../support/api/operations.ts'
import { issuerUrl, verification } from '../../support/steps/verification.ts'

const fixture = verification((clusters) => clusters.emulate('prod', { issuer: issuerUrl }))

describe('verify in a new namespace', () => {
  it('waits for the account `default`, which the controller manager creates', async () => {
    await fixture.setUp()
    const otherAccount = fixture.cluster.store.get('ServiceAccount', 'default', 'default')
    if (otherAccount) fixture.cluster.store.remove(otherAccount)
    expect(await fixture.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: expect.stringContaining('ServiceAccount default/default'),
    })
    if (otherAccount) fixture.cluster.store.put(otherAccount)
  })
})

describe('verify of a new role', () => {
  it('waits for IAM when it may not read the policies of the role yet, and names the missing permission later', async () => {
    await fixture.setUp()
    const refused = { kind: 'refuse', operation: 'iam:ListAttachedRolePolicies', times: 1 } as const
    const workload = { namespace: 'default', serviceAccount: fixture.name }
    await fixture.aws.faults.add(refused)
    await recordRole('prod', workload, { changedAt: new Date().toISOString() })
    expect(await fixture.failure()).toMatchObject({ name: 'NotYetConsistent', object: fixture.roleArn })
    await fixture.aws.faults.add(refused)
    await recordRole('prod', workload, { changedAt: new Date(Date.now() - 121_000).toISOString() })
    expect(await fixture.failure()).toMatchObject({
      name: 'AccessDenied',
      object: fixture.roleArn,
      reason: expect.stringContaining('iam:ListAttachedRolePolicies'),
    })
  })
})

describe('verify with a cluster that issues wrong tokens', () => {
  it('reports that the cluster issues tokens for another audience than requested', async () => {
    await fixture.setUp()
    const { signer } = fixture.cluster
    const sign = signer.sign.bind(signer)
    signer.sign = (subject, _audiences, seconds) => sign(subject, [signer.issuer], seconds)
    expect(await fixture.failure()).toMatchObject({ name: 'VerificationFailed', object: 'cluster prod' })
    signer.sign = sign
  })

  it("names the workload's own token, although another wrong token arrives earlier", async () => {
    await fixture.setUp()
    const { signer } = fixture.cluster
    const sign = signer.sign.bind(signer)
    const otherAudienceSigned = Promise.withResolvers<void>()
    signer.sign = async (subject, audiences, seconds) => {
      const forSts = audiences.includes(stsAudience)
      if (forSts) await otherAudienceSigned.promise
      const signed = await sign(subject, [signer.issuer], seconds)
      if (!forSts) setImmediate(otherAudienceSigned.resolve)
      return signed
    }
    expect(await fixture.failure()).toMatchObject({ reason: expect.stringContaining(`the audience ${stsAudience} `) })
    signer.sign = sign
  })
})
