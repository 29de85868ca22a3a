/** Runs the four steps of the webhook on a cluster, as the state machine does. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import type { ClusterFacts } from '../../../lambdas/operations/record/record.ts'
import type { Change } from '../../../lambdas/report/change.ts'
import type { Webhook } from '../../../lambdas/spec/setup-request.ts'
import type { StepContext, StepResult } from '../../../lambdas/steps/contract.ts'
import { description as activateWebhookDescription } from '../../../lambdas/webhook/activate-webhook.step.ts'
import * as activateWebhook from '../../../lambdas/webhook/activate-webhook.ts'
import { description as approveCsrDescription } from '../../../lambdas/webhook/approve-csr.step.ts'
import * as approveCsr from '../../../lambdas/webhook/approve-csr.ts'
import { description as checkWebhookDescription } from '../../../lambdas/webhook/check-webhook.step.ts'
import * as checkWebhook from '../../../lambdas/webhook/check-webhook.ts'
import { description as deployWebhookDescription } from '../../../lambdas/webhook/deploy-webhook.step.ts'
import * as deployWebhook from '../../../lambdas/webhook/deploy-webhook.ts'
import type { InstalledWebhook } from '../../../lambdas/webhook/desired/installed.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { Cluster } from '../../../sandbox/kubernetes/clusters/cluster.ts'
import { type AwsAccount, startAwsAccount } from '../aws/aws-account.ts'
import { removeWebhook } from '../kubernetes/clean-cluster.ts'
import { type ClusterOptions, type Clusters, clientOf, minorOf, startClusters } from '../kubernetes/clusters.ts'
import { peer } from '../kubernetes/kubernetes-peer.ts'
import { foundStatus, stepContext } from '../steps/step-context.ts'
import { type ChangeAsk, changedWebhook } from './webhook-change.ts'

/** The webhook of a request, and other input of the steps. */
export interface Ask extends Partial<Webhook> {
  readonly adopt?: boolean
  readonly issuerUrl?: string
  /** AWS region of the cluster. */
  readonly region?: string
}

export interface WebhookCluster<Kind extends AnyCluster = AnyCluster> {
  readonly cluster: Kind
  /** The product's client for this setup. */
  readonly client: ClusterClient
  readonly minor: number
  /** The namespace of the webhook. */
  readonly namespace: string
  readonly target: { readonly name: string; readonly credentialsSecretArn: string }
  deploy(ask?: Ask): Promise<StepResult<InstalledWebhook>>
  /** @param issuerUrl only in a rotation, because a setup has already compared it */
  approve(installed: InstalledWebhook, issuerUrl?: string): Promise<StepResult<object>>
  check(installed: InstalledWebhook): Promise<StepResult<object>>
  activate(installed: InstalledWebhook, ask?: Ask): Promise<StepResult<object>>
  /** Runs all four steps until they are done, or the workflow when a webhook in use changes. Returns their changes. */
  setUp(ask?: Ask): Promise<readonly Change[]>
  /** Runs the four steps as dry runs. */
  plan(ask?: Ask): Promise<WebhookPlan>
}

export interface WebhookPlan {
  readonly changes: readonly Change[]
  /** Problems that no write of a setup would fix. */
  readonly waiting: readonly string[]
}

export interface WebhookClusters {
  readonly clusters: Clusters
  readonly aws: AwsAccount
  /** A cluster without a webhook. Tests share a real cluster, which is cleaned, and each webhook gets another namespace. */
  start(options?: ClusterOptions): Promise<WebhookCluster>
  /** A cluster that the sandbox emulates, in which tests can inject faults. */
  emulate(options?: ClusterOptions): Promise<WebhookCluster<Cluster>>
  end(): Promise<void>
}

export const webhookNamespace = 'workload-identity-webhook'

/** The deadline of one step. */
const deadlineMs = 20_000
/** The time limit of polling a step. Real pods take time to start. */
const patienceMs = 60_000
const pollMs = 50

export function context(dryRun = false, facts: Partial<ClusterFacts> = {}): StepContext {
  return stepContext('prod', deadlineMs, dryRun, foundStatus(facts))
}

export async function startWebhookClusters(): Promise<WebhookClusters> {
  const clusters = await startClusters()
  const aws = await startAwsAccount({ HTTPS_PROXY: clusters.internet.proxy.url })
  let count = 0
  let shared: AnyCluster | undefined
  const candidateName = () => {
    count += 1
    return `prod-${count}`
  }
  const startShared = async (options: ClusterOptions | undefined) => {
    shared ??= await clusters.start('prod', options)
    await removeWebhook(shared)
    return shared
  }
  return {
    clusters,
    aws,
    async start(options) {
      const name = candidateName()
      if (!peer) return stepsOn(await clusters.start(name, options), { name, namespace: webhookNamespace })
      return stepsOn(await startShared(options), { name, namespace: `${webhookNamespace}-${count}` })
    },
    async emulate(options) {
      const name = candidateName()
      return stepsOn(await clusters.emulate(name, options), { name, namespace: webhookNamespace })
    },
    async end() {
      await aws.end()
      await clusters.end()
    },
  }
}

