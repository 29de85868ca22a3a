/** Deploys the stack of the acceptance with the CDK's command. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { stringify } from 'yaml'
import type { IamPrincipal } from '../../lambdas/access/principal.ts'

const root = path.resolve(import.meta.dirname, '../..')
const bin = path.join(root, 'node_modules', '.bin')

export interface Deploying {
  readonly name: string
  /** The folder for the files of the CDK. */
  readonly folder: string
  readonly assetsBucket: string
  /** The caller that the settings grant access to the API. */
  readonly caller: Pick<IamPrincipal, 'role' | 'user'>
  readonly signal: AbortSignal
  /** Called with each line of the CDK's output. */
  readonly print: (line: string) => void
}

/** The managed policy of the workload. */
export const workloadPolicy = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'

/** The prefix of the secrets of a deployment. */
export function secretPrefixOf(name: string): string {
  return `workload-identity-${name}`
}

/** Settings without schedules, so that nothing runs during the removal. */
export function settingsFor({ name, caller: { role, user } }: Pick<Deploying, 'name' | 'caller'>): object {
  const iam = role === undefined ? { user } : { role }
  return {
    name,
    secretPrefix: secretPrefixOf(name),
    rolePath: `/${name}/`,
    allowedPolicyArns: [workloadPolicy],
    access: { grants: [{ name: 'acceptance', role: 'administrator', to: [{ iam }] }] },
    issuerHost: {},
    rotationSchedule: 'off',
    driftSchedule: 'off',
    webhookTimeoutSeconds: 600,
    logDays: 1,
  }
}

/** @throws Error with the end of the CDK's output */
export async function deploy(deploying: Deploying): Promise<void> {
  const { folder, assetsBucket, signal, print } = deploying
  const settings = path.join(folder, 'settings.yaml')
  await writeFile(settings, stringify(settingsFor(deploying)))
  const app = `"${process.execPath}" ${path.join(import.meta.dirname, 'app.ts')}`
  const context = ['--context', `settings=${settings}`, '--context', `assetsBucket=${assetsBucket}`]
  const plain = ['--no-notices', '--no-version-reporting', '--no-path-metadata', '--no-asset-metadata']
  const mode = ['--method', 'direct', '--require-approval', 'never', '--progress', 'events', '--ci']
  const child = spawn(
    path.join(bin, 'cdk'),
    ['deploy', '--all', '--app', app, '--output', path.join(folder, 'cdk.out'), ...context, ...plain, ...mode],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // In a separate process group. Otherwise Ctrl-C at a terminal would end it before this process handles the signal.
      detached: true,
      env: {
        ...process.env,
        // The tests of infra/ check the template.
        CDK_VALIDATION: 'false',
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        NO_COLOR: '1',
      },
    },
  )
  const stop = () => void (child.pid !== undefined && process.kill(-child.pid, 'SIGTERM'))
  signal.addEventListener('abort', stop, { once: true })
  const last: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      last.push(line)
      print(line)
    })
  }
  const [status] = await once(child, 'close')
  signal.removeEventListener('abort', stop)
  if (signal.aborted) throw new Error('cdk deploy was stopped')
  if (status !== 0) throw new Error(`cdk deploy ended with status ${status}:\n${last.slice(-20).join('\n')}`)
}
