/** The stages of the acceptance: the complete life cycle of a deployment and a cluster. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import { type AwsCaller, awsCaller } from '../../cli/aws/caller.ts'
import { connect } from '../../cli/commands/connect.ts'
import type { Context } from '../../cli/context.ts'
import { CommandError } from '../../cli/errors.ts'
import type { Manifest } from '../../cli/kubernetes/cluster-access.ts'
import type { KubeconfigOptions } from '../../cli/kubernetes/own-kubeconfig.ts'
import { requestsIn } from '../../cli/request-file/read.ts'
import { answerOf } from '../../client/answer.ts'
import type { QuestionName } from '../../client/request/questions.ts'
import { requestOf } from '../../client/request/request.ts'
import { iamPrincipal } from '../../lambdas/access/principal.ts'
import { type Api, contextFor, reachApi, startTeardown, succeeded, tearDown } from './api.ts'
import { makeBucket, removeBucket } from './buckets.ts'
import { missingRights, removeObjects, requireReachable } from './cluster.ts'
import { deploy, secretPrefixOf, workloadPolicy } from './deploy.ts'
import type { Observed } from './differences.ts'
import { removeMarked, removeSecret } from './leftovers.ts'
import type { Stage } from './run-stages.ts'
import { outputsOf, readStack, removeStack, resourcesOf } from './stack.ts'
import type { AwsTarget } from './target.ts'

export interface Acceptance {
  readonly target: AwsTarget
  /** The name of the deployment, from `newName`. */
  readonly name: string
  readonly cluster: KubeconfigOptions
  readonly print: (line: string) => void
}

/** The name of the only cluster in the deployment. */
export const clusterName = 'acceptance'

const workload = { namespace: 'default', serviceAccount: 'wid-acceptance' }

const never = new AbortController().signal

export function stagesOf({ target, name, cluster, print }: Acceptance): {
  stages: readonly Stage[]
  observed: Observed
} {
  const observed: Observed = { outputs: {}, resources: [], operations: [] }
  const assetsBucket = `${name.toLowerCase()}-assets`
  let folder: string | undefined
  let caller: AwsCaller | undefined
  let api: Api | undefined
  let made: readonly Manifest[] = []

  const known = <Value>(value: Value | undefined, what: string): Value => {
    if (value === undefined) throw new Error(`${what} is not known: an earlier stage did not run`)
    return value
  }
  const context = (signal: AbortSignal): Context => contextFor(target, known(api, 'the API'), signal)
  const request = () => requestFor(target, name, known(caller, 'the account'))
  const operation = async (
    signal: AbortSignal,
    start: (context: Context) => Promise<{ readonly operationId: string }>,
  ) => {
    const own = context(signal)
    observed.operations.push(await succeeded(own, start(own)))
  }

  const stages: readonly Stage[] = [
    {
      name: 'account',
      run: async () => {
        caller = await callerAt(target)
        if (await readStack(target, name))
          throw new CommandError(`There is a stack ${name}. Start again: another name is taken.`)
      },
    },
    { name: 'cluster', run: () => requireReachable(cluster) },
    { name: 'bucket', run: () => makeBucket(target, assetsBucket), undo: () => removeBucket(target, assetsBucket) },
    {
      name: 'deploy',
      run: async (signal) => {
        folder = await mkdtemp(path.join(tmpdir(), 'wid-acceptance-'))
        const { arn, id } = known(caller, 'the account')
        await deploy({ name, folder, assetsBucket, caller: iamPrincipal(arn, id), signal, print })
        observed.outputs = await outputsOf(target, name)
        observed.resources = await resourcesOf(target, name)
        api = await reachApi(target, observed.outputs)
      },
      undo: async () => {
        await api?.close()
        if (folder !== undefined) await rm(folder, { recursive: true, force: true })
        const { account } = known(caller, 'the account')
        // A remaining role prevents the deletion of the stack's permissions boundary, and IAM may list a new role late.
        await removeStack(target, name, () =>
          removeMarked(target, { accountId: account, name, issuerHost: observed.outputs.IssuerHost }),
        )
      },
    },
    {
      name: 'connect',
      run: async (signal) => {
        const own = context(signal)
        const file = path.join(known(folder, 'the folder'), 'request.json')
        const text = JSON.stringify(request())
        await writeFile(file, text)
        const [document] = requestsIn(text, file)
        made = await missingRights(own, known(document, 'the request'), cluster)
        await connect(own, clusterName, { ...cluster, file, duration: '24h', teardown: true, yes: true })
      },
      undo: async () => {
        await removeSecret(target, `${secretPrefixOf(name)}/${clusterName}/user-cluster`)
        await removeObjects(cluster, made)
      },
    },
    {
      name: 'setup',
      run: (signal) => operation(signal, ({ api }) => answerOf(api.POST('/v1/setups', { body: request() }))),
      undo: async () => void (await tearDown(context(never), clusterName)),
    },
    { name: 'verify', run: (signal) => operation(signal, startVerification) },
    {
      name: 'rotate',
      run: (signal) => operation(signal, ({ api }) => answerOf(api.POST('/v1/rotations', { body: {} }))),
    },
    { name: 'teardown', run: (signal) => operation(signal, (own) => startTeardown(own, clusterName)) },
  ]
  return { stages, observed }
}

/** @throws {CommandError} for a caller that is neither a role nor a user, and in a partition without CloudFront's domain names */
async function callerAt({ profile, region, endpoint }: AwsTarget): Promise<AwsCaller> {
  const credentials = defaultProvider({ profile })
  const caller = await awsCaller({ region, credentials, ...(endpoint !== undefined && { endpoint }) })
  const { role, user } = iamPrincipal(caller.arn, caller.id)
  if (role === undefined && user === undefined) {
    throw new CommandError(
      `${caller.arn} is neither a role nor a user, and no grant is its own. Name the profile of one.`,
    )
  }
  if (caller.partition !== 'aws') {
    throw new CommandError(
      `The partition ${caller.partition} has no issuer host without a domain of yours: docs/deployment.md says why.`,
    )
  }
  return caller
}

function startVerification({ api }: Context) {
  const params = { path: { cluster: clusterName } }
  return answerOf(api.POST('/v1/clusters/{cluster}/verifications', { params, body: {} }))
}

function requestFor({ region }: AwsTarget, name: string, { account }: AwsCaller) {
  const answers: Partial<Record<QuestionName, string>> = {
    ...workload,
    name: clusterName,
    region,
    account,
    policy: workloadPolicy,
  }
  return requestOf('private-issuer', (question) => answers[question] ?? '', secretPrefixOf(name))
}
