import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import * as z from 'zod/mini'
import { type Deployment, parseSetupRequest } from '../../lambdas/api/parse-setup.ts'
import type { SetupRequest } from '../../lambdas/spec/parts.ts'

const secretArn = /^arn:([a-z-]+):secretsmanager:([a-z0-9-]+):(\d{12}):secret:([^/]+)\//
const withSecret = z.object({ cluster: z.object({ credentialsSecretArn: z.string() }) })

/** The request that a file holds, as JSON or YAML. @throws as {@link requestOf} */
export function readRequest(file: string): SetupRequest {
  return requestOf(parse(readFileSync(file, 'utf8')), file)
}

/**
 * A request, held against the API's rules; the account and the prefix are those of its own secret.
 *
 * @param name by which it is known to who has to mend it
 * @throws Error with every fault
 */
export function requestOf(body: unknown, name: string): SetupRequest {
  const parsed = parseSetupRequest(body, deploymentOf(body))
  if (parsed.ok) return parsed.request
  throw new Error(
    [`${name} is no request:`, ...parsed.faults.map(({ path, message }) => `${path} ${message}`)].join('\n'),
  )
}

function deploymentOf(body: unknown): Deployment {
  const arn = withSecret.safeParse(body).data?.cluster.credentialsSecretArn ?? ''
  const [, partition = 'aws', region = 'eu-west-1', accountId = '000000000000', secretPrefix = 'workload-identity'] =
    secretArn.exec(arn) ?? []
  return { partition, region, accountId, secretPrefix, allowedPolicyArns: ['*'] }
}
