/** Schemas of the generations of a spec in the API, and source of the OpenAPI description. */
import * as z from 'zod/mini'
import { type GenerationDifference, generationDifference } from '../../operations/record/generation-difference.ts'
import { type GenerationItem, generationItem, operationStatuses } from '../../operations/record/record.ts'
import type { WorkloadRef } from '../../ownership/ownership.ts'
import { workloadFields } from '../../spec/setup-request.ts'
import { nextPath } from '../next-path.ts'

const workloadRef = z.object(workloadFields)
const paths = (description: string) => z.array(z.string()).check(z.describe(description))

const generationChanges = z.object({
  added: z.array(workloadRef),
  removed: z.array(workloadRef),
  changed: z.array(
    z.extend(workloadRef, { fields: paths('Paths of the changed fields of the workload, such as role.policyArns') }),
  ),
  fields: paths('Paths of the changed fields of the rest of the spec, such as webhook.image'),
})

const written = z.omit(generationItem, { spec: true })

export const generationSummary = z.extend(written, {
  operationStatus: z.exactOptional(
    z
      .enum(operationStatuses)
      .check(
        z.describe('The status of the operation. Absent when the operation has expired, or the caller may not read it'),
      ),
  ),
  changes: z.exactOptional(
    generationChanges.check(
      z.describe(
        'The changes since the previous generation, without workloads that the caller may not see. Absent when the previous generation is no longer stored. The first generation adds everything',
      ),
    ),
  ),
})

export const generationPage = z.object({ generations: z.array(generationSummary), next: nextPath })

export const generationView = z.extend(written, {
  spec: z
    .record(z.string(), z.unknown())
    .check(
      z.describe(
        'The spec, with the workloads that the caller may see. As the body of a PUT, it restores this generation',
      ),
    ),
})

export type GenerationSummary = z.output<typeof generationSummary>
export type GenerationView = z.output<typeof generationView>

interface Seen {
  readonly workload: (workload: WorkloadRef) => boolean
  /** Absent when the caller may not see the operation, or when it has expired. */
  readonly operationStatus?: GenerationSummary['operationStatus']
}

/**
 * A generation as an entry of the list.
 *
 * @param before the previous generation, if it is stored
 */
export function generationSummaryOf(
  { spec, ...item }: GenerationItem,
  before: GenerationItem | undefined,
  { workload: maySee, operationStatus }: Seen,
): GenerationSummary {
  const isKnown = before !== undefined || item.generation === 1
  return {
    ...item,
    ...(operationStatus !== undefined && { operationStatus }),
    ...(isKnown && { changes: seenChanges(generationDifference(spec, before?.spec), maySee) }),
  }
}

function seenChanges({ added, removed, changed, fields }: GenerationDifference, maySee: Seen['workload']) {
  return {
    added: added.filter(maySee),
    removed: removed.filter(maySee),
    changed: changed.filter(maySee).map((one) => ({ ...one, fields: [...one.fields] })),
    fields: [...fields],
  }
}

/** A generation with its spec, in the form of a PUT body: without managers, because a PUT names one in its query. */
export function generationViewOf({ spec, ...item }: GenerationItem, maySee: Seen['workload']): GenerationView {
  const workloads = spec.workloads.filter(maySee).map(({ manager: _, ...workload }) => workload)
  return { ...item, spec: { ...spec, workloads } }
}
