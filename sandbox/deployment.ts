import { createHash } from 'node:crypto'
import { glob, readFile } from 'node:fs/promises'
import path from 'node:path'
import * as z from 'zod/mini'
import { addressOf, type Deployment, deploy } from './aws/deploy.ts'
import { DeployProgress } from './aws/deploy-progress.ts'
import { readParameter, writeParameter } from './aws/parameter.ts'
import type { Aws } from './aws/server.ts'
import { makeLocalUsers } from './local-users.ts'

const root = path.dirname(import.meta.dirname)

const sources = [
  'package-lock.json',
  'cdk.json',
  'settings.yaml',
  '{infra,lambdas,statemachine,sandbox/aws}/**/*.{ts,json,mjs}',
]

/**
 * The SSM parameter with the last deployment. If the emulated AWS is killed before it saves, it loses both this
 * parameter and the deployed resources.
 */
const parameter = '/sandbox/deployed'

/** Shows a changing line until `end` is called. */
export type ShowProgress = (line: () => string) => { end(): void }

const kept = z.object({ digest: z.string(), outputs: z.record(z.string(), z.string()) })

/**
 * Deploys the product, unless the emulated AWS already has a deployment of the same sources: synthesis and bundling
 * take most of the time of a start.
 *
 * @param show shows the progress of the deployment; default: shows nothing
 */
export async function deployOnce(
  aws: Pick<Aws, 'endpoint'>,
  directory: string,
  show: ShowProgress = () => ({ end: () => {} }),
): Promise<Deployment> {
  const digest = await digestOfSources()
  const before = await readKept(aws.endpoint)
  if (before?.digest === digest) return { outputs: before.outputs, api: addressOf(before.outputs, aws.endpoint) }
  await makeLocalUsers(aws.endpoint)
  const progress = new DeployProgress(path.join(directory, 'cdk.out'))
  const shown = show(() => progress.text)
  const report = (line: string) => progress.observe(line)
  const deployment = await deploy({ aws, directory, report }).finally(() => shown.end())
  await writeParameter(aws.endpoint, parameter, JSON.stringify({ digest, outputs: deployment.outputs }))
  return deployment
}

async function readKept(endpoint: string): Promise<z.output<typeof kept> | undefined> {
  const text = await readParameter(endpoint, parameter)
  return text === undefined ? undefined : kept.parse(JSON.parse(text))
}

async function digestOfSources(): Promise<string> {
  const files = (await Array.fromAsync(glob(sources, { cwd: root }))).sort()
  const hash = createHash('sha256')
  for (const file of files) hash.update(`${file}\n`).update(await readFile(path.join(root, file)))
  return hash.digest('hex')
}
