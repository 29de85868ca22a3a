import type { RequestListener } from 'node:http'
import type { AnyCluster } from '../../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { Cluster } from '../../../../sandbox/kubernetes/index.ts'
import { type PublicHost, startPublicHost } from '../../../../sandbox/network/public-host.ts'
import { type Edits, exampleBody } from '../../../support/api/requests.ts'
import { roleArnOf } from '../../../support/aws/roles.ts'
import type { System } from '../system.ts'
import { secretArnOf } from './secrets.ts'

let made = 0

/** An existing cluster, with an issuer whose host the test controls. */
export interface ExistingCluster<C extends AnyCluster = Cluster> {
  readonly name: string
  readonly cluster: C
  readonly secretArn: string
  readonly issuerUrl: string
  readonly providerArn: string
  readonly roleArn: string
  readonly discoveryUrl: string
  readonly jwksUrl: string
  readonly host: PublicHost
  /** The documents of the issuer's host, by path. Other paths return 404. A test may replace them. */
  documents: Record<string, unknown>
  /** If set, handles the requests instead of the documents. */
  answer: RequestListener | undefined
  /** The example `existing-cluster` for this cluster, with some fields set otherwise. */
  body(edits?: Edits): unknown
}

const account = 'arn:aws:iam::000000000000'

/**
 * Creates a cluster for one test. Its credentials are in their secret, its webhook's pods get nodes, and its issuer publishes
 * the correct documents.
 */
export async function existingCluster<C extends AnyCluster>(
  system: System<C>,
  purpose: string,
  version = '1.33.2',
): Promise<ExistingCluster<C>> {
  made += 1
  const name = `${purpose}-x${made}`
  const { secrets, kubernetes, authority, proxy } = system.sandbox
  const issuerHost = `oidc.${name}.example.com`
  const cluster = await kubernetes.addUserCluster({ name, version, issuer: { host: issuerHost } })
  await secrets.keep(`${name}/user-cluster`, kubernetes.kubeconfig(name))
  const secretArn = secretArnOf(`${name}/user-cluster`)
  // Replaces the host that always publishes the cluster's documents, so that a test can break them.
  const host = await startPublicHost({ authority, proxy, names: [issuerHost], handler: serve })
  const issuerUrl = `https://${issuerHost}`
  const own: ExistingCluster<C> = {
    name,
    cluster,
    secretArn,
    issuerUrl,
    providerArn: `${account}:oidc-provider/${issuerHost}`,
    roleArn: roleArnOf(name, name),
    discoveryUrl: `${issuerUrl}/.well-known/openid-configuration`,
    jwksUrl: `${issuerUrl}/openid/v1/jwks`,
    host,
    documents: await documentsOf(cluster),
    answer: undefined,
    body: (edits = {}) =>
      exampleBody('existing-cluster', {
        'cluster.name': name,
        'cluster.credentialsSecretArn': secretArn,
        'cluster.issuerUrl': issuerUrl,
        'workloads.0.role.name': name,
        ...edits,
      }),
  }
  return own

  function serve(...[request, response]: Parameters<RequestListener>): void {
    if (own.answer) return void own.answer(request, response)
    const observed = own.documents[request.url ?? '']
    response.writeHead(observed === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(observed ?? 'not found'))
  }
}

/** The correct documents of a cluster's issuer, by path. */
export async function documentsOf(cluster: AnyCluster): Promise<Record<string, unknown>> {
  const { discovery, keySet } = await cluster.issuerDocuments()
  return { '/.well-known/openid-configuration': discovery, '/openid/v1/jwks': keySet }
}
