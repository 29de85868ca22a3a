/**
 * `npm start`: starts the sandbox, sends examples/setup.json, shows each step as it happens, prints the proof, and
 * serves the API until Ctrl-C.
 *
 * - `npm start -- --once` exits after the proof: with 0, or with 1 if the setup failed.
 * - `npm start -- --state FOLDER` stores the state in another folder than .sandbox.
 * - KUBEBUILDER_ASSETS is a folder with etcd, kube-apiserver and kube-controller-manager, for real clusters instead of
 *   emulated ones.
 * - WEBHOOK_BINARY is the program that real clusters run as their webhook, if any.
 */
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { apiClient } from '../cli/api/client.ts'
import { Interrupted } from '../cli/errors.ts'
import { followOn, showOutcome } from '../cli/operation/run.ts'
import { outputTo } from '../cli/output.ts'
import { setupRequest } from '../cli/request-file/read.ts'
import { styled } from '../cli/view/terminal-text.ts'
import { answerOf } from '../client/answer.ts'
import { type DescriptionFiles, writeDescription } from './description.ts'
import { examplesFolder, prepareExamples } from './examples.ts'
import type { AnyCluster } from './kubernetes/clusters/any-cluster.ts'
import { emulatedKubernetes, type KubernetesKind, realKubernetes } from './kubernetes/kinds/kind.ts'
import { serveOwnClusters } from './own-clusters/own-clusters.ts'
import { portalThatFailed, portalToCome, servePortal } from './portal.ts'
import { showProgress } from './progress.mjs'
import { type Sandbox, startSandboxWith } from './sandbox.ts'

const root = path.dirname(import.meta.dirname)
const example = path.join(examplesFolder, 'setup.json')

const { values: options } = parseArgs({
  options: { once: { type: 'boolean', default: false }, state: { type: 'string' } },
})

/** Aborted at Ctrl-C, at SIGTERM, and when the parent process has ended. */
const ending = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => ending.abort())
process.once('disconnect', () => ending.abort())

/** Ignored, because Ctrl-C also ends the reader of a pipe, and this process still has to write its state. */
process.stdout.on('error', () => {})

const output = outputTo(process.stdout, false, process.env)

/** Each kind of Kubernetes has its own folder of state. */
async function kubernetesKind() {
  const { KUBEBUILDER_ASSETS: folder, WEBHOOK_BINARY: webhook } = process.env
  const kind = folder ? await realKubernetes({ folder, webhook }) : emulatedKubernetes
  return { kind, directory: path.resolve(root, options.state ?? path.join('.sandbox', kind.stateFolder)) }
}

async function start(kind: KubernetesKind<AnyCluster>, directory: string): Promise<Sandbox<AnyCluster>> {
  const since = Date.now()
  const report = (part: string): void => {
    const seconds = ((Date.now() - since) / 1000).toFixed(1)
    output.print([{ text: styled('dim', `${seconds.padStart(5)} s  ${part}`), hang: 9 }])
  }
  return startSandboxWith(kind, {
    directory,
    python: path.join(root, '.sandbox', 'venv', 'bin', 'python'),
    port: process.env.PORT === undefined ? undefined : Number(process.env.PORT),
    waitScale: 0.05,
    report,
    showProgress: (line) => showProgress(process.stderr, line),
  })
}

/** Returns whether the example was set up and proved, or undefined at Ctrl-C. */
async function runExample(sandbox: Sandbox<AnyCluster>): Promise<boolean | undefined> {
  const { url } = sandbox.gateway
  const context = {
    endpoint: { url },
    api: apiClient({ url }),
    output,
    timeout: undefined,
    interrupt: ending.signal,
  }
  output.print([
    { text: '', hang: 0 },
    { text: `POST ${url}/v1/setups  < examples/setup.json`, hang: 2 },
  ])
  const body = setupRequest.parse(JSON.parse(await readFile(example, 'utf8')))
  const { operationId } = await answerOf(context.api.POST('/v1/setups', { body }))
  const operation = await followOn(context, operationId).catch(unlessInterrupted)
  if (!operation) return undefined
  output.write('')
  showOutcome(context, operation)
  return operation.status === 'succeeded'
}

function unlessInterrupted(error: unknown): undefined {
  if (!(error instanceof Interrupted)) throw error
}

/** Writes the lines without wrapping, so that users can copy them. */
function explain(sandbox: Sandbox<AnyCluster>, files: DescriptionFiles): void {
  process.stdout.write(`
Portal     ${sandbox.gateway.url}
Terminal   npx wid --help   (in this folder it finds this sandbox)
API        ${sandbox.gateway.url}/v1   (/v1/openapi.json describes it)
Send one   curl -s -X POST ${sandbox.gateway.url}/v1/setups -H 'content-type: application/json' -d @examples/setup.json
Your own   npm run sandbox -- cluster NAME   (makes a cluster and its request, and says what is next)
AWS CLI    ( . ${path.relative(root, files.awsVariables)} && aws --endpoint-url ${sandbox.aws.endpoint} iam list-roles )
Clients    ${path.relative(root, files.description)} has every endpoint, the CA file, the proxies and the kubeconfigs

Serving until Ctrl-C.
`)
}

/** Builds and serves the portal. If this fails, the API still works. */
async function addPortal({ gateway }: Sandbox<AnyCluster>): Promise<void> {
  try {
    await servePortal(gateway, ending.signal)
  } catch (error) {
    if (ending.signal.aborted) return
    gateway.servePortal(portalThatFailed)
    output.write(`The portal could not be built: ${error instanceof Error ? error.message : error}`)
  }
}

function ended(signal: AbortSignal): Promise<unknown> {
  return signal.aborted ? Promise.resolve() : once(signal, 'abort')
}

function stopping(directory: string): string {
  const kept = path.relative(root, directory)
  return `Stopping, which takes some seconds. Everything is kept in ${kept}: the next start goes on from there.`
}

async function main(): Promise<number> {
  const { kind, directory } = await kubernetesKind()
  const sayIt = () => output.write(stopping(directory))
  ending.signal.addEventListener('abort', sayIt)
  const sandbox = await start(kind, directory)
  // From now on, the example redraws its steps, and would overwrite this message.
  ending.signal.removeEventListener('abort', sayIt)
  const isSaid = ending.signal.aborted
  try {
    const folder = path.dirname(directory)
    sandbox.gateway.servePortal(portalToCome)
    await prepareExamples(sandbox)
    const verified = await runExample(sandbox)
    const files = await writeDescription(sandbox, folder)
    serveOwnClusters(sandbox, folder)
    if (options.once || verified === undefined) return verified ? 0 : 1
    explain(sandbox, files)
    await Promise.all([addPortal(sandbox), ended(ending.signal)])
    return 0
  } finally {
    if (ending.signal.aborted && !isSaid) sayIt()
    await sandbox.close()
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exit(1)
  },
)
