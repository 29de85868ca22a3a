import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { type Deployment, parseSetupRequest } from '../../../lambdas/api/request/parse-setup.ts'
import type { SetupRequest } from '../../../lambdas/spec/setup-request.ts'

const secretArn = /^arn:([a-z-]+):secretsmanager:([a-z0-9-]+):(\d{12}):secret:([^/]+)\//
const withSecret = z.object({
  cluster: z.object({
    credentialsSecretArn: z.string(),
    issuerUrl: z.optional(z.string()),
    awsAccountId: z.optional(z.string()),
  }),
  discovery: z.optional(z.object({ hosting: z.optional(z.string()) })),
})

/**
 * The request in a JSON or YAML file.
 *
 * @throws {Error} when the request is not valid; the message lists each validation issue
 */
export function readRequest(file: string): SetupRequest {
  return requestOf(parse(readFileSync(file, 'utf8')), file)
}

/**
 * A request, validated by the API's rules. The account and the secret prefix come from the ARN of the request's own
 * secret. Role names are omitted: only the deployment knows the defaults, and no right depends on a role.
 *
 * @param name identifies the request for the person who has to correct it
 * @throws {Error} when the request is not valid; the message lists each validation issue
 */
export function requestOf(body: unknown, name: string): SetupRequest {
  const parsed = parseSetupRequest(withoutRoleNames(body), deploymentOf(body))
  if (parsed.ok) return parsed.request
  throw new Error(
    [`${name} is no request:`, ...parsed.issues.map(({ path, message }) => `${path} ${message}`)].join('\n'),
  )
}

const withWorkloads = z.looseObject({ workloads: z.array(z.looseObject({ role: z.looseObject({}) })) })

function withoutRoleNames(body: unknown): unknown {
  const parsed = withWorkloads.safeParse(body).data
  if (!parsed) return body
  const workloads = parsed.workloads.map(({ role: { name: _, ...role }, ...workload }) => ({ ...workload, role }))
  return { ...parsed, workloads }
}

function deploymentOf(body: unknown): Deployment {
  const { cluster, discovery } = withSecret.safeParse(body).data ?? {}
  const { credentialsSecretArn: arn = '', issuerUrl = '', awsAccountId } = cluster ?? {}
  const [, partition = 'aws', region = 'eu-west-1', accountId = '000000000000', secretPrefix = 'workload-identity'] =
    secretArn.exec(arn) ?? []
  return {
    name: '',
    partition,
    region,
    accountId,
    memberAccounts: awsAccountId === undefined ? [] : [awsAccountId],
    secretPrefix,
    allowedPolicyArns: ['*'],
    inlinePolicyActions: ['*'],
    // No right depends on the issuer. Any hosted issuer in the request counts as valid.
    issuerHosts: discovery?.hosting === undefined ? [] : [URL.parse(issuerUrl)?.host ?? 'oidc.example.com'],
  }
}
