import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import * as z from 'zod/mini'
import type { SetupRequest } from '../../client/api.ts'
import { type Kind, kinds } from '../../client/request/kinds.ts'
import { type QuestionName, questionNames } from '../../client/request/questions.ts'
import { requestOf } from '../../client/request/request.ts'
import type { GlobalOptions } from '../context.ts'
import { type ApiAndAws, apiAndAwsFrom, type Start } from '../doctor/api-and-aws.ts'
import { type ExitCode, exitCodes, WrongUse, wrongUse } from '../errors.ts'
import { agentCommands } from '../init/agent-commands.ts'
import { clusterNameFrom } from '../init/cluster-name.ts'
import { answersFor, askKind, type Given } from '../init/interview.ts'
import { readContexts } from '../init/kubeconfig.ts'
import { requestText } from '../init/request-text.ts'
import { copySchema, schemaReference } from '../init/schema-reference.ts'
import { note } from '../note.ts'
import type { Output } from '../output.ts'
import { likelySecretPrefix } from '../secret-prefix.ts'
import type { Line } from '../view/line.ts'

export interface InitOptions extends GlobalOptions {
  readonly file: string
  readonly force?: true | undefined
  readonly kubeconfig?: string | undefined
  readonly kind?: Kind | undefined
}

/** Prompts for what a setup's request needs, and writes the request. Options replace prompts. */
export async function init(output: Output, start: Start<InitOptions>): Promise<ExitCode> {
  const { options } = start
  const { file, force, kubeconfig } = options
  if (!force) requireNew(file)
  const given = givenIn(options)
  const kind = options.kind ?? (await askKind())
  const apiAndAws = apiAndAwsFrom(start)
  const proposals = new Map([...placeOf(apiAndAws), ...(await nameFrom(given, kubeconfig))])
  const answers = await answersFor(kind, given, proposals)
  const request = requestOf(kind, answers, await likelySecretPrefix(apiAndAws.context))
  await write(file, requestText(kind, request, schemaReference(file)), force)
  const schema = await copySchema(file)
  if (output.isJson) output.json({ file, request })
  else output.print(nextSteps(kind, request.cluster, { file, schema }))
  return exitCodes.done
}

function requireNew(file: string): void {
  if (existsSync(file)) throw new WrongUse(`${file} exists. Write another file with -f, or overwrite it with --force.`)
}

interface Written {
  readonly file: string
  readonly schema: string | undefined
}

function nextSteps(kind: Kind, { name, connection }: SetupRequest['cluster'], { file, schema }: Written): Line[] {
  const connects = kinds[kind].connects.map((options) => `  wid connect ${name} -f ${file}${options}`)
  const [toDo, commands] =
    connection === 'agent'
      ? ['install the agent of the cluster', agentCommands(name, file)]
      : ['create the credentials with which the deployment reaches the cluster', connects]
  return [
    ...(schema === undefined ? [] : [`Wrote ${schema}, with which editors check requests.`]),
    `Wrote ${file}. Now ${toDo}. This uses your own kubeconfig:`,
    ...commands,
    'Then send the request:',
    `  wid apply -f ${file}`,
  ].map((text) => ({ text, hang: 2, ...(text.startsWith('  ') && { isWhole: true }) }))
}

/** The answers in the options. Without --region, the region is AWS_REGION. */
function givenIn(options: InitOptions): Given {
  const region = process.env.AWS_REGION || undefined
  const all = z.record(z.string(), z.unknown()).parse({ ...(region !== undefined && { region }), ...options })
  return new Map(
    questionNames.flatMap((name): [QuestionName, string][] => {
      const answer = all[name]
      return typeof answer === 'string' ? [[name, answer]] : []
    }),
  )
}

/** The region and account of a sandbox, which are known. Empty without a sandbox. */
function placeOf({ aws: { sandbox } }: ApiAndAws): Given {
  if (!sandbox) return new Map()
  const { region, accountId } = sandbox.aws
  return new Map([['region', region], ...(accountId === undefined ? [] : [['account', accountId] as const])])
}

/** In a terminal, lists the contexts of the kubeconfig, and proposes a cluster name from the current context. */
async function nameFrom(given: Given, kubeconfig: string | undefined): Promise<Given> {
  if (given.has('name') || !process.stdin.isTTY) return new Map()
  const { names, current } = await readContexts(kubeconfig, process.env)
  if (names.length > 0) note(`Contexts of your kubeconfig: ${names.join(', ')}`)
  const name = clusterNameFrom(current)
  return new Map(name === undefined ? [] : [['name', name]])
}

async function write(file: string, text: string, force: true | undefined): Promise<void> {
  await writeFile(file, text, { flag: force ? 'w' : 'wx' }).catch(wrongUse)
}
