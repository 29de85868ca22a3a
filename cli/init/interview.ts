import { faultIn } from '../../client/request/field.ts'
import { isOpen, type Kind, kindNames, kinds, questionsOf } from '../../client/request/kinds.ts'
import { type Answers, type QuestionName, questionOf } from '../../client/request/questions.ts'
import { ask } from '../confirm.ts'
import { WrongUse } from '../errors.ts'
import { note } from '../note.ts'

export type Given = ReadonlyMap<QuestionName, string>

const proposedKind: Kind = 'private-issuer'

/** @throws {WrongUse} without a terminal */
export async function askKind(): Promise<Kind> {
  const width = Math.max(...kindNames.map((name) => name.length))
  const rows = kindNames.map((name) => `  ${name.padEnd(width)}  ${kinds[name].means}`)
  const typed = await ask(['What kind of cluster is it?', ...rows, `Kind [${proposedKind}]: `], '--kind')
  if (typed === '') return proposedKind
  return kindNames.find((name) => name === typed) ?? askKind()
}

/**
 * Prompts for the missing answers.
 *
 * @param proposals defaults in addition to the defaults of the questions
 * @throws {WrongUse} when a given answer is wrong, or one is missing and no terminal exists
 */
export async function answersFor(kind: Kind, given: Given, proposals: Given): Promise<Answers> {
  const names = questionsOf(kind)
  requireRight([...given].flatMap(([name, answer]) => faultOfOption(kind, name, answer)))
  const isMissing = (name: QuestionName) => !given.has(name) && !questionOf(name).isOptional && isOpen(name, given)
  if (!process.stdin.isTTY) requireAll(names.filter(isMissing))
  const answers = new Map<QuestionName, string>()
  for (const name of names) {
    if (isOpen(name, answers)) answers.set(name, given.get(name) ?? (await askFor(name, proposals.get(name))))
  }
  return (name) => answers.get(name) ?? notAsked(name, kind)
}

function faultOfOption(kind: Kind, name: QuestionName, answer: string): string[] {
  if (!questionsOf(kind).includes(name))
    return [`${optionOf(name)} does not apply to a cluster of kind ${kind}: omit it.`]
  const fault = faultIn(name, answer)
  return fault === undefined ? [] : [`${optionOf(name)}: ${fault}`]
}

function requireRight(faults: readonly string[]): void {
  if (faults.length > 0) throw new WrongUse(faults)
}

function requireAll(missing: readonly QuestionName[]): void {
  if (missing.length === 0) return
  const options = missing.map((name) => `  ${optionOf(name).padEnd(28)} ${questionOf(name).asks}`)
  throw new WrongUse([
    'Standard input is not a terminal, so the command cannot prompt. These options are missing:',
    ...options,
  ])
}

async function askFor(name: QuestionName, proposed: string | undefined): Promise<string> {
  const { proposal = proposed, isOptional } = questionOf(name)
  // Without a terminal, an optional question that has no option gets the empty answer.
  if (isOptional && !process.stdin.isTTY) return ''
  const typed = await ask(promptFor(name, proposal), optionOf(name))
  const answer = typed === '' ? (proposal ?? '') : typed
  const fault = faultIn(name, answer)
  if (fault === undefined) return answer
  note(fault)
  return askFor(name, proposed)
}

/** "Name of the cluster, such as prod-eu [shop]: ", where shop is the default. */
function promptFor(name: QuestionName, proposal: string | undefined): string {
  const asked = questionOf(name).asks.replace(/^the (.)/, (_, first: string) => first.toUpperCase())
  return proposal === undefined ? `${asked}: ` : `${asked} [${proposal}]: `
}

function optionOf(name: QuestionName): string {
  return questionOf(name).flags.split(' ')[0] ?? name
}

function notAsked(name: QuestionName, kind: Kind): never {
  throw new Error(`${name} is not asked of a cluster of kind ${kind}`)
}
