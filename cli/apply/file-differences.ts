/** The differences of a file's request from the recorded spec. */

import type { SetupRequest } from '../../client/api.ts'
import { isRecord } from '../../client/json.ts'
import { nameOf, type WorkloadName } from '../../client/workload.ts'

export type FileDifference =
  /**
   * A field whose value in the file differs from the spec, such as `webhook.failurePolicy` or
   * `workload default/reader: role.policyArns`. `spec` is absent if the recorded spec does not have the field.
   */
  | { readonly field: string; readonly file: unknown; readonly spec?: unknown }
  /** A complete workload. */
  | { readonly field: string; readonly onlyIn: 'file' | 'spec' }

/**
 * Fields of the file with other values in the spec, and workloads that are only in the file or only in the spec. Fields
 * that the file omits are not compared.
 */
export function fileDifferences(file: SetupRequest, spec: SetupRequest): FileDifference[] {
  const { workloads: filed, ...fileRest } = file
  const { workloads: recorded, ...specRest } = spec
  const [inFile, inSpec] = [byName(filed), byName(recorded)]
  return [
    ...differencesIn(fileRest, specRest, ''),
    ...[...inFile].flatMap(([name, workload]) => {
      const found = inSpec.get(name)
      return found
        ? differencesIn(workload, found, `workload ${name}: `)
        : [{ field: `workload ${name}`, onlyIn: 'file' as const }]
    }),
    ...[...inSpec.keys()].flatMap((name) =>
      inFile.has(name) ? [] : [{ field: `workload ${name}`, onlyIn: 'spec' as const }],
    ),
  ]
}

function byName<Workload extends WorkloadName>(workloads: readonly Workload[]): ReadonlyMap<string, Workload> {
  return new Map(workloads.map((one) => [nameOf(one), one]))
}

function differencesIn(file: object, spec: object, prefix: string): FileDifference[] {
  const recorded = new Map<string, unknown>(Object.entries(spec))
  return Object.entries(file).flatMap(([key, value]) => {
    const field = `${prefix}${key}`
    const found = recorded.get(key)
    if (isRecord(value) && isRecord(found)) return differencesIn(value, found, `${field}.`)
    if (isAsDeclared(value, found)) return []
    return [{ field, file: value, ...(found !== undefined && { spec: found }) }]
  })
}

/** Lists are equal when all their entries are equal, in the same order. */
function isAsDeclared(file: unknown, spec: unknown): boolean {
  if (Array.isArray(file) && Array.isArray(spec)) {
    return file.length === spec.length && file.every((entry, index) => isAsDeclared(entry, spec[index]))
  }
  if (isRecord(file) && isRecord(spec)) return differencesIn(file, spec, '').length === 0
  return file === spec
}
