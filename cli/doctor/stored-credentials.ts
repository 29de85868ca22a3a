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

const claims = z.object({ exp: z.number() })

/** The end of the token or the certificate, whichever is earlier. Undefined when neither is known. */
export function endOf({ token, certData }: StoredCredentials['user']): Date | undefined {
  const payload = token?.split('.')[1] ?? ''
  const { exp } = claims.safeParse(jsonIn(Buffer.from(payload, 'base64url').toString())).data ?? {}
  const certificate = certData && readable(() => new X509Certificate(Buffer.from(certData, 'base64')).validToDate)
  const ends = [exp === undefined ? undefined : new Date(exp * 1000), certificate || undefined]
  return ends.filter((end) => end !== undefined).sort((one, other) => one.getTime() - other.getTime())[0]
}

/** Hides parser errors, which quote the secret input. */
function readable<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
