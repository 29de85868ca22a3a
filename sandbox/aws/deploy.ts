import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import * as z from 'zod'
import { account } from '../account.ts'
import { type Aws, rootUserEnvironment } from './server.ts'
import { sendSigned } from './signed-request.ts'
import { assetsBucket } from './synthesizer.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const bin = path.join(root, 'node_modules', '.bin')

export interface DeployOptions {
  readonly aws: Pick<Aws, 'endpoint'>
  readonly directory: string
  readonly app?: string
  readonly report?: (line: string) => void
}

export interface Deployment {
  readonly outputs: Readonly<Record<string, string>>
  /** The address of the stack's HTTP API on 127.0.0.1. */
  readonly api: ApiAddress
}

export interface ApiAddress {
  readonly id: string
  readonly port: number
  /** The Host header by which MiniStack finds the API. */
  readonly host: string
  readonly region: string
}

/**
 * Deploys a CDK app into the sandbox's AWS.
 *
 * @throws Error with the CDK's output when the deployment fails
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const directory = path.resolve(options.directory)
  await Promise.all([mkdir(directory, { recursive: true }), makeBucket(options.aws.endpoint, assetsBucket)])
  const outputsFile = path.join(directory, 'outputs.json')
  const waysOfDeploying = ['--method', 'direct', '--require-approval', 'never', '--progress', 'events']
  await cdk(['deploy', '--all', ...['--outputs-file', outputsFile], ...waysOfDeploying], options)
  const [outputs = {}] = Object.values(outputsSchema.parse(JSON.parse(await readFile(outputsFile, 'utf8'))))
  return { outputs, api: addressOf(outputs, options.aws.endpoint) }
}

const outputsSchema = z.record(z.string(), z.record(z.string(), z.string()))

export function addressOf(outputs: Record<string, string>, endpoint: string): ApiAddress {
  const { port } = new URL(endpoint)
  const id = outputs.ApiId ?? ''
  return { id, port: Number(port), host: `${id}.execute-api.localhost:${port}`, region: account.region }
}

/**
 * Runs a CDK command, such as `diff`, with the app.
 *
 * @returns the lines that it printed
 * @throws Error with the printed lines when the command fails
 */
export async function cdk(command: readonly string[], options: DeployOptions): Promise<readonly string[]> {
  const app = path.resolve(options.app ?? path.join(root, 'sandbox', 'aws', 'app.ts'))
  const ofApp = ['--app', `${path.join(bin, 'node')} ${app}`, '--output', path.resolve(options.directory, 'cdk.out')]
  const plain = ['--no-notices', '--no-version-reporting', '--no-path-metadata', '--no-asset-metadata']
  const child = spawn(path.join(bin, 'cdk'), [...command, ...ofApp, ...plain], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...rootUserEnvironment(options.aws.endpoint, account.region),
      PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`,
      // Halves the time that the CDK takes to load.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
      // The tests of infra/ validate the template. Here, the validation would take three seconds.
      CDK_VALIDATION: 'false',
      // The CDK keeps caches and telemetry below HOME.
      HOME: path.resolve(options.directory),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      AWS_EC2_METADATA_DISABLED: 'true',
      NO_COLOR: '1',
      CI: 'true',
    },
  })
  const printed: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      printed.push(line)
      options.report?.(line)
    })
  }
  const [status] = await once(child, 'close')
  if (status !== 0) throw new Error(`cdk ${command[0]} ended with status ${status}:\n${printed.join('\n')}`)
  return printed
}

/** Creates the bucket, unless it exists. */
async function makeBucket(endpoint: string, bucket: string): Promise<void> {
  const url = new URL(`/${bucket}`, endpoint)
  const body = `<CreateBucketConfiguration><LocationConstraint>${account.region}</LocationConstraint></CreateBucketConfiguration>`
  const response = await sendSigned({ service: 's3', method: 'PUT', url, body })
  if (!response.ok && response.status !== 409) {
    throw new Error(`the bucket ${bucket} could not be created: ${response.status} ${await response.text()}`)
  }
}
