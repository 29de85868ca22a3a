import { fieldAt } from '../../../../client/request/field.ts'
import type { Fault } from './faults.ts'
import type { FieldName } from './fields.ts'
import type { SetupTexts } from './texts/en.ts'

/** What is wrong, and what to enter instead. The API's own messages are in English. */
export function faultText({ kind, message = '' }: Omit<Fault, 'path'>, name: FieldName | undefined, texts: SetupTexts) {
  if (kind === 'server') return message
  const wrong = texts.fault[kind]
  return name === undefined
    ? wrong
    : texts.sentences([wrong, whatToEnter(name, texts)].filter((each) => each !== undefined))
}

function whatToEnter(name: FieldName, texts: SetupTexts): string | undefined {
  const { minimum, maximum } = fieldAt(name)
  if (minimum !== undefined && maximum !== undefined) return texts.wholeNumber(minimum, maximum)
  return texts.fields[name].form
}
