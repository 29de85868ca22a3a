/** Drift: compares the requested and created objects of a cluster with the observed ones. */
import * as z from 'zod/mini'
import { displayName } from '../../clouds/kubernetes/object.ts'
import { type OperationError, recordedError } from '../../errors/recorded.ts'
import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import type { StepItem } from '../../operations/record/record.ts'
import { bucketLabels, kubernetesOwnership, tagKeys } from '../../ownership/labels.ts'
import { itemOf } from '../../ownership/ownership.ts'
import type { Change } from '../../report/change.ts'
import { difference } from '../../report/difference.ts'
import { type Severity, severities, worstOf } from '../../report/severity.ts'
import { objectOf } from '../../spec/format.ts'
import { workloadFields } from '../../spec/setup-request.ts'
import { type ComparedRequest, comparedRequest } from '../../steps/compared-request.ts'
import { realConfigurationRef } from '../../webhook/desired/configuration.ts'
import { webhookName } from '../../webhook/desired/names.ts'
import { knownLater } from '../../webhook/observed/pending.ts'
import { appliedWorkload } from '../applied-workload.ts'
import { fitsWorkflow } from '../workflow-input.ts'
import {
  type ComparedStep,
  comparedSteps,
  type FailedComparison,
  failedComparison,
  failuresOfStep,
  isUnreachable,
} from './comparison.ts'
import { adviceOn } from './repair.ts'
import { isSecurity, severityOf, severityOfMissing } from './severity.ts'

export const driftBody = z.strictObject({
  workload: z.exactOptional(
    objectOf(
      'The only workload to compare, in addition to the cluster. If absent, all workloads are compared',
      workloadFields,
    ),
  ),
})

export type DriftBody = z.output<typeof driftBody>

const severity = z
  .enum(severities)
  .check(
    z.describe(
      'security: the difference may grant more rights, or give others access; function: workloads may fail because of the difference; cosmetic: neither',
    ),
  )

const ofObject = z.extend(difference, {
  object: z.string(),
  severity,
  field: z.exactOptional(
    difference.shape.field.check(z.describe('Absent when the difference concerns the entire object')),
  ),
})

const unreachable = z.extend(z.omit(recordedError, { object: true }), {
  object: z.string().check(z.describe('The object that could not be observed')),
})

export const driftResult = z.object({
  missing: z.array(z.object({ object: z.string(), severity })).check(z.describe('Objects that do not exist')),
  changed: z.array(ofObject).check(z.describe('Fields of existing objects that are not as requested')),
  additions: z
    .array(ofObject)
    .check(
      z.describe(
        'What others have added: a setup does not change it. Also leftover objects of an earlier setup: the next setup deletes them',
      ),
    ),
  unreachable: z.array(unreachable),
  problems: z
    .array(failedComparison)
    .check(
      z.describe(
        'Other reasons why objects could not be compared, why the cluster or the webhook is not ready, and why a setup would be rejected or would fail',
      ),
    ),
  toDo: z.exactOptional(
    z
      .string()
      .check(
        z.describe(
          'What to do about the differences, with the command of the repair. Absent when there is nothing to do',
        ),
      ),
  ),
  summary: z.object({
    severity: z.exactOptional(
      z
        .enum(severities)
        .check(
          z.describe(
            'The highest severity of all differences. An addition counts only if its severity is security. An unreachable object or a problem counts as function. Absent when none of these exists',
          ),
        ),
    ),
    differences: z.number().check(z.describe('The number of missing objects and changed fields')),
    missing: z.number(),
    changed: z.number(),
    additions: z.number(),
    unreachable: z.number(),
    problems: z.number(),
  }),
})

export type DriftResult = z.output<typeof driftResult>
type FieldOfObject = z.output<typeof ofObject>

/**
 * The input of the workflow `compare`, for one workload or all: the spec of the cluster, the last applied roles of its
 * workloads, and the recorded facts. Returns a refusal when no setup has succeeded, or when the input is too large for
 * a workflow.
 *
 * @param refused the errors with which the API would reject a setup of the recorded spec
 */
