import { describe, expect, it } from 'vitest'
import { stsAudience } from '../../../lambdas/clouds/aws/iam-names.ts'
import { recordRole } from '../../support/api/operations.ts'
import { issuerUrl, verification } from '../../support/steps/verification.ts'

const made = verification((clusters) => clusters.emulate('prod', { issuer: issuerUrl }))

describe('verify in a namespace made a moment ago', () => {
  it('waits for the other account, which the controller manager makes', async () => {
    await made.setUp()
    const otherAccount = made.cluster.store.get('ServiceAccount', 'default', 'default')
    if (otherAccount) made.cluster.store.remove(otherAccount)
    expect(await made.failure()).toMatchObject({
      name: 'NotYetConsistent',
      object: expect.stringContaining('ServiceAccount default/default'),
    })
    if (otherAccount) made.cluster.store.put(otherAccount)
  })
})

describe('verify of a role made a moment ago', () => {
  it('waits for IAM when the policies of the role may not be read yet, and names what is missing later', async () => {
    await made.setUp()
    const refused = { kind: 'refuse', operation: 'iam:ListAttachedRolePolicies', times: 1 } as const
    const workload = { namespace: 'default', serviceAccount: made.name }
    await made.aws.faults.add(refused)
    await recordRole('prod', workload, { changedAt: new Date().toISOString() })
    expect(await made.failure()).toMatchObject({ name: 'NotYetConsistent', object: made.roleArn })
    await made.aws.faults.add(refused)
    await recordRole('prod', workload, { changedAt: new Date(Date.now() - 121_000).toISOString() })
    expect(await made.failure()).toMatchObject({
      name: 'AccessDenied',
      object: made.roleArn,
      reason: expect.stringContaining('iam:ListAttachedRolePolicies'),
    })
  })
})

describe('verify with a cluster that does not do as it is asked', () => {
  it('says that the cluster gives tokens for another audience than it was asked for', async () => {
    await made.setUp()
    const { signer } = made.cluster
    const sign = signer.sign.bind(signer)
    signer.sign = (subject, _audiences, seconds) => sign(subject, [signer.issuer], seconds)
    expect(await made.failure()).toMatchObject({ name: 'VerificationFailed', object: 'cluster prod' })
    signer.sign = sign
  })

  it("names the workload's own token when a token for another attempt is wrong earlier", async () => {
    await made.setUp()
    const { signer } = made.cluster
    const sign = signer.sign.bind(signer)
    const otherAudienceSigned = Promise.withResolvers<void>()
    signer.sign = async (subject, audiences, seconds) => {
      const forSts = audiences.includes(stsAudience)
      if (forSts) await otherAudienceSigned.promise
      const signed = await sign(subject, [signer.issuer], seconds)
      if (!forSts) setImmediate(otherAudienceSigned.resolve)
      return signed
    }
    expect(await made.failure()).toMatchObject({ reason: expect.stringContaining(`the audience ${stsAudience} `) })
    signer.sign = sign
  })
})
