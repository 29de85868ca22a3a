import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { stringify } from 'yaml'
import { isPrivateIssuer } from '../clusters/issuers.ts'
import type { Issuers } from '../tokens.ts'
import { auditLogFile, auditPolicy } from './audit.ts'
import { etcdUrl } from './etcd.ts'
import { pki } from './keys.ts'
import { type Supervised, startSupervised } from './supervised.ts'
import { tokensFile } from './users.ts'

/** The API server calls webhooks through this socket, by HTTP CONNECT to a Service address: see service-network.ts. */
export const serviceNetworkSocket = 'services.sock'

const auditPolicyFile = 'audit-policy.yaml'
const egressFile = 'egress.yaml'

const apiServerLog = 'logs/kube-apiserver.log'

export interface TokenFlags {
  /** New tokens have the first issuer. Tokens of all issuers are accepted. Before 1.22, there is only one issuer. */
  readonly issuers: Issuers
  /** The path of the private key that signs new tokens. Paths of keys are relative to the cluster's directory. */
  readonly signingKey: string
  /** The paths of the keys that the API server publishes. It accepts the tokens that these keys have signed. */
  readonly keys: readonly string[]
}

/** Starts kube-apiserver on this port of 127.0.0.1. Its working directory is `directory`, which contains its files. */
export async function startApiServer(
  file: string,
  directory: string,
  { issuers, signingKey, keys, port }: TokenFlags & { readonly port: number },
): Promise<Supervised> {
  await writeFile(path.join(directory, auditPolicyFile), stringify(auditPolicy))
  await writeFile(path.join(directory, egressFile), stringify(egressSelector))
  const args = [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${pki.serving}`,
    `--tls-private-key-file=${pki.servingKey}`,
    `--client-ca-file=${pki.ca}`,
    `--token-auth-file=${tokensFile}`,
    '--authorization-mode=RBAC',
    ...issuers.map((issuer) => `--service-account-issuer=${issuer}`),
    // By default, the JWKS URI is at the server's own address, which the public cannot reach.
    ...(issuers.some(isPrivateIssuer) ? [] : [`--service-account-jwks-uri=${issuers[0]}/openid/v1/jwks`]),
    `--service-account-signing-key-file=${signingKey}`,
    ...keys.map((key) => `--service-account-key-file=${key}`),
    '--service-cluster-ip-range=10.96.0.0/16',
    '--endpoint-reconciler-type=none',
    `--egress-selector-config-file=${egressFile}`,
    `--audit-policy-file=${auditPolicyFile}`,
    `--audit-log-path=${auditLogFile}`,
    // The API server logs a call before it completes the response. So the log has each call whose client has the
    // response.
    '--audit-log-mode=blocking',
    '--audit-log-maxsize=50',
    '--audit-log-maxbackup=1',
    '--profiling=false',
  ]
  return startSupervised({ file, args, directory, logFile: path.join(directory, apiServerLog) })
}

/** See https://kubernetes.io/docs/tasks/extend-kubernetes/setup-konnectivity/. */
const egressSelector = {
  apiVersion: 'apiserver.k8s.io/v1beta1',
  kind: 'EgressSelectorConfiguration',
  egressSelections: [
    {
      name: 'cluster',
      connection: { proxyProtocol: 'HTTPConnect', transport: { uds: { udsName: serviceNetworkSocket } } },
    },
  ],
}
