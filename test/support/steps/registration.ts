import { X509Certificate } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { CreateOpenIDConnectProviderCommand, GetOpenIDConnectProviderCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { issuerResource } from '../../../lambdas/claims/claim.ts'
import { readClusterStatus } from '../../../lambdas/operations/record/cluster-record.ts'
import type { ClusterStatus } from '../../../lambdas/operations/record/record.ts'
import { tagKeys } from '../../../lambdas/ownership/labels.ts'
import { description } from '../../../lambdas/provider/register-oidc.step.ts'
import { run } from '../../../lambdas/provider/register-oidc.ts'
import type { Change } from '../../../lambdas/report/change.ts'
import { account } from '../../../sandbox/account.ts'
import type { Authority, Leaf } from '../../../sandbox/network/authority.ts'
import { freePort } from '../../../sandbox/network/listen.ts'
import type { PublicHost } from '../../../sandbox/network/public-host.ts'
import { recordCluster } from '../api/operations.ts'
import { type AwsAccount, awsAccount } from '../aws/aws-account.ts'
import { type Internet, startInternet } from '../network/internet.ts'
import { own } from './claims.ts'
import { deployment } from './deployment.ts'
import { stepContext } from './step-context.ts'

export const issuerHost = 'issuer.example.com'
export const keysHost = 'keys.example.com'
/** A thumbprint of a certificate that no host presents any more. */
export const old = '0123456789abcdef0123456789abcdef01234567'
/** The tags of a provider of cluster `prod`. */
export const tags = { [tagKeys.deployment]: deployment, [tagKeys.cluster]: 'prod' }

export interface Registration {
  readonly aws: Omit<AwsAccount, 'end'>
  readonly authority: Authority
  readonly issuer: PublicHost
  readonly keys: PublicHost
  /** Gives the host of the keys another address, at which nothing answers, until its `withdraw`. */
  loseAddressOfKeys(): Promise<void>
  /** The certificate of the issuer, a new one for each issuer. */
  readonly issuerLeaf: Leaf
  /** Switches to another issuer at the same host, without a provider. */
  next(): Promise<void>
  issuerUrl(): string
  /** Sets the host of the keys in the discovery document. Default: the issuer's host. */
  publishKeysAt(host: string): void
  /** ARN of the issuer's provider. */
  arn(): string
  register(options?: RegisterOptions): Promise<{ arn: string; change: Change | undefined }>
  /** The provider in IAM. */
  provider(): Promise<{ thumbprints: unknown; clientIds: unknown; tags: Record<string, string | undefined> }>
  /** Creates a provider by hand. */
  foreignProvider(more?: { thumbprints?: string[]; clientIds?: string[] }): Promise<void>
}

interface RegisterOptions {
  adopt?: boolean
  clusterName?: string
  jwksHost?: string
  dryRun?: boolean
  /** Whether the cluster owns the issuer, as after CheckCluster. */
  ownsIssuer?: boolean
  /** Replaces the recorded status of the cluster. */
  status?: ClusterStatus
}

/**
 * An AWS account, and the hosts of an issuer and of its keys, for the tests of a file. Each test has another issuer. Call it at
 * the top of the file.
 */
export function registration(): Registration {
  let internet: Internet
  const aws = awsAccount()
  let keysAt = issuerHost
  const serve: RequestListener = ({ url = '' }, response) => {
    const [, cluster] = url.split('/')
    const issuerUrl = `https://${issuerHost}/${cluster}`
    const discovery = { issuer: issuerUrl, jwks_uri: `https://${keysAt}/${cluster}/openid/v1/jwks` }
    response.end(JSON.stringify(url.endsWith('/jwks') ? { keys: [{ kty: 'RSA', kid: '1' }] } : discovery))
  }
  let issuer: PublicHost
  let keys: PublicHost
  let issuerLeaf: Leaf
  let count = 0
  const hostPath = () => `${issuerHost}/cluster-${count}`
  const arn = () => `arn:aws:iam::${account.id}:oidc-provider/${hostPath()}`

  async function next(): Promise<void> {
    count += 1
    issuerLeaf = await internet.authority.issue([issuerHost])
    issuer.present(issuerLeaf)
    keys.present(await internet.authority.issue([keysHost]))
    keysAt = issuerHost
    await aws.faults.clear()
    await aws.calls.clear()
  }

  beforeAll(async () => {
    internet = await startInternet()
    issuer = await internet.host(issuerHost, serve)
    keys = await internet.host(keysHost, serve)
  })
  afterAll(() => internet?.end())
  beforeEach(next)

  return {
    aws,
    get authority() {
      return internet.authority
    },
    get issuer() {
      return issuer
    },
    get keys() {
      return keys
    },
    async loseAddressOfKeys() {
      internet.proxy.alsoAt(`${keysHost}:443`, await freePort())
    },
    arn,
    get issuerLeaf() {
      return issuerLeaf
    },
    next,
    issuerUrl: () => `https://${hostPath()}`,
    publishKeysAt(host) {
      keysAt = host
    },
    async register({
      adopt = false,
      clusterName = 'prod',
      jwksHost = issuerHost,
      dryRun = false,
      ownsIssuer = true,
      status: given,
    } = {}) {
      const jwksUri = `https://${jwksHost}/cluster-${count}/openid/v1/jwks`
      const cluster = { issuerUrl: `https://${hostPath()}`, jwksUri }
      const request = { clusterName, adopt }
      if (!dryRun) await recordCluster(clusterName)
      const status = given ?? (await readClusterStatus(clusterName))
      const context = stepContext(clusterName, 20_000, dryRun, { ...status, cluster })
      if (ownsIssuer && !dryRun) await own(clusterName, issuerResource(cluster.issuerUrl))
      const result = await run(description.input.parse(request), context)
      if ('waiting' in result) throw new Error('register-oidc never waits')
      return { arn: result.output.providerArn, change: result.changes[0] }
    },
    async provider() {
      const observed = await aws.iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn() }))
      return {
        thumbprints: observed.ThumbprintList,
        clientIds: observed.ClientIDList,
        tags: Object.fromEntries((observed.Tags ?? []).map((tag) => [tag.Key ?? '', tag.Value])),
      }
    },
    async foreignProvider({ thumbprints = [old], clientIds = ['theirs', 'sts.amazonaws.com'] } = {}) {
      const provider = { Url: `https://${hostPath()}`, ThumbprintList: thumbprints, ClientIDList: clientIds }
      await aws.iam.send(new CreateOpenIDConnectProviderCommand(provider))
    },
  }
}

/** The output of `openssl x509 -fingerprint -sha1` for the last certificate of the chain. */
export function thumbprint(leaf: Leaf): string {
  const last =
    leaf.chain
      .trim()
      .split(/(?<=-----END CERTIFICATE-----)\s+/)
      .at(-1) ?? ''
  return new X509Certificate(last).fingerprint.replaceAll(':', '').toLowerCase()
}
