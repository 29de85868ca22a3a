import { isDeepStrictEqual } from 'node:util'
import * as z from 'zod'

const object = z.record(z.string(), z.unknown())

/** Lists of names, by what they name. */
export type Names = Readonly<Record<string, readonly string[]>>

/** The published names that the present lists lack, each after the title of its list. */
export function goneNames(published: Names, present: Names): string[] {
  return Object.entries(published).flatMap(([title, names]) => {
    const found = new Set(present[title])
    return names.filter((name) => !found.has(name)).map((name) => `${title}: "${name}" is gone`)
  })
}

/** The published values that are gone or have changed, each with its path. Present objects may have more fields. */
export function changedValues(published: unknown, present: unknown, path = ''): string[] {
  const [before, now] = [object.safeParse(published), object.safeParse(present)]
  if (before.success && now.success) {
    return Object.entries(before.data).flatMap(([name, value]) =>
      changedValues(value, now.data[name], path === '' ? name : `${path}.${name}`),
    )
  }
  if (Array.isArray(published) && Array.isArray(present) && published.length === present.length) {
    return published.flatMap((value, index) => changedValues(value, present[index], `${path}[${index}]`))
  }
  return isDeepStrictEqual(published, present) ? [] : [`${path}: ${textOf(published)} has become ${textOf(present)}`]
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing'
}

/** The fields of a JSON document with their types, as in `requests[].file: string`. An empty list or object has no fields. */
export function fieldsOf(document: unknown, path = ''): string[] {
  if (Array.isArray(document)) {
    return [`${path}: array`, ...new Set(document.flatMap((entry) => fieldsOf(entry, `${path}[]`)))]
  }
  const { data, success } = object.safeParse(document)
  if (!success) return [`${path}: ${typeof document}`]
  const fields = Object.entries(data).flatMap(([name, value]) =>
    fieldsOf(value, path === '' ? name : `${path}.${name}`),
  )
  return path === '' ? fields : [`${path}: object`, ...fields]
}
