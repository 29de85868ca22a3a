import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { type Deployment, parseSetupRequest } from '../../lambdas/api/parse-setup.ts'
import type { SetupRequest } from '../../lambdas/spec/parts.ts'

const secretArn = /^arn:([a-z-]+):secretsmanager:([a-z0-9-]+):(\d{12}):secret:([^/]+)\//
const withSecret = z.object({ cluster: z.object({ credentialsSecretArn: z.string() }) })

/**
 * The request in a JSON or YAML file.
 *
 * @throws {Error} when the request is not valid; the message has each validation issue
 */
export function readRequest(file: string): SetupRequest {
  return requestOf(parse(readFileSync(file, 'utf8')), file)
}

/**
 * A request, validated by the API's rules. The account and the prefix come from the ARN of the request's own secret.
 *
 * @param name identifies the request for the person who has to correct it
 * @throws {Error} when the request is not valid; the message has each validation issue
 */
export function requestOf(body: unknown, name: string): SetupRequest {
  const parsed = parseSetupRequest(body, deploymentOf(body))
  if (parsed.ok) return parsed.request
  throw new Error(
    [`${name} is no request:`, ...parsed.issues.map(({ path, message }) => `${path} ${message}`)].join('\n'),
  )
}

function deploymentOf(body: unknown): Deployment {
  const arn = withSecret.safeParse(body).data?.cluster.credentialsSecretArn ?? ''
  const [, partition = 'aws', region = 'eu-west-1', accountId = '000000000000', secretPrefix = 'workload-identity'] =
    secretArn.exec(arn) ?? []
  return {
    // No rights are about a role.
    name: '',
    partition,
    region,
    accountId,
    secretPrefix,
    allowedPolicyArns: ['*'],
    inlinePolicyActions: ['*'],
  }
}
