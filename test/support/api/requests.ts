import { readFileSync } from 'node:fs'
import { type Deployment, parseSetupRequest, type ValidationIssue } from '../../../lambdas/api/request/parse-setup.ts'
import type { SetupRequest } from '../../../lambdas/spec/setup-request.ts'
import { memberAccount } from '../../../sandbox/account.ts'
import { deployment as name } from '../steps/deployment.ts'

/** The deployment that the examples are written for. */
export const deployment: Deployment = {
  name,
  region: 'eu-west-1',
  accountId: '000000000000',
  memberAccounts: [memberAccount.id],
  partition: 'aws',
  secretPrefix: 'workload-identity',
  allowedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3*', 'arn:aws:iam::000000000000:policy/workloads/*'],
  inlinePolicyActions: ['*'],
  issuerHosts: ['oidc.example.com', 'd111111abcdef8.cloudfront.net'],
}

export type Example = 'setup' | 'csr-cluster' | 'existing-cluster' | 'kubeadm' | 'twenty-workloads'

/** Fields to set, by their dotted path (`workloads.0.role.name`). Undefined removes a field. */
export type Edits = Readonly<Record<string, unknown>>

/** A new copy of an example's body, with edits. */
export function exampleBody(example: Example, edits: Edits = {}): unknown {
  const file = new URL(`../../../examples/${example}.json`, import.meta.url)
  const body: unknown = JSON.parse(readFileSync(file, 'utf8'))
  for (const [path, value] of Object.entries(edits)) set(body, path.split('.'), value)
  return body
}

/** Edits that give the existing cluster of the examples this name, and a separate secret. */
export function namedCluster(name: string): Edits {
  const secret = `arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/${name}/user-cluster`
  return { 'cluster.name': name, 'cluster.credentialsSecretArn': secret }
}

/** The body of a request for the existing cluster of this name, with edits. */
export function existingCluster(name: string, edits: Edits = {}): unknown {
  return exampleBody('existing-cluster', { ...namedCluster(name), ...edits })
}

/** The normal form of an example. Throws when it has errors. */
export function exampleRequest(example: Example, edits: Edits = {}): SetupRequest {
  const parsed = parseSetupRequest(exampleBody(example, edits), deployment)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues, null, 2))
  return parsed.request
}

/** The issues of an example with edits. Empty when it is valid. */
export function issuesOf(example: Example, edits: Edits, where: Deployment = deployment): readonly ValidationIssue[] {
  const parsed = parseSetupRequest(exampleBody(example, edits), where)
  return parsed.ok ? [] : parsed.issues
}

function set(root: unknown, path: readonly string[], value: unknown): void {
  const [key = '', ...rest] = path
  if (typeof root !== 'object' || root === null) throw new Error(`no object to set ${path.join('.')} in`)
  if (rest.length > 0) {
    const inner: unknown = Reflect.get(root, key) ?? {}
    Reflect.set(root, key, inner)
    set(inner, rest, value)
  } else if (value === undefined) Reflect.deleteProperty(root, key)
  else Reflect.set(root, key, value)
}
