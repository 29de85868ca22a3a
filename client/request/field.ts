/** The fields of a request, from the published schema. */
import schema from '../setup.schema.json' with { type: 'json' }
import { partsOf, type QuestionName, questionOf } from './questions.ts'

/** The schema of a field. */
export interface Shape {
  readonly description?: string
  readonly pattern?: string
  readonly type?: string
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly properties?: Readonly<Record<string, Shape>>
  readonly required?: readonly string[]
  readonly items?: Shape
}

/** The complete request. */
export const requestField: Shape = schema

/**
 * The field after a list in the path is a field of the list's elements.
 *
 * @throws {Error} when the schema lacks the field
 */
export function fieldAt(path: string): Shape {
  return path.split('.').reduce((field, name) => {
    const next = (field.items ?? field).properties?.[name]
    if (!next) throw new Error(`the schema of a request has no field ${path}`)
    return next
  }, requestField)
}

/** The schema requires all bucket fields if any of them is present. */
const ofBucket: readonly string[] = schema.properties.discovery.allOf[0]?.anyOf[0]?.required ?? []

/** The schema requires these fields, unless an agent connects the cluster. */
const ofConnection: readonly string[] = schema.properties.cluster.allOf[0]?.anyOf[0]?.required ?? []

/**
 * Whether the field is required in its object. Every bucket field counts as required, because each requires the others.
 * The credentials count as required, because the form hides them for a cluster with an agent.
 */
export function isRequired(path: string): boolean {
  const [name = '', ...owner] = path.split('.').reverse()
  const parent = owner.length === 0 ? requestField : fieldAt(owner.toReversed().join('.'))
  const isOfBucket = path.startsWith('discovery.') && ofBucket.includes(name)
  const isOfConnection = owner.join('.') === 'cluster' && ofConnection.includes(name)
  return isOfBucket || isOfConnection || ((parent.items ?? parent).required?.includes(name) ?? false)
}

/** Returns what is wrong with an answer, in complete sentences, or undefined for a valid answer. */
export function faultIn(name: QuestionName, answer: string): string | undefined {
  const { asks, field: path, isOptional } = questionOf(name)
  if (isOptional && answer === '') return undefined
  const field = fieldAt(path)
  const parts = field.items ? partsOf(answer) : [answer]
  const { enum: values, pattern = '' } = field.items ?? field
  const isRight = (part: string) => values?.includes(part) ?? new RegExp(pattern).test(part)
  const wrong = parts.find((part) => !isRight(part))
  return wrong === undefined ? undefined : `"${wrong}" is not of the right form. Give ${asks}.`
}
