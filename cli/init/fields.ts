import { fieldAt } from '../../client/request/field.ts'
import { type QuestionName, questionOf } from '../../client/request/questions.ts'
import { partsOf } from '../../client/request/request.ts'

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
