import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { freshAudience } from '../../../lambdas/clouds/kubernetes/fresh-token.ts'
import { readKeys } from '../../../lambdas/discovery/read-keys.cluster.ts'
import { readSigningKey } from '../../../lambdas/discovery/read-signing-key.cluster.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asString, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { foundThroughJson } from '../../support/kubernetes/cluster-parts.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const issuer = 'https://oidc.example.com/edge'
const clusters = reachableClusters()
let cluster: AnyCluster
let kid: string

beforeAll(async () => {
  cluster = await clusters.start('edge', { issuer })
  const { keySet } = await cluster.issuerDocuments()
  kid = asString(objectsIn(keySet.keys)[0]?.kid)
})

describe('the cluster part of PublishDiscovery', () => {
  const target = { name: 'edge', credentialsSecretArn: 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:edge' }

  it('reads only the key set when nothing else is requested', async () => {
    cluster.calls.clear()
    const { keySet, ...rest } = await foundThroughJson(readKeys, cluster, { target })
    expect(keySet).toMatchObject({ keys: [{ kid }] })
    expect(rest).toEqual({ missing: { rights: [] } })
    expect(cluster.calls.all()).toHaveLength(1)
  })

  it('returns a token for the audience of the question, which no service accepts, and the missing rights', async () => {
    const { webhook, workloads } = exampleRequest('setup')
    const audience = freshAudience()
    const found = await foundThroughJson(readKeys, cluster, { target, audience, needs: { webhook, workloads } })
    expect(decodeJwt(found.token ?? '')).toMatchObject({ iss: issuer, aud: [audience] })
    expect(found.missing).toMatchObject({ rights: [] })
  })
})

describe('the cluster part of RevokeKey', () => {
  it('returns the issuer and the key ID of a token, and no token', async () => {
    expect(await foundThroughJson(readSigningKey, cluster, {})).toEqual({ issuer, kid })
  })
})