/** The output of a step. Throws with the reason when the step waits. */
export function outputOf<Output>(result: StepResult<Output>): Output {
  if ('output' in result) return result.output
  throw new Error(`waits: ${result.waiting.reason}`)
}

export function waitingOf(result: StepResult<unknown>): string {
  if ('waiting' in result) return result.waiting.reason
  throw new Error('the step does not wait')
}

/** `name` is the name of the cluster in the setup. The namespace is the webhook's. */
async function stepsOn<Kind extends AnyCluster>(
  cluster: Kind,
  { name, namespace }: { readonly name: string; readonly namespace: string },
): Promise<WebhookCluster<Kind>> {
  const minor = minorOf(cluster)
  const credentialsSecretArn = await keepCredentials(name, cluster)
  const target = { name, credentialsSecretArn }
  const client = clientOf(cluster, { target })
  const factsOf = ({ issuerUrl = 'https://storage.googleapis.com/issuers/prod', region }: Ask) => ({
    issuerUrl,
    ...(region !== undefined && { region }),
    kubernetesMinor: minor,
  })
  const stepsOf = (dryRun: boolean): Pick<WebhookCluster, 'deploy' | 'approve' | 'check' | 'activate'> => ({
    deploy({ adopt = false, issuerUrl, region, ...webhook } = {}) {
      const facts = factsOf({ ...(issuerUrl !== undefined && { issuerUrl }), ...(region !== undefined && { region }) })
      const input = deployWebhookDescription.input.parse({ target, webhook: { namespace, ...webhook }, adopt })
      return deployWebhook.run(input, context(dryRun, facts))
    },
    approve(installed, issuerUrl) {
      return approveCsr.run(approveCsrDescription.input.parse({ target, issuerUrl, installed }), context(dryRun))
    },
    check: (installed) => checkWebhook.run(checkWebhookDescription.input.parse({ target, installed }), context(dryRun)),
    activate(installed, ask = {}) {
      const { failurePolicy = 'Ignore', adopt = false } = ask
      const input = activateWebhookDescription.input.parse({
        target,
        installed,
        failurePolicy,
        adopt,
      })
      return activateWebhook.run(input, context(dryRun, factsOf(ask)))
    },
  })
  const { deploy, approve, check, activate } = stepsOf(false)
  return {
    cluster,
    client,
    minor,
    namespace,
    target,
    deploy,
    approve,
    check,
    activate,
    async setUp(ask) {
      const deployed = await deploy(ask)
      const installed = outputOf(deployed)
      if ('trial' in installed) return changedWebhook({ cluster, minor, namespace, target }, webhookIn(ask))
      const approvals = await poll(() => approve(installed))
      const checks = await poll(() => check(installed))
      const activated = await activate(installed, ask)
      return [...changesOf(deployed), ...approvals, ...checks, ...changesOf(activated)]
    },
    async plan(ask) {
      const dry = stepsOf(true)
      const deployed = await dry.deploy(ask)
      const installed = outputOf(deployed)
      const observations = [
        await dry.approve(installed),
        await dry.check(installed),
        await dry.activate(installed, ask),
      ]
      return {
        changes: [deployed, ...observations].flatMap(changesOf),
        waiting: observations.flatMap((observe) => ('waiting' in observe ? [observe.waiting.reason] : [])),
      }
    },
  }
}

function webhookIn({ issuerUrl: _, region: __, ...ask }: Ask = {}): ChangeAsk {
  return ask
}

function changesOf(result: StepResult<unknown>): readonly Change[] {
  return result.changes ?? []
}

/** Runs the step until it is done, as the state machine does, and returns all changes. */
async function poll(observe: () => Promise<StepResult<object>>): Promise<readonly Change[]> {
  const end = Date.now() + patienceMs
  const changes: Change[] = []
  for (;;) {
    const result = await observe()
    changes.push(...changesOf(result))
    if ('output' in result) return changes
    if (Date.now() > end) throw new Error(`still waits: ${result.waiting.reason}`)
    await sleep(pollMs)
  }
}

async function keepCredentials(name: string, cluster: AnyCluster): Promise<string> {
  const client = new SecretsManagerClient()
  const { ARN } = await client.send(
    new CreateSecretCommand({
      Name: `workload-identity/${name}/user-cluster`,
      SecretString: cluster.kubeconfig(),
    }),
  )
  client.destroy()
  return ARN ?? ''
}