export function driftRequest(
  { cluster, workloads: recorded }: Pick<RecordedCluster, 'cluster' | 'workloads'>,
  chosenWorkload: DriftBody['workload'],
  refused: readonly OperationError[],
): { readonly request: Readonly<Record<string, unknown>> } | { readonly refused: string } {
  const workloads = recorded.filter(({ spec }) => spec)
  const chosen = chosenWorkload ? workloads.filter((each) => itemOf(each) === itemOf(chosenWorkload)) : workloads
  const complete = chosen.flatMap((each) => appliedWorkload(each) ?? [])
  const { spec, status } = cluster
  if (status.verifiedAt === undefined || (complete.length === 0 && chosen.length > 0)) {
    return {
      refused: `No setup of ${chosenWorkload ? itemOf(chosenWorkload) : cluster.cluster} has succeeded: send a setup`,
    }
  }
  const request = comparedRequest.parse({
    ...spec,
    workloads: complete.map(({ workload }) => workload),
    incomplete: chosen.filter((each) => !appliedWorkload(each)).map(itemOf),
    refused: refused.filter(({ item }) => item === undefined || !chosenWorkload || item === itemOf(chosenWorkload)),
    known: {
      facts: status.cluster,
      providerArn: status.providerArn,
      installed: status.webhook,
      roleArns: Object.fromEntries(complete.map(({ workload, roleArn }) => [itemOf(workload), roleArn])),
    },
  })
  if (fitsWorkflow(request)) return { request }
  return {
    refused: `The cluster has ${complete.length} workloads, too many for one drift: name one workload in each request`,
  }
}

/** The drift, from the records of the dry runs. */
export function driftOf(request: unknown, steps: readonly StepItem[]): DriftResult {
  const parsed = comparedRequest.parse(request)
  return driftIn(parsed, comparedSteps(parsed, steps))
}

/** The findings for the cluster itself, and for each of its workloads. */
export function driftByOwner(request: unknown, steps: readonly StepItem[]) {
  const parsed = comparedRequest.parse(request)
  const compared = comparedSteps(parsed, steps)
  const of = (item: string | undefined) => {
    const { refused = [], incomplete = [] } = parsed
    const own = {
      refused: refused.filter((each) => each.item === item),
      incomplete: incomplete.filter((each) => each === item),
    }
    const stepsOfItem = compared.filter((each) => each.item === item)
    return driftIn({ ...parsed, ...own }, stepsOfItem)
  }
  return { cluster: of(undefined), workloads: parsed.workloads.map((ref) => ({ ref, drift: of(itemOf(ref)) })) }
}

function driftIn(parsed: ComparedRequest, compared: readonly ComparedStep[]): DriftResult {
  const seen = differencesOf(compared)
  const changed = [...factsChanged(compared, parsed), ...seen.changed]
  const failures = compared.flatMap((step) => failuresOfStep(step, parsed)).map((each) => withUnreached(each, compared))
  const unreachableObjects = failures.filter(isUnreachable).flatMap(toUnreachable)
  const otherFailures = failures.filter((failure) => !isUnreachable(failure))
  const problems = [...refusedByApi(parsed), ...otherFailures, ...notReady(compared, parsed), ...neverSetUp(parsed)]
  const worst = worstOf([
    ...severitiesIn({ ...seen, changed }),
    ...[...unreachableObjects, ...problems].map(() => 'function' as const),
  ])
  const differences = seen.missing.length + changed.length
  const toDo = adviceOn({ cluster: parsed.cluster.name, differences, additions: seen.additions, problems })
  return {
    missing: seen.missing,
    changed,
    additions: [...seen.additions],
    unreachable: unreachableObjects,
    problems,
    ...(toDo !== undefined && { toDo }),
    summary: {
      ...(worst && { severity: worst }),
      differences,
      missing: seen.missing.length,
      changed: changed.length,
      additions: seen.additions.length,
      unreachable: unreachableObjects.length,
      problems: problems.length,
    },
  }
}

/** The severities of all differences. An addition counts only if its severity is `security`. */
export function severitiesIn({ missing, changed, additions }: Seen): Severity[] {
  return [...missing, ...changed, ...additions.filter(isSecurity)].map(({ severity }) => severity)
}

interface Seen {
  readonly missing: DriftResult['missing']
  readonly changed: readonly FieldOfObject[]
  readonly additions: readonly FieldOfObject[]
}

function differencesOf(steps: readonly ComparedStep[]): Seen {
  const changes = steps.flatMap(({ changes }) => changes).filter(({ temporary }) => !temporary)
  const missing = changes.flatMap(({ object, action }) =>
    action === 'created' ? [{ object, severity: severityOfMissing }] : [],
  )
  return {
    missing: distinct(missing),
    changed: distinct(changes.flatMap(fieldsChanged).filter((each) => !isConsequence(each, missing))),
    additions: distinct(changes.flatMap(additionsOf)),
  }
}

function fieldsChanged({ object, action, detail, differences = [] }: Change): FieldOfObject[] {
  if (action !== 'updated' && action !== 'adopted') return []
  const isOfAdoption = ({ field }: { field: string }) =>
    adoptionLabels.some((adoptionLabel) => field.includes(adoptionLabel))
  const reported = action === 'adopted' ? differences.filter((each) => !isOfAdoption(each)) : differences
  if (differences.length === 0) return [rated({ object, ...(detail !== undefined && { field: detail }) })]
  return reported.map((each) => withoutContents(rated({ object, ...each })))
}

/**
 * A setup would label an object without ownership labels as adopted. A drift reports the missing labels, but not the
 * adoption label.
 */
