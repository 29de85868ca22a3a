/** The Markdown tables of escalations: attacker, attempt, control, and a description of the technique. */
import type { Attempt } from './attempt.ts'
import { callerAttempts } from './callers.ts'
import { attemptsOfFunctions, configurations, mayCaller, mayFunction, mayWorkload, rolesOf } from './decide.ts'
import type { FunctionAttempt } from './functions.ts'
import { functionGroups, type Group, workloadGroups } from './groups.ts'
import { workloadAttempts } from './workloads.ts'

/** A table of all attempts for each kind of attacker. */
export async function escalationTables(): Promise<readonly string[]> {
  const { callers, functions, workloads } = await decidedAttempts()
  return [
    completeTable(callers, 'the grants'),
    completeTable(functions, "the function's policy"),
    completeTable(workloads, 'the boundary'),
  ]
}

/** The parts of docs/permissions.md: the attempts in groups, those that `workloadActions` decides, and those that a policy cannot refuse. */
export async function escalationSummary(): Promise<
  Readonly<Record<'left open' | 'functions' | 'workloads' | 'not by a policy', string>>
> {
  const { callers, functions, workloads } = await decidedAttempts()
  return {
    'left open': workloadAttempts.flatMap(({ leftOpen }) => (leftOpen === undefined ? [] : `- ${leftOpen}`)).join('\n'),
    functions: groupTable(functions.filter(isRefused), functionGroups),
    workloads: groupTable(workloads.filter(isRefused), workloadGroups),
    'not by a policy': otherwiseTable([...callers, ...functions, ...workloads.filter(({ leftOpen }) => !leftOpen)]),
  }
}

interface Row extends Attempt {
  readonly who: string
  readonly leftOpen?: string
  readonly action: string
  readonly refused: boolean
}

const isRefused = ({ refused }: Row) => refused

/** All attempts, with the decisions of the synthesized template's policies and of lambdas/access. */
async function decidedAttempts(): Promise<Readonly<Record<'callers' | 'functions' | 'workloads', readonly Row[]>>> {
  const attempts = attemptsOfFunctions.filter(({ needed }) => needed !== true)
  return {
    callers: callerAttempts.map((attempt) => ({ ...attempt, action: '', refused: !mayCaller(attempt) })),
    functions: (await Promise.all(attempts.map(rowsOf))).flat(),
    workloads: await Promise.all(
      workloadAttempts.map(async (attempt) => {
        const allowed = await Promise.all(
          Object.values(configurations).map(({ boundary }) => mayWorkload(boundary, attempt)),
        )
        const otherwise =
          attempt.leftOpen === undefined ? attempt.otherwise : 'The default `workloadActions` refuse it.'
        return { ...attempt, who: 'a workload', refused: !allowed.includes(true), ...(otherwise && { otherwise }) }
      }),
    ),
  }
}

/** One row for the roles that are refused, and one for those that are not. */
async function rowsOf(attempt: FunctionAttempt): Promise<Row[]> {
  const { by, except = [] } = attempt
  const roles = [...rolesOf(attempt, configurations.widest).values()]
  const allowed = await Promise.all(roles.map((policies) => mayFunction(policies, attempt)))
  const row = { ...attempt, who: by, refused: !allowed.includes(true) }
  if (except.length === 0) return [row]
  return [
    { ...row, who: `${by} but ${except.join(' and ')}` },
    { ...row, who: except.join(', '), refused: false },
  ]
}

function completeTable(rows: readonly Row[], by: string): string {
  return tableOf(
    ['who', 'tries to', 'refused by', 'described in'],
    rows.map((row) => {
      const { who, name, action, refused, source } = row
      const what = action === '' ? name : `${name} (\`${action}\`)`
      return [who, what, refused ? by : `**not by IAM.** ${otherwiseOf(row)}`, `[source](${source})`]
    }),
  )
}

/** @throws {Error} when an attempt is in no group, or a group has no attempt */
function groupTable(rows: readonly Row[], groups: readonly Group[]): string {
  const groupOf = ({ who, name, action }: Row) => {
    const group = groups.find(({ actions }) => actions.test(action))
    if (!group) throw new Error(`${who}: ${name} (${action}) is in no group: add one to test/escalations/groups.ts`)
    return group
  }
  const groupsWithAttempts = new Set(rows.map(groupOf))
  return tableOf(
    ['tries to', 'refused by'],
    groups.map((group) => {
      if (!groupsWithAttempts.has(group)) throw new Error(`no attempt is to ${group.tried}`)
      return [group.tried, group.by]
    }),
  )
}

function otherwiseTable(rows: readonly Row[]): string {
  const groups = Map.groupBy(
    rows.filter((row) => !isRefused(row)),
    (row) => `${row.name} | ${otherwiseOf(row)}`,
  )
  return tableOf(
    ['attacker', 'can', 'what limits it'],
    [...groups].map(([text, some]) => [[...new Set(some.flatMap(({ who }) => who.split(', ')))].join(', '), text]),
  )
}

/** @throws {Error} when the policies allow the attempt, and it names no other control */
function otherwiseOf({ who, name, action, otherwise }: Row): string {
  if (otherwise === undefined) throw new Error(`${who} may ${name} (${action}): say in \`otherwise\` what refuses it`)
  return otherwise
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const [titles = '', ...lines] = [head, ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return [titles, `|${'---|'.repeat(head.length)}`, ...lines].join('\n')
}
