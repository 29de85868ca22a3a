/** Writes the generated parts of pages: request fields, the API's answer to an invalid request, and step tables. */
import { stringify } from 'yaml'
import { readWorkflow, stepsOf } from '../../infra/definition/source.ts'
import { steps } from '../../infra/steps.ts'
import { clustersMachine, workflows } from '../../infra/workflows.ts'
import { invalidRequest } from '../../lambdas/api/problem.ts'
import { type Deployment, parseSetupRequest, requestFieldTable } from '../../lambdas/api/request/parse-setup.ts'
import type { RequestField } from '../../lambdas/api/request/request-fields.ts'
import { workloadManifest } from '../../lambdas/service-account/workload-manifest.ts'
import { escalationSummary } from '../../test/escalations/table.ts'
import { sizeTable } from '../../test/statemachine/table.ts'
import { accessSummary } from './access-table.ts'
import { fenced, keep, readPage, withPart } from './page.ts'

/** Google defines the specs of AWSCluster and AWSNodePool. They are long, so each has a table of its required fields. */
const clusterSpec = 'cluster.spec.'
const nodePoolSpec = 'cluster.nodePools[].spec.'

/** @param prefix the common prefix of the paths, which the heading above the table has */
function tableOf(fields: readonly RequestField[], prefix = ''): string {
  const rows = fields.map((field) => {
    const { path, type, description } = field
    return `| \`${path.slice(prefix.length)}\` | ${type}${needOf(field)} | ${description} |`
  })
  return ['| field | type | meaning |', '|---|---|---|', ...rows].join('\n')
}

function needOf({ required, default: value }: RequestField): string {
  if (required) return ', required'
  return value === undefined ? '' : `, default \`${value}\``
}

const fields = requestFieldTable()
const fieldsBelow = (prefix: string) => fields.filter(({ path }) => path.startsWith(prefix))

/** The fields that every spec needs. The schema of a request has all other fields. */
function specTable(prefix: string): string {
  const groups = new Set([prefix])
  const rows: RequestField[] = []
  for (const field of fieldsBelow(prefix)) {
    const { path, required } = field
    if (!required || !groups.has(path.slice(0, path.lastIndexOf('.') + 1))) continue
    groups.add(`${path}.`)
    // The page says that all these fields are required.
    rows.push({ ...field, required: false })
  }
  return tableOf(rows, prefix)
}

const ownFields = fields.filter(({ path }) => !path.startsWith(clusterSpec) && !path.startsWith(nodePoolSpec))

const invalid = {
  cluster: { name: 'Prod_EU', provider: 'existing', credentialsSecretArn: 'kubeconfig of prod' },
  workloads: [{ namespace: 'default', serviceAccount: 's3-reader', role: { policyArns: [] } }],
}

/** The sandbox's deployment, with the settings in settings.yaml. */
const deployment: Deployment = {
  name: '000000000000/eu-west-1/WorkloadIdentity',
  region: 'eu-west-1',
  accountId: '000000000000',
  partition: 'aws',
  secretPrefix: 'workload-identity',
  allowedPolicyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'],
  inlinePolicyActions: [],
  issuerHosts: [],
  memberAccounts: [],
}

/**
 * A request with validation issues, and the API's answer to it.
 *
 * @throws {Error} when the example has become valid
 */
function problemExample(): string {
  const parsed = parseSetupRequest(invalid, deployment)
  if (parsed.ok) throw new Error('the example of an invalid request is valid')
  const curl = `curl -s -X POST http://127.0.0.1:8080/v1/setups -H 'content-type: application/json' -d '${JSON.stringify(invalid)}'`
  return [fenced('sh', curl), fenced('json', JSON.stringify(invalidRequest(parsed.issues), undefined, 2))].join('\n\n')
}

/** A table of steps, made from their descriptions. The page describes the steps that record an end in one sentence. */
function stepTable(states: readonly string[]): string {
  const described = states.filter((state) => !state.startsWith('Record'))
  const rows = described.flatMap((state) => {
    const { does, leavesAlone = '' } = steps.get(state)?.description ?? {}
    return does === undefined ? [] : [`| ${state} | ${does} | ${leavesAlone} |`]
  })
  return ['| step | what it does | what it leaves alone |', '|---|---|---|', ...rows].join('\n')
}

/** A pod of a workload, as the API writes it. */
function podExample(webhook: boolean): string {
  const roleArn = 'arn:aws:iam::111122223333:role/workload-identity/edge-1/edge-1-default-s3-reader'
  const workload = { namespace: 'default', serviceAccount: 's3-reader', roleArn, region: 'eu-west-1' }
  const pod = { kind: 'Pod', name: 's3-reader', container: 'app', image: 'amazon/aws-cli', webhook } as const
  return fenced('yaml', stringify(workloadManifest(workload, pod)))
}

const setupSteps = stepsOf(readWorkflow('setup'))
const others = [
  workflows.rotation,
  clustersMachine,
  workflows['key-refresh'],
  workflows.teardown,
  workflows.verification,
]
const stepsOfOthers = [...new Set(others.flatMap((name) => stepsOf(readWorkflow(name))))]

/** The generated parts of each page, by the name in the page's markers. */
const pages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'docs/concepts.md': {
    'with webhook': podExample(true),
    'without webhook': podExample(false),
  },
  'docs/request.md': {
    fields: tableOf(ownFields),
    'cluster spec': specTable(clusterSpec),
    'node pool spec': specTable(nodePoolSpec),
  },
  'docs/api.md': { problem: problemExample() },
  'docs/access.md': { table: accessSummary() },
  'docs/permissions.md': await escalationSummary(),
  'docs/workflows.md': {
    'setup steps': stepTable(setupSteps),
    'other steps': stepTable(stepsOfOthers.filter((state) => !setupSteps.includes(state))),
  },
  'statemachine/README.md': { sizes: await sizeTable() },
}

for (const [page, parts] of Object.entries(pages)) {
  const text = Object.entries(parts).reduce((before, [name, part]) => withPart(before, name, part), readPage(page))
  keep(page, text, 'npm run docs')
}