const adoptionLabels = [kubernetesOwnership.adoptedAnnotation, tagKeys.adopted, bucketLabels.adopted]

/**
 * Additions by others, which a setup does not change. Also leftover objects of an earlier setup, which the next setup
 * deletes.
 */
function additionsOf({ object, action, additions = [] }: Change): FieldOfObject[] {
  if (action === 'deleted') return [{ object, severity: 'cosmetic' }]
  return additions.map((each) => withoutContents(rated({ object, ...each })))
}

function rated<Found extends Omit<FieldOfObject, 'severity'>>(found: Found): Found & { severity: Severity } {
  return { ...found, severity: severityOf(found) }
}

/** Removes the contents of Secrets from a drift, in case a step reports them by mistake. */
function withoutContents(each: FieldOfObject): FieldOfObject {
  if (!each.object.startsWith('Secret ')) return each
  const { desired: _, observed: __, ...rest } = each
  return rest
}

/**
 * Whether the drift already reports the cause of the difference. The IAM policy of a missing bucket is missing too. The
 * value of a field that depends on the webhook's certificate is not known before a setup creates the certificate.
 */
function isConsequence({ object, desired }: FieldOfObject, missing: readonly { readonly object: string }[]): boolean {
  return desired === knownLater || missing.some((gone) => object === `IAM policy of ${gone.object}`)
}

const comparedFacts = ['clusterId', 'issuerUrl', 'jwksUri'] as const

/** The changed facts of the cluster. A cluster that was created again has another ID, and usually another issuer. */
function factsChanged(steps: readonly ComparedStep[], { known, cluster }: ComparedRequest): FieldOfObject[] {
  const output = steps.find(({ state }) => state === 'CheckCluster')?.recorded?.output
  if (!output || !known) return []
  return comparedFacts.flatMap((field) => {
    const [desired, observed] = [known.facts[field], output[field]]
    return desired === observed ? [] : [rated({ object: `cluster ${cluster.name}`, field, desired, observed })]
  })
}

/** When DeployWebhook fails, ActivateWebhook does not run, so the webhook configuration is not compared either. */
function withUnreached(failure: FailedComparison, steps: readonly ComparedStep[]): FailedComparison {
  const activate = steps.find(({ state }) => state === 'ActivateWebhook')
  if (failure.step !== 'DeployWebhook' || !activate || activate.recorded) return failure
  return { ...failure, notCompared: [...failure.notCompared, displayName(realConfigurationRef)] }
}

function toUnreachable({ name, object, reason, action, notCompared }: FailedComparison): DriftResult['unreachable'] {
  return (notCompared.length === 0 ? [object] : notCompared).map((each) => ({
    object: each,
    name,
    reason: each === object ? reason : `${object}: ${reason}`,
    action,
  }))
}

/** The problems of a cluster or webhook that is not ready although all of its objects are as desired. */
function notReady(steps: readonly ComparedStep[], { cluster, webhook }: ComparedRequest): FailedComparison[] {
  const isWhole = steps.filter(({ state }) => ofWebhook.includes(state)).every(({ changes }) => changes.every(isSame))
  const deployment = displayName({ kind: 'Deployment', namespace: webhook.namespace, name: webhookName })
  return [
    ...waitingAt(steps, 'CheckCluster').map((reason) => ({
      name: 'ClusterNotReady',
      object: `cluster ${cluster.name}`,
      reason,
      action: 'Do what the reason asks for',
      step: 'CheckCluster',
      notCompared: [],
    })),
    ...(isWhole ? waitingAt(steps, 'CheckWebhook') : []).map((reason) => ({
      name: 'WebhookNotReady',
      object: deployment,
      reason,
      action: 'Fix what the reason names (kubectl describe shows details)',
      step: 'CheckWebhook',
      notCompared: [],
    })),
  ]
}

function refusedByApi({ refused = [] }: ComparedRequest): FailedComparison[] {
  return refused.map((each) => ({ ...each, notCompared: [] }))
}

function neverSetUp({ incomplete = [] }: ComparedRequest): FailedComparison[] {
  return incomplete.map((item) => ({
    name: 'NeverSetUp',
    object: `workload ${item}`,
    reason: 'no setup of the workload has succeeded',
    action: 'Send the setup again',
    item,
    notCompared: [],
  }))
}

const ofWebhook: readonly string[] = ['DeployWebhook', 'ActivateWebhook']

function isSame({ action }: Change): boolean {
  return action === 'unchanged'
}

function waitingAt(steps: readonly ComparedStep[], state: string): string[] {
  return steps.flatMap((step) => {
    const isWaiting = step.state === state && step.recorded?.status === 'waiting'
    return isWaiting && step.recorded?.waiting ? [step.recorded.waiting.reason] : []
  })
}

function distinct<Each>(all: readonly Each[]): Each[] {
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()]
}
