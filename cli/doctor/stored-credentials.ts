import { X509Certificate } from 'node:crypto'
import { type Cluster, KubeConfig, type User } from '@kubernetes/client-node'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { jsonIn } from '../../client/json.ts'

/** A secret's credentials for one API server. They run no programs and read no files. */
export interface StoredCredentials {
  readonly cluster: Cluster
  readonly user: Pick<User, 'token' | 'certData' | 'keyData'>
}

const plain = z.object({
  server: z.string(),
  caData: z.string(),
  token: z.optional(z.string()),
  clientCertificateData: z.optional(z.string()),
  clientKeyData: z.optional(z.string()),
})

/** The credentials in a secret: a kubeconfig, or `{ server, caData, token }`. Undefined for any other value. */
export function storedCredentials(secret: string): StoredCredentials | undefined {
  const { data } = plain.safeParse(readable(() => parse(secret, { logLevel: 'silent' })))
  if (!data) return readable(() => kubeconfigCredentials(secret))
  const { server, caData, token, clientCertificateData: certData, clientKeyData: keyData } = data
  return {
    cluster: { name: 'stored', server, caData: base64Of(caData), skipTLSVerify: false },
    user: {
      ...(token !== undefined && { token }),
      ...(certData !== undefined && { certData: base64Of(certData) }),
      ...(keyData !== undefined && { keyData: base64Of(keyData) }),
    },
  }
}

function kubeconfigCredentials(secret: string): StoredCredentials | undefined {
  const config = new KubeConfig()
  config.loadFromString(secret)
  const [cluster, user] = [config.getCurrentCluster(), config.getCurrentUser()]
  if (!cluster || !user) return undefined
  const { name, server, caData, tlsServerName, proxyUrl } = cluster
  const { token, certData, keyData } = user
  return {
    cluster: {
      name,
      server,
      skipTLSVerify: false,
      ...(caData !== undefined && { caData }),
      ...(tlsServerName !== undefined && { tlsServerName }),
      ...(proxyUrl !== undefined && { proxyUrl }),
    },
    user: {
      ...(token !== undefined && { token }),
      ...(certData !== undefined && { certData }),
      ...(keyData !== undefined && { keyData }),
    },
  }
}

function base64Of(pem: string): string {
  return pem.includes('-----BEGIN') ? Buffer.from(pem).toString('base64') : pem
}

const claims = z.object({ iat: z.optional(z.number()), exp: z.number() })

/** When credentials begin and end to be valid. A token may have no beginning. */
export interface Validity {
  readonly start: Date | undefined
  readonly end: Date
}

/** The validity of the token or the certificate, whichever ends earlier. Undefined when neither end is known. */
export function validityOf({ token, certData }: StoredCredentials['user']): Validity | undefined {
  const payload = token?.split('.')[1] ?? ''
  const { data } = claims.safeParse(jsonIn(Buffer.from(payload, 'base64url').toString()))
  const certificate = certData && readable(() => new X509Certificate(Buffer.from(certData, 'base64')))
  const all: Validity[] = [
    ...(data
      ? [{ start: data.iat === undefined ? undefined : new Date(data.iat * 1000), end: new Date(data.exp * 1000) }]
      : []),
    ...(certificate ? [{ start: certificate.validFromDate, end: certificate.validToDate }] : []),
  ]
  return all.sort((one, other) => one.end.getTime() - other.end.getTime())[0]
}

/** Hides parser errors, which quote the secret input. */
function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
