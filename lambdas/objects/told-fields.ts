import type { Manifest } from '../clouds/kubernetes/object.ts'
import { bounded, type Difference, differenceIn } from '../report/difference.ts'
import { additionsTo } from './additions.ts'
import { differences, type PathStep, pathName } from './differences.ts'
import { isApplied, ownerOf } from './field-owner.ts'

/** Characters of a value's JSON: of a longer one the beginning is told. */
const longestValue = 1_000

/** What a reader is told of an object that is there: what is not as the manifest says, and what others have added. */
export interface ToldFields {
  readonly differences: readonly Difference[]
  readonly additions: readonly Difference[]
}

/**
 * `after`: what the dry run of applying the manifest made of `live`. Of a Secret the names of the fields are told, and no
 * value: its contents may also be in its annotations.
 */
export function toldFields(
  manifest: Manifest,
  { live, after }: { readonly live: object; readonly after: object },
): ToldFields {
  const isSecret = manifest.kind === 'Secret'
  const tell = ({ path, wanted, found }: Field) =>
    isSecret
      ? { field: pathName(path), ...ownerOf(live, path) }
      : { ...differenceIn(pathName(path), shortened(wanted), shortened(found)), ...ownerOf(live, path) }
  return {
    differences: bounded(written({ live, after }).map(tell)),
    additions: bounded(additionsTo(manifest, live).map((addition) => tell({ ...addition, wanted: undefined }))),
  }
}

interface Field {
  readonly path: readonly PathStep[]
  readonly wanted: unknown
  readonly found: unknown
}

/**
 * What differs and is applied, or was before. The rest is the server's own, such as its copies of fields, or a controller
 * has written it between the reading and the dry run; it is told when there is nothing else to explain what differs.
 */
function written({ live, after }: { readonly live: object; readonly after: object }): Field[] {
  const all = differences(live, after)
  const applied = all.filter(({ path }) => isApplied(live, path) || isApplied(after, path))
  return applied.length > 0 ? applied : all
}

/** As JSON, whatever the client has made of it. */
function shortened(value: unknown): unknown {
  if (value === undefined) return undefined
  const text = JSON.stringify(value)
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : JSON.parse(text)
}
