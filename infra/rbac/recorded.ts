import { Sha256 } from '@aws-crypto/sha256-js'
import { SignatureV4 } from '@smithy/signature-v4'
import * as z from 'zod/mini'
import type { SetupRequest } from '../../lambdas/spec/parts.ts'
import { requestOf } from './request.ts'

const view = z.object({
  spec: z.unknown(),
  status: z.object({
    cluster: z.optional(z.object({ kubernetesMinor: z.optional(z.number()) })),
    credentials: z.optional(z.object({ renewed: z.optional(z.boolean()) })),
    managementCredentials: z.optional(z.object({ renewed: z.optional(z.boolean()) })),
  }),
})

const sandboxUrl = 'http://127.0.0.1:8080'

export interface Recorded {
  readonly request: SetupRequest
  readonly minor: number | undefined
  /** Whether rotations renew the credentials. */
  readonly renewed: boolean
}

/**
 * A cluster's recorded request, and the minor version of its Kubernetes after a setup has read it. The source is the
 * API at API_URL, by default the sandbox. The request is signed with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
 * AWS_SESSION_TOKEN for the region AWS_REGION.
 *
 * @throws {Error} when the API does not return the cluster; the message has its response
 */
export async function readRecorded(cluster: string, management: boolean): Promise<Recorded> {
  const { API_URL: root = sandboxUrl } = process.env
  const url = new URL(`/v1/clusters/${encodeURIComponent(cluster)}`, root)
  const response = await fetch(url, { headers: await signed(url) })
  if (!response.ok) throw new Error(`GET ${url} answered ${response.status}: ${await response.text()}`)
  const { spec, status } = view.parse(await response.json())
  const credentials = management ? status.managementCredentials : status.credentials
  return {
    request: requestOf(spec, `The record of cluster ${cluster}`),
    minor: status.cluster?.kubernetesMinor,
    renewed: credentials?.renewed ?? false,
  }
}

/** The headers of a signed request. Without a key it returns none, because the sandbox signs requests itself. */
async function signed({ protocol, hostname, host, pathname }: URL): Promise<Record<string, string>> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, ...rest } = process.env
  if (!accessKeyId || !secretAccessKey) return {}
  const { AWS_SESSION_TOKEN: sessionToken, AWS_REGION: region = '' } = rest
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 })
  const { headers } = await signer.sign({ method: 'GET', protocol, hostname, path: pathname, headers: { host } })
  return headers
}
