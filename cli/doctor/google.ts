/** Whether the deployment can act in Google Cloud, according to the configuration in its secret. */

import * as z from 'zod/mini'
import { jsonIn } from '../../client/json.ts'
import { usualSecretPrefix } from '../../client/request/request.ts'
import type { SecretRead } from '../aws/secrets.ts'
import { secretRef } from '../connect/secret-ref.ts'
import { type Finding, ok } from './finding-lines.ts'

const check = 'Google'

const specWithBucket = z.object({ discovery: z.object({ bucket: z.string() }) })

/** Whether setups of this spec create a bucket in Google Cloud. */
export function needsGoogle(spec: unknown): boolean {
  return specWithBucket.safeParse(spec).success
}

/** The prefix of all secrets of a deployment, from a cluster's secret: PREFIX/CLUSTER/... */
export function prefixOf(secretArn: string | undefined): string {
  const { name = '' } = secretArn === undefined ? {} : secretRef(secretArn)
  return name.split('/').slice(0, -2).join('/') || usualSecretPrefix
}

const key = z.object({ type: z.literal('service_account'), client_email: z.string(), private_key: z.string() })

/** https://cloud.google.com/iam/docs/workload-identity-federation-with-other-clouds */
const federation = z.object({
  type: z.literal('external_account'),
  audience: z.string().check(z.regex(/\/workloadIdentityPools\/[^/]+\/providers\/[^/]+$/)),
  subject_token_type: z.literal('urn:ietf:params:aws:token-type:aws4_request'),
  token_url: z.string(),
  service_account_impersonation_url: z.optional(z.string()),
})

const toDo = 'docs/permissions.md says which file from Google to store in the secret.'

/** @param isNeeded whether the setups of the cluster create a bucket in Google Cloud */
export function googleFinding(secret: string, read: SecretRead, isNeeded: boolean): Finding {
  if (read === 'denied') return { check, state: 'unknown', found: `${secret} does not exist, or you may not read it` }
  if (read === 'absent') {
    const found = `${secret} has no value`
    return isNeeded
      ? { check, state: 'problem', found, toDo }
      : ok(check, `${found}: only setups that make a discovery bucket need it`)
  }
  const configuration = jsonIn(read.value)
  const stored = key.safeParse(configuration).data
  if (stored) return ok(check, `a key of ${stored.client_email}`)
  const federated = federation.safeParse(configuration).data
  if (federated) return ok(check, federatedAs(federated))
  return {
    check,
    state: 'problem',
    found: `${secret} has neither a key of a service account nor a federation with AWS as its source`,
    toDo,
  }
}

function federatedAs({ audience, service_account_impersonation_url: url }: z.output<typeof federation>): string {
  const [, account] = /\/serviceAccounts\/([^/:]+):/.exec(url ?? '') ?? []
  const provider = audience.replace(/^\/\/iam\.googleapis\.com\//, '')
  return `federation by ${provider}${account === undefined ? '' : `, as ${account}`}`
}
