import type { Manifest } from '../clouds/kubernetes/object.ts'
import { bounded, type Difference, differenceIn } from '../report/difference.ts'
import { additionsTo } from './additions.ts'
import { differences, type PathStep, pathName } from './differences.ts'
import { isApplied, ownerOf } from './field-owner.ts'

/** The maximum length of a value's JSON, in characters. The report truncates a longer value. */
const longestValue = 1_000

/** The report on an existing object: the differences from the manifest, and the additions of other writers. */
export interface ReportedFields {
  readonly differences: readonly Difference[]
  readonly additions: readonly Difference[]
}

/**
 * Returns the fields to report. For a Secret, it returns no values, not even of annotations, which may repeat its data.
 *
 * @param after the response of the dry run of applying the manifest to `live`
 */
export function reportedFields(
  manifest: Manifest,
  { live, after }: { readonly live: object; readonly after: object },
): ReportedFields {
  const isSecret = manifest.kind === 'Secret'
  const reportedField = ({ path, desired, observed }: Field) =>
    isSecret
      ? { field: pathName(path), ...ownerOf(live, path) }
      : { ...differenceIn(pathName(path), shortened(desired), shortened(observed)), ...ownerOf(live, path) }
  return {
    differences: bounded(written({ live, after }).map(reportedField)),
    additions: bounded(
      additionsTo(manifest, live).map((addition) => reportedField({ ...addition, desired: undefined })),
    ),
  }
}

interface Field {
  readonly path: readonly PathStep[]
  readonly desired: unknown
  readonly observed: unknown
}

/**
 * Returns the differences in fields that we apply now or applied before. If there are none, returns all differences.
 * The server, or a controller between the read and the dry run, has then caused the differences.
 */
function written({ live, after }: { readonly live: object; readonly after: object }): Field[] {
  const all = differences(live, after)
  const applied = all.filter(({ path }) => isApplied(live, path) || isApplied(after, path))
  return applied.length > 0 ? applied : all
}

/** The value as JSON, since the client may have parsed it to another type. */
function shortened(value: unknown): unknown {
  if (value === undefined) return undefined
  const text = JSON.stringify(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : JSON.parse(text)
}
