import type { Manifest } from '../clouds/kubernetes/object.ts'
import { bounded, type Difference, differenceIn } from '../report/difference.ts'
import { additionsTo } from './additions.ts'
import { differences, type PathStep, pathName } from './differences.ts'
import { isApplied, ownerOf } from './field-owner.ts'

/** Maximum length of a value's JSON, in characters. Of a longer value, the report has the beginning. */
const longestValue = 1_000

/** The report on an existing object: what differs from the manifest, and what others have added. */
export interface ReportedFields {
  readonly differences: readonly Difference[]
  readonly additions: readonly Difference[]
}

/**
 * The fields to report. For a Secret they have names and no values: its contents may also be in its annotations.
 *
 * @param after the answer of the dry run of applying the manifest to `live`
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
 * The differences in fields that we apply or applied before. The server wrote the others, such as its copies of fields,
 * or a controller wrote them between the read and the dry run. They are reported only when there are no differences of
 * ours.
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
