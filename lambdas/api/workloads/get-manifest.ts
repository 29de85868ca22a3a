import { stringify } from 'yaml'
import type * as z from 'zod/mini'
import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import type { WorkloadItem } from '../../operations/record/record.ts'
import { workloadManifest } from '../../service-account/workload-manifest.ts'
import { issueAt } from '../../spec/issue.ts'
import { regionOf } from '../../steps/facts-of.ts'
import { workloadResource } from '../access/checks.ts'
import { findCluster } from '../clusters/find-cluster.ts'
import { type Answer, operation } from '../operation.ts'
import { clusterIn, workloadIn } from '../path-names.ts'
import { invalidRequest, ProblemError, problem } from '../problem.ts'
import { manifestQuery, readQuery } from '../queries.ts'
import { findWorkload } from './find-workload.ts'

/**
 * The default container, as in Google's guide (docs/workflows.md#the-procedure-by-hand). The log of the container shows
 * the assumed role.
 */
const anyImage = { image: 'amazon/aws-cli', command: 'while :; do aws sts get-caller-identity; sleep 500; done' }

export const handler = operation({
  authorizes: (call) => {
    const workload = workloadIn(call)
    const resource = workloadResource(clusterIn(call), workload)
    return { checks: [{ action: 'get-manifest', resource }], input: workload }
  },
  runs: async (call, workload) => {
    const query = readQuery(manifestQuery, call.query)
    const recorded = await findCluster(call)
    return manifestOf(query, recorded, findWorkload(call, recorded, workload))
  },
})

type Query = z.output<typeof manifestQuery>

function manifestOf(
  query: Query,
  recorded: RecordedCluster,
  { namespace, serviceAccount, status }: WorkloadItem,
): Answer {
  const roleArn = status.role?.roleArn
  if (roleArn === undefined) throw withoutRole(`${namespace}/${serviceAccount}`)
  const { format, image, command, webhook = hasWebhook(recorded), ...rest } = query
  if (query.kind === 'patch') requireTarget(rest, webhook)
  const named = { name: `${serviceAccount.replaceAll('.', '-').slice(0, 50)}-example`, container: 'app', ...rest }
  const run = image === undefined ? { ...anyImage, ...(command !== undefined && { command }) } : { image, command }
  const workload = { namespace, serviceAccount, roleArn, region: regionOf(recorded.cluster.status) }
  const manifest = workloadManifest(workload, { ...named, ...run, webhook })
  if (format === 'json') return { status: 200, body: manifest }
  return { status: 200, text: stringify(manifest, { aliasDuplicateObjects: false }), mediaType: 'application/yaml' }
}

/** A patch changes an existing Deployment. The record contains neither its name nor the name of its container. */
function requireTarget(given: { name?: string; container?: string }, webhook: boolean): void {
  const messages = {
    name: 'is needed for a patch: give the name of the Deployment to change',
    container: 'is needed for a patch without the webhook: give the name of the container in that Deployment',
  }
  const needed = webhook ? (['name'] as const) : (['name', 'container'] as const)
  const issues = needed.filter((field) => given[field] === undefined).map((field) => issueAt([field], messages[field]))
  if (issues.length > 0) throw new ProblemError(invalidRequest(issues))
}

function withoutRole(workload: string): ProblemError {
  const detail = `No setup has created the role of ${workload} yet. If a setup is running, wait for its end. Otherwise send the setup again`
  return new ProblemError(problem('conflict', { detail }))
}

function hasWebhook({ cluster }: RecordedCluster): boolean {
  return cluster.status.webhook?.mode !== 'none'
}
