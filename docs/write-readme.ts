/**
 * Writes into README.md what the code knows better: the fields of a request, and an answer to a bad one.
 * With --check it writes nothing and fails when the README is old.
 */

import { type Deployment, parseSetupRequest, requestFieldTable } from '../lambdas/api/parse-setup.ts'
import { invalidRequest } from '../lambdas/api/problem.ts'
import type { RequestField } from '../lambdas/api/request-fields.ts'
import { fenced, readReadme, withPart, writeReadme } from './readme.ts'

/** The specs are long, and those of the product that defines them: they are folded away. */
const isOfSpec = ({ path }: RequestField) => /^cluster\.(spec|nodePools\[\]\.spec)\./.test(path)

function fields(): string {
  const { true: ofSpecs = [], false: own = [] } = Object.groupBy(requestFieldTable(), (field) =>
    isOfSpec(field) ? 'true' : 'false',
  )
  return `${table(own)}

<details>
<summary>The fields of <code>cluster.spec</code> and <code>cluster.nodePools[].spec</code></summary>

${table(ofSpecs)}

</details>`
}

function table(rows: readonly RequestField[]): string {
  return ['| field | type | default | meaning |', '|---|---|---|---|', ...rows.map(row)].join('\n')
}

function row({ path, type, required, default: value, description }: RequestField): string {
  const otherwise = value === undefined ? '' : `\`${value}\``
  return `| \`${path}\` | ${type} | ${required ? 'required' : otherwise} | ${description} |`
}

const badRequest = {
  cluster: { name: 'Prod_EU', provider: 'existing', credentialsSecretArn: 'kubeconfig of prod' },
  workloads: [{ namespace: 'default', serviceAccount: 's3-reader', role: { policyArn: 'arn:aws:iam::aws:policy/*' } }],
}

/** The sandbox's, with the settings of cdk.json. */
const deployment: Deployment = {
  region: 'eu-west-1',
  accountId: '000000000000',
  partition: 'aws',
  secretPrefix: 'workload-identity',
  allowedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
}

function problem(): string {
  const parsed = parseSetupRequest(badRequest, deployment)
  if (parsed.ok) throw new Error('the example of a bad request has become a good one')
  const curl = `curl -s -X POST http://127.0.0.1:8080/v1/setups -H 'content-type: application/json' -d '${JSON.stringify(badRequest)}'`
  return [fenced('', curl), fenced('json', JSON.stringify(invalidRequest(parsed.faults), undefined, 2))].join('\n\n')
}

const before = readReadme()
const now = withPart(withPart(before, 'request fields', fields()), 'problem', problem())
if (!process.argv.includes('--check')) writeReadme(now)
else if (now !== before) {
  console.error('README.md is older than the request that it describes: run "npm run docs".')
  process.exitCode = 1
}
