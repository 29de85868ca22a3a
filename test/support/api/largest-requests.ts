import { maxRequestBytes, parseSetupRequest } from '../../../lambdas/api/request/parse-setup.ts'
import { description as checkCluster } from '../../../lambdas/cluster/check-cluster.step.ts'
import type { SetupRequest } from '../../../lambdas/spec/setup-request.ts'
import { fitsWorkflow } from '../../../lambdas/workflows/workflow-input.ts'
import type { StepStub } from '../workflows/definitions.ts'
import { allWell } from '../workflows/setup-workflow.ts'
import { payloadOf } from '../workflows/workflow-parts.ts'
import { deployment, type Edits, exampleBody, exampleRequest } from './requests.ts'

/** Bytes of the longest answer of lambda:invoke, without the parts that repeat the request. */
export const answerBytes = 16 * 1024
const longestName = { namespace: 'n'.repeat(63), cluster: 'c'.repeat(63) }
/** As long as an ARN of IAM can be: a path of 512 characters, a name of 64 (https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html). */
const roleArn = `arn:aws-us-gov:iam::000000000000:role/${'p'.repeat(510)}/${'r'.repeat(64)}`

/** A service account with the longest name that Kubernetes allows. */
function serviceAccount(index: number): string {
  return `${index}-${'s'.repeat(249 - String(index).length)}-s`
}

function workloads(count: number, role: object): object[] {
  return Array.from({ length: count }, (_, index) => ({
    namespace: longestName.namespace,
    serviceAccount: serviceAccount(index),
    role,
  }))
}

/**
 * A setup of `count` workloads with the longest names, as the recorded spec of a cluster can have after several requests.
 *
 * @throws {Error} when a request of one workload is refused
 */
export function longNamedSetup(count: number): SetupRequest {
  const { workloads: _, ...request } = exampleRequest('setup', { 'cluster.readyTimeoutMinutes': 720 })
  const first = exampleWorkload({ policyArns: [] })
  const each = Array.from({ length: count }, (_, index) => ({ ...first, serviceAccount: serviceAccount(index) }))
  return { ...request, workloads: each }
}

const policyArn = (index: number) =>
  `arn:aws:iam::000000000000:policy/workloads/${'p'.repeat(300)}/${'n'.repeat(100)}-${index}`
const inlinePolicy = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::bucket/${'x'.repeat(8000)}` }],
}
const policyArns = Array.from({ length: 10 }, (_, index) => policyArn(index))

/** The request with the most items of one kind that fits into a body, 400 at most. */
function largest(make: (count: number) => Edits): SetupRequest {
  let [fits, tooMany] = [0, 401]
  let observed: SetupRequest | undefined
  while (tooMany - fits > 1) {
    const count = Math.floor((fits + tooMany) / 2)
    const request = fitting(make(count))
    if (request) [fits, observed] = [count, request]
    else tooMany = count
  }
  if (!observed) throw new Error('no request fits')
  return observed
}

function fitting(edits: Edits): SetupRequest | undefined {
  const body = exampleBody('setup', { 'cluster.readyTimeoutMinutes': 720, ...edits })
  if (Buffer.byteLength(JSON.stringify(body)) > maxRequestBytes) return undefined
  const parsed = parseSetupRequest(body, deployment)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues[0]))
  return fitsWorkflow(parsed.request) ? parsed.request : undefined
}

const nodePool = exampleRequest('setup').cluster.nodePools?.[0]?.spec
/** Normal forms of the largest bodies that the API accepts, each with as many items of one kind as fit. */
export const largestRequests: Readonly<Record<string, SetupRequest>> = {
  'as many workloads with the longest names as a cluster takes': largest((count) => ({
    workloads: workloads(count, { policyArns: [] }),
  })),
  'workloads with inline policies': largest((count) => ({ workloads: workloads(count, { inlinePolicy }) })),
  'workloads with ten policies each': largest((count) => ({ workloads: workloads(count, { policyArns }) })),
  'node pools, and a workload': largest((count) => ({
    workloads: workloads(1, { policyArns: [] }),
    'cluster.nodePools': Array.from({ length: count * 2 }, (_, index) => ({ name: `pool-${index}`, spec: nodePool })),
  })),
}

/** The longest names, and all policies that a role may have. */
export const largestWorkload = exampleWorkload({ inlinePolicy, policyArns })

function exampleWorkload(role: object): SetupRequest['workloads'][number] {
  const [first] = exampleRequest('setup', { workloads: workloads(1, role) }).workloads
  if (!first) throw new Error('the request has no workload')
  return first
}

/** The answer of CheckCluster in a setup. */
export const longFound: object = { ...Object(allWell.CheckCluster), clusterId: 'i'.repeat(answerBytes) }

/** In a plan or a drift the answer also has the fingerprints of the service accounts. */
const longFoundBy: StepStub = (call) => {
  const { dryRun, input } = payloadOf(call)
  if (!dryRun) return longFound
  const { needs } = checkCluster.input.parse(input)
  return { ...longFound, seenAccounts: needs?.workloads.map(() => 'f'.repeat(22)) }
}

/** The longest answers of the steps of all workflows with workloads. */
export const longAnswers: Readonly<Record<string, StepStub>> = {
  ...allWell,
  ObserveCluster: { ready: true, gone: false },
  RemoveWebhook: { ready: true, remaining: [] },
  DeleteCluster: { ready: true, gone: true },
  RecordTeardown: { ready: true, gone: true },
  DeployWebhook: { ready: true, mode: 'csr', image: 'i'.repeat(1024), namespace: longestName.namespace, replicas: 2 },
  CheckCluster: longFoundBy,
  CreateRole: { ready: true, roleArn },
}
