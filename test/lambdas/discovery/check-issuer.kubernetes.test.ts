import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { run } from '../../../lambdas/discovery/check-issuer.ts'
import type { ClusterStatus, FormerIssuer } from '../../../lambdas/operations/record/record.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { awsAccount } from '../../support/aws/aws-account.ts'
import { minorOf } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'
import { foundStatus, stepContext } from '../../support/steps/step-context.ts'

const issuerUrl = 'https://oidc.example.com/edge'
const former = 'https://edge.issuer.example'

const ended = z.object({ observed: z.object({ formerIssuer: z.object({ trustedUntil: z.string() }) }) })

const aws = awsAccount()
const clusters = reachableClusters()
let secrets: SecretKeeper
let cluster: AnyCluster
let count = 0

beforeAll(async () => {
  secrets = new SecretKeeper(aws.endpoint)
  cluster = await clusters.start('edge', { issuer: issuerUrl })
})
beforeEach(() => {
  count += 1
})

interface Moving {
  /** The issuer that the cluster is moved to. */
  readonly to?: string
  readonly formerIssuer?: FormerIssuer
  readonly kubeconfig?: string
}

async function check({ to = issuerUrl, formerIssuer, kubeconfig = cluster.kubeconfig() }: Moving) {
  const name = `edge-${count}`
  const credentialsSecretArn = await secrets.keep(`${name}/user-cluster`, kubeconfig)
  const facts = { issuerUrl: to, kubernetesVersion: cluster.gitVersion.slice(1), kubernetesMinor: minorOf(cluster) }
  const status: Partial<ClusterStatus> = { ...foundStatus(facts), ...(formerIssuer && { formerIssuer }) }
  return run({ target: { name, credentialsSecretArn } }, stepContext(name, 20_000, false, status))
}

describe('the issuer of a cluster', () => {
  it('is not read when the cluster does not move, or when the move has ended', async () => {
    const to = 'https://oidc.example.com/elsewhere'
    const moved = { issuerUrl: former, trustedUntil: '2026-11-28T13:00:00.000Z' }
    const nothing = { output: {}, changes: [] }
    expect(await check({ to, kubeconfig: 'none' })).toEqual(nothing)
    expect(await check({ to, kubeconfig: 'none', formerIssuer: moved })).toEqual(nothing)
  })

  it('is waited for, and the reason has the setting for this cluster', async () => {
    const to = 'https://oidc.example.com/moves'
    const result = await check({ to, formerIssuer: { issuerUrl } })
    const setting = `--service-account-issuer=${to}${minorOf(cluster) < 22 ? '' : `, then --service-account-issuer=${issuerUrl}`}`
    expect(result).toMatchObject({ waiting: { reason: expect.stringContaining(setting) } })
  })

  it('ends the move when its tokens have the new one: roles trust the former for another 25 hours', async () => {
    const before = Date.now()
    const result = await check({ formerIssuer: { issuerUrl: former } })
    expect(result).toMatchObject({ output: {}, observed: { formerIssuer: { issuerUrl: former } } })
    const { observed } = ended.parse(result)
    const { trustedUntil } = observed.formerIssuer
    const hours = (Date.parse(trustedUntil) - before) / 3_600_000
    expect(hours).toBeGreaterThanOrEqual(25)
    expect(hours).toBeLessThan(25.1)
  })

  it('is waited for while the API server restarts and does not answer', async () => {
    const kubeconfig = cluster.kubeconfig().replaceAll(cluster.settings.host, 'restarting.example.com')
    const result = await check({ formerIssuer: { issuerUrl: former }, kubeconfig })
    expect(result).toMatchObject({ waiting: { reason: expect.stringContaining('restarting.example.com') } })
  })
})
