import { expect, vi } from 'vitest'
import {
  issuerResource,
  providerResource,
  type Resource,
  roleResource,
  signingKeyResource,
} from '../../lambdas/claims/claim.ts'
import { claimsOf } from '../../lambdas/claims/claims.ts'
import { awsAccount } from '../support/aws/aws-account.ts'
import { own } from '../support/steps/claims.ts'
import { record, started } from '../support/steps/record-teardown.ts'
import { anotherCluster, ownerOf, testCells } from './cell-tests.ts'

const aws = awsAccount()

/** Tests of the claims on a kind of resource, when their cluster or another one is torn down. */
function endsWithItsCluster(resourceOf: (cluster: string) => Resource) {
  return {
    async own() {
      const [gone, remaining] = [await started(), await started({ whole: false })]
      for (const { cluster } of [gone, remaining]) await own(cluster, resourceOf(cluster))
      await vi.waitFor(async () => expect(await claimsOf(gone.cluster)).toHaveLength(1))
      await record(gone)
      await record(remaining)
      expect(await ownerOf(resourceOf(gone.cluster))).toBeUndefined()
      expect(await ownerOf(resourceOf(remaining.cluster))).toBe(remaining.cluster)
    },
    async another() {
      const gone = await started()
      // A name that begins with the cluster's name.
      const longer = `${gone.cluster}-2`
      for (const owner of [longer, anotherCluster]) await own(owner, resourceOf(owner))
      await record(gone)
      for (const owner of [longer, anotherCluster]) expect(await ownerOf(resourceOf(owner))).toBe(owner)
    },
  }
}
const clouds = { aws }

testCells('teardown', clouds, {
  RecordTeardown: {
    issuer: endsWithItsCluster((cluster) => issuerResource(`https://${cluster}.example`)),
    'signing-key': endsWithItsCluster(signingKeyResource),
    provider: endsWithItsCluster((cluster) => providerResource(`arn:aws:iam::000000000000:oidc-provider/${cluster}`)),
    role: endsWithItsCluster((cluster) => roleResource(`arn:aws:iam::000000000000:role/${cluster}`)),
    'management-object': endsWithItsCluster(
      (cluster) => ({ kind: 'management-object', name: `AWSCluster default/${cluster}` }) as const,
    ),
  },
})
