import { beforeAll, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { clusterPart } from '../../../lambdas/objects/cluster-part.ts'
import { reachCluster, reachIfCredentialsThere } from '../../../lambdas/objects/reach.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const aws = awsAccount()
const clusters = reachableClusters()
const signal = AbortSignal.timeout(60_000)
let target: { name: string; credentialsSecretArn: string }

beforeAll(async () => {
  const cluster = await clusters.emulate('prod', { issuer: 'https://issuers.example/prod' })
  const secrets = new SecretKeeper(aws.endpoint)
  target = { name: 'prod', credentialsSecretArn: await secrets.keep('prod/user-cluster', cluster.kubeconfig()) }
})

/** A part that returns its question, the version, and a token that its schema does not name. */
const careless = clusterPart({
  question: z.object({ wanted: z.string() }),
  finding: z.object({ given: z.unknown(), minor: z.number() }),
  async find(client, given) {
    const { minor } = await client.version()
    const finding = { given, minor, token: 'a secret' }
    return finding
  },
})

it('passes only the fields of the schemas: those of the question to the part, and those of the finding to the step', async () => {
  const question = { wanted: 'a version', credentials: 'a secret' }
  const found = await (await reachCluster(target, signal)).run(careless, question)
  expect(found).toEqual({ given: { wanted: 'a version' }, minor: expect.any(Number) })
})

it('does not connect to a cluster without credentials', async () => {
  const none = { name: 'none', credentialsSecretArn: target.credentialsSecretArn.replace('prod', 'none') }
  expect(await reachIfCredentialsThere(none, signal)).toBeUndefined()
  await expect(reachCluster(none, signal)).rejects.toMatchObject({ name: 'InvalidCredentials' })
})
