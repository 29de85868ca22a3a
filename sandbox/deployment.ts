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

/** All that a deployment is made from. */
const sources = [
  'package-lock.json',
  'cdk.json',
  'settings.yaml',
  '{infra,lambdas,statemachine,sandbox/aws}/**/*.{ts,json,mjs}',
]

/** In AWS and not in a file: when AWS is killed before it has kept its state, the two are lost together. */
const parameter = '/sandbox/deployed'

/** Shows a line that changes, until it is ended. */
export type ShowProgress = (line: () => string) => { end(): void }

const kept = z.object({ digest: z.string(), outputs: z.record(z.string(), z.string()) })

/**
 * Deploys the product, unless the state that AWS was started from already has it, made from these very sources: synthesis
 * and bundling are most of the time that a start takes.
 *
 * @param show shows how far the deployment is; left out: nothing is shown
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
