import {
  RemoveClientIDFromOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam'
import { describe, expect, it, onTestFinished } from 'vitest'
import { project } from '../../sandbox/google/project.ts'
import { iamClient } from '../e2e/support/aws-clients.ts'
import { documentsOf, type ExistingCluster, existingCluster } from '../e2e/support/existing-cluster.ts'
import { expectFailure } from '../e2e/support/failure.ts'
import { changedBeforeProof } from '../e2e/support/hold.ts'
import { quickSystem } from '../e2e/support/quick.ts'
import { ownCluster } from '../e2e/support/requests.ts'

const running = quickSystem()
const workload = 'reports/exporter'

describe('a token whose signature nobody can check', () => {
  it('fails at the proof and names the key that the issuer does not publish, until it does', async () => {
    const own = await existingCluster(running.system, 'signature')
    const failed = await changedBeforeProof(running.system, own, async () => own.cluster.rotateKeys())
    const { keyId } = own.cluster.signer
    expectFailure(running.system, failed, {
      name: 'NotYetConsistent',
      step: 'Verify',
      item: workload,
      object: own.jwksUrl,
      reason: new RegExp(`cannot verify the cluster's tokens \\(InvalidIdentityToken\\).* lacks the key ${keyId}`),
      action: /^Let the cluster publish its current keys/,
    })
    own.documents = await documentsOf(own.cluster)
    expect((await running.system.setUp(own.body())).status).toBe('succeeded')
  })
})

describe('a token for another audience', () => {
  it('fails at the proof when the provider takes no such tokens, which the next setup mends itself', async () => {
    const own = await existingCluster(running.system, 'client-id')
    const client = { OpenIDConnectProviderArn: own.providerArn, ClientID: 'sts.amazonaws.com' }
    const failed = await changedBeforeProof(running.system, own, async () => {
      await iamClient(running.system).send(new RemoveClientIDFromOpenIDConnectProviderCommand(client))
    })
    expectFailure(running.system, failed, {
      name: 'NotYetConsistent',
      step: 'Verify',
      item: workload,
      object: own.providerArn,
      reason: /does not take tokens for the audience sts\.amazonaws\.com/,
      action: /^Send the request again, which adds it/,
    })
    expect((await running.system.setUp(own.body())).status).toBe('succeeded')
  })

  it('fails at the proof when the cluster puts another audience into its tokens', async () => {
    const own = await existingCluster(running.system, 'audience')
    const { signer } = own.cluster
    const sign = signer.sign.bind(signer)
    const failed = await changedBeforeProof(running.system, own, async () => {
      signer.sign = (subject, _audiences, seconds) => sign(subject, [signer.issuer], seconds)
    })
    expectFailure(running.system, failed, {
      name: 'VerificationFailed',
      step: 'Verify',
      item: workload,
      object: `cluster ${own.name}`,
      reason: /a TokenRequest for the audience sts\.amazonaws\.com with a token that is not for it/,
      action: /^Find out what answers in place of kube-apiserver/,
    })
    signer.sign = sign
    expect((await running.system.setUp(own.body())).status).toBe('succeeded')
  })
})

describe('a bucket that is not public', () => {
  it('fails at the proof when somebody takes the public away after the documents were read; the next setup gives it back', async () => {
    const own = await ownCluster(running.system, 'not-public')
    const failed = await changedBeforeProof(running.system, own, () => takeFromPublic(`${own.name}-discovery`))
    expectFailure(running.system, failed, {
      name: 'NotYetConsistent',
      step: 'Verify',
      item: 'default/s3-reader',
      object: expect.stringMatching(
        `^https://storage.googleapis.com/${own.name}-discovery/gke-issuer-\\w+/.well-known/openid-configuration$`,
      ),
      reason: /because it answers 403 to the public$/,
      action: /^Let everybody read it; .* constraints\/storage\.publicAccessPrevention/,
    })
    const operation = await running.system.setUp(own.body())
    expect(operation.status).toBe('succeeded')
    expect(operation.steps.find(({ state }) => state === 'CreateBucket')?.changes).toContainEqual({
      object: `IAM policy of gs://${own.name}-discovery`,
      action: 'updated',
      detail: 'roles/storage.objectViewer to allUsers',
    })
  })

  it('fails the setup at the deadline of the cluster when an organisation policy has made it private since', async () => {
    const own = await ownCluster(running.system, 'made-private')
    expect((await running.system.setUp(own.body())).status).toBe('succeeded')
    const { organisationPolicies } = running.system.sandbox.google.buckets
    onTestFinished(() => organisationPolicies.clear())
    organisationPolicies.add('storage.publicAccessPrevention')
    const operation = await running.system.setUp(own.body({ 'cluster.readyTimeoutMinutes': 5 }))
    organisationPolicies.clear()
    expectFailure(running.system, operation, {
      name: 'ClusterNotReady',
      step: 'CheckCluster',
      object: `cluster ${own.name}`,
      reason: new RegExp(
        `answers 403 to the public \\(let everybody read it; .*constraints/storage\\.publicAccessPrevention .*into bucket ${own.name}-discovery`,
      ),
      action: /^Do what the reason asks for, and send the request again$/,
    })
    expect((await running.system.setUp(own.body())).status).toBe('succeeded')
  })
})

async function takeFromPublic(bucket: string): Promise<void> {
  const { buckets } = running.system.sandbox.google
  const policy = await buckets.policy(project.administrator, bucket, 3)
  const bindings = policy.bindings.filter(({ members }) => !members.includes('allUsers'))
  await buckets.setPolicy(project.administrator, bucket, { ...policy, version: 3, bindings })
}

describe('a certificate that is not the one that the provider trusts', () => {
  it('fails at the proof when the thumbprints are changed, which the next setup mends itself', async () => {
    const own = await existingCluster(running.system, 'thumbprint')
    const failed = await changedBeforeProof(running.system, own, async () => {
      const thumbprints = { OpenIDConnectProviderArn: own.providerArn, ThumbprintList: ['0'.repeat(40)] }
      await iamClient(running.system).send(new UpdateOpenIDConnectProviderThumbprintCommand(thumbprints))
    })
    expectFailure(running.system, failed, {
      name: 'NotYetConsistent',
      step: 'Verify',
      item: workload,
      object: own.providerArn,
      reason: /none of the provider's thumbprints is that of the certificate/,
      action: /^Send the request again, which registers the certificate/,
    })
    expect((await running.system.setUp(own.body())).status).toBe('succeeded')
  })

  it('fails before the issuer is registered when its server presents a chain that nobody trusts', async () => {
    const own = await existingCluster(running.system, 'untrusted')
    await present(own, { untrusted: true })
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'UntrustedCertificate',
      step: 'CheckCluster',
      object: own.discoveryUrl,
      reason: /certificate does not validate \(\w+\)/,
      action: /^Serve a chain that is valid for this name/,
    })
    await present(own, {})
    expect((await running.system.setUp(own.body())).status).toBe('succeeded')
  })

  it('fails at the proof when the chain is exchanged for such a one after it was registered', async () => {
    const own = await existingCluster(running.system, 'exchanged')
    const failed = await changedBeforeProof(running.system, own, () => present(own, { untrusted: true }))
    expectFailure(running.system, failed, {
      name: 'NotYetConsistent',
      step: 'Verify',
      item: workload,
      object: own.discoveryUrl,
      reason:
        /cannot verify the cluster's tokens \(InvalidIdentityToken\), because its TLS certificate does not validate/,
      action: /^Serve a chain that is valid for this name/,
    })
    await present(own, {})
    expect((await running.system.setUp(own.body())).status).toBe('succeeded')
  })
})

async function present(own: ExistingCluster, leaf: { readonly untrusted?: boolean }): Promise<void> {
  own.host.present(await running.system.sandbox.authority.issue([new URL(own.issuerUrl).host], leaf))
}
