/**
 * `npm run sandbox -- cluster NAME [--kind KIND]`: creates a cluster in the running sandbox, with everything that its
 * setup needs, and shows what to do next. An existing cluster stays unchanged. With `--kubeconfig FILE
 * [--context NAME]`, connects the sandbox to a cluster of kind or k3s on this machine.
 */
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod/mini'
import { agentCommands } from '../../cli/init/agent-commands.ts'
import { runCommand, WrongUse } from '../../infra/command.ts'
import { notRunning, sandboxHere } from '../running.ts'
import { issuersLine } from './issuers-line.ts'
import type { LocalCluster } from './local-cluster.ts'
import { clustersPath, type OwnCluster, ownCluster, ownKinds } from './own-cluster.ts'

const help = `Creates your own cluster in the running sandbox, with everything that its setup needs:

  npm run sandbox -- cluster NAME [--kind ${ownKinds.join('|')}] [--agent]
  npm run sandbox -- cluster NAME --kubeconfig FILE [--context NAME]

  --kind        the kind of the cluster; default: private-issuer
  --agent       closes the API server to the functions, and runs the agent of the cluster
  --kubeconfig  connects the sandbox to a cluster of kind or k3s on this machine
  --context     the context in this file; default: its current context`

const refusal = z.object({ detail: z.string() })

const titles: Readonly<Record<OwnCluster['kind'], string>> = {
  'private-issuer': 'as kubeadm and k3s create it, with an issuer that AWS cannot read',
  'public-issuer': 'whose issuer AWS can read',
  'new-gke-on-aws': 'of Anthos clusters on AWS, which its setup creates',
  elsewhere: 'on this machine. The sandbox routes requests to the cluster until the sandbox ends',
}

async function makeCluster(args: string[]): Promise<string> {
  const { name, kind, agent, local } = await wantedIn(args)
  const { api } = sandboxHere()
  const made = await requestCluster(api, local ? { name, port: local.port } : { name, kind, ...agent })
  if (local && made.way && made.kubeconfig)
    await writeFile(made.kubeconfig, local.kubeconfigBy(made.way), { mode: 0o600 })
  return `${[...found(name, made), '', ...next(api, name, made)].join('\n')}\n`
}

const options = {
  kind: { type: 'string', default: 'private-issuer' },
  agent: { type: 'boolean', default: false },
  kubeconfig: { type: 'string' },
  context: { type: 'string' },
} as const

async function wantedIn(args: string[]) {
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [name, ...others] = positionals
  if (name === undefined || others.length > 0) throw new WrongUse('Give one name')
  const { kind, agent, kubeconfig, context } = values
  if (agent && kubeconfig !== undefined) throw new WrongUse('Give --agent or --kubeconfig')
  return {
    name,
    kind,
    agent: agent ? { agent: 'true' } : {},
    local: kubeconfig === undefined ? undefined : await localClusterIn(kubeconfig, context),
  }
}

async function localClusterIn(file: string, context: string | undefined): Promise<LocalCluster> {
  // Imported on demand, because loading the client of Kubernetes takes most of a second.
  const { localCluster } = await import('./local-cluster.ts')
  return localCluster(file, context)
}

/** @throws Error when no sandbox runs, or the sandbox refuses the cluster */
async function requestCluster(api: string, wanted: Readonly<Record<string, string>>): Promise<OwnCluster> {
  const answer = await fetch(`${api}${clustersPath}?${new URLSearchParams(wanted)}`, { method: 'PUT' }).catch(() => {
    throw new Error(notRunning)
  })
  const body: unknown = await answer.json()
  if (!answer.ok) throw new Error(refusal.safeParse(body).data?.detail ?? `The sandbox answered ${answer.status}.`)
  return ownCluster.parse(body)
}

function found(name: string, { kind, isNew, version, secret, request, kubeconfig }: OwnCluster): string[] {
  const cluster = version === undefined ? 'a cluster' : `a cluster of Kubernetes ${version.slice(1)}`
  return [
    `${name} is ${isNew ? 'ready' : 'there already'}: ${cluster} ${titles[kind]}.`,
    ...(secret === undefined ? [] : [`  secret      ${secret}`]),
    `  request     ${shown(request)}`,
    ...(kubeconfig === undefined ? [] : [`  kubeconfig  ${shown(kubeconfig)}   for clients on this machine`]),
  ]
}

function next(api: string, name: string, { kind, request, agent, kubeconfig, issuers }: OwnCluster): string[] {
  const apply = [
    'Set it up, and see the proof:',
    `  npx wid apply -f ${shown(request)}`,
    'Or in the portal: enter the values of the request, or paste the request into "Edit as YAML":',
    `  ${api}/new-setup`,
  ]
  const look =
    kubeconfig !== undefined && hasKubectl()
      ? ['Look into it:', `  kubectl --kubeconfig ${shown(kubeconfig)} get pods --all-namespaces`]
      : []
  if (kind === 'elsewhere') {
    const files = `-f ${shown(request)} --kubeconfig ${shown(kubeconfig ?? '')}`
    return ['Give the deployment credentials:', `  npx wid connect ${name} ${files}`, ...apply, ...look]
  }
  return [
    ...(agent ? installed(name, request, kubeconfig ?? '') : []),
    ...apply,
    ...(issuers
      ? ['When the setup waits for other issuers, run this in another terminal:', `  ${issuersLine(name, issuers)}`]
      : []),
    ...(agent
      ? []
      : [
          "Then replace the administrator's credentials with a token that has only the rights for these workloads:",
          `  npx wid connect ${name}`,
        ]),
    ...look,
  ]
}

function installed(name: string, request: string, kubeconfig: string): string[] {
  return [
    'No function reaches the API server of this cluster. Its agent runs until the sandbox ends. To start the agent again,',
    'repeat this command. In a cluster outside the sandbox, you install the agent with:',
    ...agentCommands(name, shown(request), { wid: 'npx wid', options: ` --kubeconfig ${shown(kubeconfig)}` }),
  ]
}

function shown(file: string): string {
  return path.relative(process.cwd(), file)
}

function hasKubectl(): boolean {
  return spawnSync('kubectl', ['version', '--client']).status === 0
}

await runCommand(help, makeCluster)
