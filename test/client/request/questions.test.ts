import { expect, test } from 'vitest'
import { faultIn } from '../../../client/request/field.ts'
import { kindNames, kinds, questionsOf } from '../../../client/request/kinds.ts'
import { type QuestionName, questionNames, questionOf } from '../../../client/request/questions.ts'
import { answersOf } from '../../cli/support/init-answers.ts'
import { points } from '../../cli/support/points.ts'

test('offers all kinds of clusters', () => {
  expect(kindNames.toSorted()).toEqual(Object.keys(kinds).toSorted())
})

test('each question belongs to some kind of cluster, and has an option of the same name', () => {
  const asked = new Set(kindNames.flatMap(questionsOf))
  expect(questionNames.filter((name) => !asked.has(name))).toEqual([])
  const { options = [] } = points.find(({ path }) => path === 'init') ?? {}
  const flags = options.flatMap(({ names }) => names)
  expect(questionNames.map(optionOf).filter((option) => !flags.includes(option))).toEqual([])
})

test('the proposal of a question is a valid answer', () => {
  const proposals = questionNames.flatMap((name) => faultIn(name, questionOf(name).proposal ?? goodAnswer(name)) ?? [])
  expect(proposals).toEqual([])
})

test('each question refuses an invalid answer, and says what to enter', () => {
  for (const name of questionNames) expect(faultIn(name, '/ ?')).toContain(`Give ${questionOf(name).asks}.`)
})

test('only the connection and the proxy may be empty', () => {
  const taken = questionNames.filter((name) => faultIn(name, '') === undefined)
  expect(taken).toEqual(['connection', 'proxy'])
})

test('checks each part of a list', () => {
  expect(faultIn('subnets', 'subnet-0aa11bb2,subnet-0cc33dd4')).toBeUndefined()
  expect(faultIn('subnets', 'subnet-0aa11bb2, vpc-0cc33dd4')).toMatch(/^"vpc-0cc33dd4" is not of the right form/)
})

function goodAnswer(name: QuestionName): string {
  return answersOf(name === 'connection' ? 'private-issuer' : 'new-gke-on-aws')(name)
}

/** `--service-account` for `serviceAccount`. */
function optionOf(name: QuestionName): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}
