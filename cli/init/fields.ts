/** The fields of a request, from the published schema. */
import schema from '../setup.schema.json' with { type: 'json' }
import { type QuestionName, questionOf } from './questions.ts'
import { partsOf } from './request.ts'

export interface Field {
  readonly description?: string
  readonly pattern?: string
  readonly properties?: Readonly<Record<string, Field>>
  readonly items?: Field
}

/** The complete request. */
export const requestField: Field = schema

/** The fault of an answer, as the end of a sentence. Undefined for a valid answer. */
export function faultIn(name: QuestionName, answer: string): string | undefined {
  const { asks, field: path, isOptional } = questionOf(name)
  if (isOptional && answer === '') return undefined
  const field = fieldAt(path)
  const parts = field.items ? partsOf(answer) : [answer]
  const pattern = new RegExp(field.items?.pattern ?? field.pattern ?? '')
  const wrong = parts.find((part) => !pattern.test(part))
  return wrong === undefined ? undefined : `"${wrong}" is not of the right form. Give ${asks}.`
}

/** A list in the path means each of its elements. */
function fieldAt(path: string): Field {
  return path.split('.').reduce((field, name) => {
    const next = (field.items ?? field).properties?.[name]
    if (!next) throw new Error(`the schema of a request has no field ${path}`)
    return next
  }, requestField)
}
