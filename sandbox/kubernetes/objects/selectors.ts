import { badRequest } from '../requests/status.ts'
import { asString, at, isObject, type KubeObject, objectsIn, stringMap, stringsIn } from './objects.ts'

type Labels = Readonly<Record<string, string>>

/** True if the labels match a LabelSelector object. An empty selector matches everything. */
export function matchesSelector(selector: unknown, labels: Labels): boolean {
  if (!isObject(selector)) return true
  const wanted = Object.entries(stringMap(selector.matchLabels))
  if (!wanted.every(([key, value]) => labels[key] === value)) return false
  return objectsIn(selector.matchExpressions).every((one) =>
    fits(labels, asString(one.key), { operator: asString(one.operator), values: stringsIn(one.values) }),
  )
}

function fits(labels: Labels, key: string, rule: { operator: string; values: readonly string[] }): boolean {
  const value = labels[key]
  switch (rule.operator) {
    case 'In':
      return value !== undefined && rule.values.includes(value)
    case 'NotIn':
      return value === undefined || !rule.values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}

/** The labelSelector parameter: `a=b,c!=d,e in (f,g),h,!i`. */
export function labelFilter(text: string): (object: KubeObject) => boolean {
  const parts = text.split(/,(?![^(]*\))/).filter((part) => part.trim() !== '')
  const tests = parts.map((part) => requirement(part.trim()))
  return (object) => tests.every((test) => test(object.metadata.labels ?? {}))
}

function requirement(text: string): (labels: Labels) => boolean {
  const membership = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text)
  if (membership) {
    const [, key = '', word, list = ''] = membership
    const values = list.split(',').map((value) => value.trim())
    return (labels) => fits(labels, key, { operator: word === 'in' ? 'In' : 'NotIn', values })
  }
  const comparison = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(text)
  if (comparison) {
    const [, key = '', operator, value = ''] = comparison
    return (labels) => fits(labels, key, { operator: operator === '!=' ? 'NotIn' : 'In', values: [value] })
  }
  const presence = /^(!?)([^\s=!]+)$/.exec(text)
  if (!presence) throw badRequest(`unable to parse requirement: found '${text}'`)
  const [, not, key = ''] = presence
  return (labels) => fits(labels, key, { operator: not === '!' ? 'DoesNotExist' : 'Exists', values: [] })
}

/** The fieldSelector parameter: `metadata.name=x,involvedObject.name!=y`. */
export function fieldFilter(text: string): (object: KubeObject) => boolean {
  const parts = text.split(',').filter((part) => part.trim() !== '')
  const tests = parts.map((part) => {
    const found = /^([\w.]+)(==|=|!=)(.*)$/.exec(part.trim())
    if (!found) throw badRequest(`invalid field selector: ${part}`)
    const [, path = '', operator, value = ''] = found
    return (object: KubeObject) => (String(at(object, ...path.split('.')) ?? '') === value) === (operator !== '!=')
  })
  return (object) => tests.every((test) => test(object))
}
