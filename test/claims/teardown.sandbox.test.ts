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

/** The claims of a resource of this kind, when its cluster is torn down or another one is. */
function endsWithItsCluster(resourceOf: (cluster: string) => Resource) {
  return {
    async own() {
      const [gone, kept] = [await started(), await started({ whole: false })]
      for (const { cluster } of [gone, kept]) await own(cluster, resourceOf(cluster))
      await vi.waitFor(async () => expect(await claimsOf(gone.cluster)).toHaveLength(1))
      await record(gone)
      await record(kept)
      expect(await ownerOf(resourceOf(gone.cluster))).toBeUndefined()
      expect(await ownerOf(resourceOf(kept.cluster))).toBe(kept.cluster)
    },
    async another() {
      const gone = await started()
      // A name that begins with that of the cluster.
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
