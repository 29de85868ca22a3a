/** The table of escalations, as Markdown: what is tried, by whom, what refuses it, and where the way is described. */
import type { Attempt } from './attempt.ts'
import { callerAttempts } from './callers.ts'
import { attemptsOfFunctions, configurations, mayCaller, mayFunction, mayWorkload, rolesOf } from './decide.ts'
import type { FunctionAttempt } from './functions.ts'
import { workloadAttempts } from './workloads.ts'

/** The tables by who tries, each decided by the policies of the synthesized template, and by lambdas/access. */
export async function escalationTables(): Promise<Readonly<Record<'callers' | 'functions' | 'workloads', string>>> {
  const attempts = attemptsOfFunctions.filter(({ needed }) => needed !== true)
  return {
    callers: tableOf(
      callerAttempts.map((attempt) => ({ ...attempt, action: '', refused: !mayCaller(attempt) })),
      'the grants',
    ),
    functions: tableOf(
      await Promise.all(
        attempts.map(async (attempt) => {
          const allowed = await Promise.all(
            rolesOf(attempt, configurations.widest).map((policies) => mayFunction(policies, attempt)),
          )
          return { ...attempt, who: whoOf(attempt), refused: !allowed.includes(true) }
        }),
      ),
      "the function's policy",
    ),
    workloads: tableOf(
      await Promise.all(
        workloadAttempts.map(async (attempt) => {
          const allowed = await Promise.all(
            Object.values(configurations).map(({ boundary }) => mayWorkload(boundary, attempt)),
          )
          return { ...attempt, who: 'a workload', refused: !allowed.includes(true) }
        }),
      ),
      'the boundary',
    ),
  }
}

function whoOf({ by, except }: FunctionAttempt): string {
  return except === undefined ? by : `${by} but ${except.join(' and ')}`
}

interface Row extends Attempt {
  readonly who: string
  readonly action: string
  readonly refused: boolean
}

function tableOf(rows: readonly Row[], by: string): string {
  return [
    '| who | tries to | refused by | described in |',
    '|---|---|---|---|',
    ...rows.map(({ who, name, action, refused, source, otherwise }) => {
      const what = action === '' ? name : `${name} (\`${action}\`)`
      if (!refused && otherwise === undefined)
        throw new Error(`${who} may ${what}: say in \`otherwise\` what refuses it`)
      return `| ${who} | ${what} | ${refused ? by : `**not by IAM.** ${otherwise}`} | [source](${source}) |`
    }),
  ].join('\n')
}
