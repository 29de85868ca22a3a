/** Runs the product on a real account, and removes all of it again: `npm run deployment -- acceptance --help`. docs/deploy.md */
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { runCommand, WrongUse } from '../../infra/command.ts'
import { costOf } from './cost.ts'
import { differencesOf, type Observations, observationsOf } from './differences.ts'
import { inSandbox } from './in-sandbox.ts'
import { runStages, type StageReport, type StagesRun } from './run-stages.ts'
import { stagesOf } from './stages.ts'
import { environmentOf, newName } from './target.ts'

const help = `Deploys to an account, sets a cluster up, verifies, rotates, tears down, and removes all of it again:

  npm run deployment -- acceptance --profile NAME --region NAME --kubeconfig FILE [--context NAME] [--endpoint URL]

  --profile     of the AWS configuration files
  --region      where it deploys
  --kubeconfig  of an administrator of a cluster that AWS can reach, and that may be lost
  --context     of the kubeconfig, when it is not the current one
  --endpoint    URL of the AWS of a sandbox`

const given = z.object({
  profile: z.string(),
  region: z.string(),
  kubeconfig: z.string(),
  context: z.string().optional(),
  endpoint: z.url().optional(),
})

async function accept(args: string[]): Promise<string> {
  const { profile, region, endpoint, ...cluster } = optionsIn(args)
  const target = { profile, region, endpoint }
  replaceEnvironment(environmentOf(target, process.env))
  const name = newName()
  say(`Deployment ${name} in ${region}. Ctrl-C ends it, and removes what was made.`)
  const { stages, observed } = stagesOf({ target, name, cluster, print: sayOfCdk })
  const run = await runStages(stages, { signal: stopped(), report })
  return verdictOf(name, run, observationsOf(observed))
}

/** @throws Error when a stage or an undo failed */
function verdictOf(name: string, { ran, undone }: StagesRun, observed: Observations): string {
  const all = [...ran, ...undone]
  const hours = all.reduce((sum, { seconds }) => sum + seconds, 0) / 3600
  const { usd, atMost } = costOf(hours)
  say(
    `${(hours * 60).toFixed(1)} minutes. About ${usd.toFixed(2)} dollars, and ${atMost.toFixed(2)} at most: docs/deploy.md`,
  )
  if (all.every(({ error }) => error === undefined)) {
    const differences = differencesOf(observed, inSandbox)
    const title = differences.length === 0 ? 'Nothing differed from the sandbox.' : 'What differed from the sandbox:'
    return [title, ...differences.map((line) => `  ${line}`), `${name} was deployed, used and removed.`, ''].join('\n')
  }
  const remaining = undone.filter(({ error }) => error !== undefined).map(({ stage }) => stage)
  throw new Error(
    remaining.length === 0
      ? `It failed in the stage ${ran.at(-1)?.stage}. All of ${name} is removed.`
      : `What these stages made may remain: ${remaining.join(', ')}. Look for ${name} in the account and in the cluster.`,
  )
}

/** Aborts at Ctrl-C, at the end of a CI job or a terminal, and at the end of the parent process. */
function stopped(): AbortSignal {
  const stop = new AbortController()
  const onSignal = () => {
    if (!stop.signal.aborted) say('Stopping. What was made is removed, which takes some minutes.')
    stop.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  process.on('disconnect', onSignal)
  // Writes to a closed terminal fail. Without these handlers the error would end the process before it has removed anything.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  return stop.signal
}

function replaceEnvironment(environment: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (!Object.hasOwn(environment, name)) delete process.env[name]
  Object.assign(process.env, environment)
}

const report: StageReport = {
  started: (stage) => say(`> ${stage}`),
  undoing: (stage) => say(`< ${stage}`),
  ended: ({ stage, seconds, error }) =>
    say(`${error === undefined ? '✔' : '✖'} ${stage}  ${seconds.toFixed(1)} s${reasonOf(error)}`),
}

function reasonOf(error: unknown): string {
  if (error === undefined) return ''
  return `\n  ${error instanceof Error ? error.message : String(error)}`
}

/** Prints only failures. The CDK's other lines report each change of each resource. */
function sayOfCdk(line: string): void {
  if (/FAILED|ROLLBACK/.test(line)) say(line)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function optionsIn(args: string[]) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: { profile: text, region: text, kubeconfig: text, context: text, endpoint: text },
  })
  const { data, error } = given.safeParse(values)
  if (data) return data
  throw new WrongUse(`Give ${error.issues.map(({ path: [name] }) => `--${String(name)}`).join(', ')}`)
}

await runCommand(help, accept)
// The channel to the parent process would keep this one running.
if (process.connected) process.disconnect()
