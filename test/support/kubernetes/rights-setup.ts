/** Runs a setup step by step on an existing cluster, as its administrator, or as the account of the manifests. */
import { setTimeout as sleep } from 'node:timers/promises'
import { issuerResource } from '../../../lambdas/claims/claim.ts'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import { addWorkloadsToList } from '../../../lambdas/operations/record/workload-record.ts'
import * as registerOidc from '../../../lambdas/provider/register-oidc.ts'
import type { Change } from '../../../lambdas/report/change.ts'
import {
  type Purpose,
  type Rights,
  userClusterManifests,
  wholeUserClusterManifests,
} from '../../../lambdas/rights/manifests.ts'
import { setupStates } from '../../../lambdas/rights/rights.ts'
import { rightsSetupOf, type Setup } from '../../../lambdas/rights/setup.ts'
import { description as createRoleDescription } from '../../../lambdas/role/create-role.step.ts'
import * as createRole from '../../../lambdas/role/create-role.ts'
import type { SetupRequest, Workload } from '../../../lambdas/spec/setup-request.ts'
import type { StepContext, StepResult } from '../../../lambdas/steps/contract.ts'
import { type InstalledWebhook, installed as installedSchema } from '../../../lambdas/webhook/desired/installed.ts'
import { rolloutWaiting } from '../../../lambdas/webhook/observed/webhook.ts'
import { account } from '../../../sandbox/account.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { SecretKeeper } from '../../../sandbox/secrets.ts'
import { recordCluster } from '../api/operations.ts'
import { type AwsAccount, startAwsAccount } from '../aws/aws-account.ts'
import { roleArnOf } from '../aws/roles.ts'
import { serveDocuments } from '../network/serve-documents.ts'
import { own } from '../steps/claims.ts'
import { foundStatus, stepContext } from '../steps/step-context.ts'
import { runStep, stepOf } from '../steps/steps.ts'
import { runsPerWorkload, setupInput } from '../workflows/setup-inputs.ts'
import { type Clusters, clientOf, startClusters } from './clusters.ts'
import { requestOf } from './request-of.ts'
import { type Granted, grant, type OneRight, oneByOne } from './rights.ts'

const issuersHost = 'issuers.example'
const secretPrefix = `arn:aws:secretsmanager:${account.region}:${account.id}:secret:workload-identity`

export interface RightsWorld {
  readonly clusters: Clusters
  readonly secrets: SecretKeeper
  /** Prepares a cluster with the workloads' namespaces, a public issuer, and roles at AWS for the workloads. */
  start(ask: Ask): Promise<RightsSetup>
  end(): Promise<void>
}

export interface Ask {
  readonly name: string
  /** For example `1.21.14`. Default: the newest. */
  readonly version?: string
  /** An existing cluster of this name. */
  readonly on?: AnyCluster
  readonly webhook: object
  readonly workloads: readonly Account[]
  /** The purpose of the rights. Default: setups. */
  readonly purpose?: Purpose
  readonly namedAccounts?: true
  /** An account that already has its rights, for a setup with other workloads. */
  readonly granted?: Granted
  /** Grants the rights for a whole cluster, so that the setup can create the workloads' namespaces. */
  readonly isWhole?: true
}

interface Account {
  readonly namespace: string
  readonly serviceAccount: string
}

/** The states of the steps that only a change of a webhook in use runs. */
export const ofChange = /Candidate$|^DeleteCsrs$/

/** The steps of a setup on an existing cluster that publishes its keys itself, in order. */
export const stepsOnCluster = setupStates.filter(
  (state) =>
    !ofChange.test(state) && !['ObserveCluster', 'ApplyCluster', 'CheckIssuer', 'PublishDiscovery'].includes(state),
)

const drySteps = stepsOnCluster.filter((state) => stepOf(state).description.compared)

/**
 * The account that runs a step: `admin` has all rights, `setup` those of the manifests. The test stores the kubeconfig of any
 * other account in the secret `CLUSTER/WHO`.
 */
export type Who = string

export async function startRightsWorld(): Promise<RightsWorld> {
  const clusters = await startClusters()
  const { authority, proxy } = clusters.internet
  const environment = { HTTPS_PROXY: proxy.url, NO_PROXY: '127.0.0.1', NODE_EXTRA_CA_CERTS: authority.caFile }
  const aws: AwsAccount = await startAwsAccount(environment)
  const secrets = new SecretKeeper(aws.endpoint)
  const documents = new Map<string, unknown>()
  await clusters.internet.host(issuersHost, serveDocuments(documents))
  return {
    clusters,
    secrets,
    async start(ask) {
      const { name, version } = ask
      const issuer = `https://${issuersHost}/${name}`
      const cluster = ask.on ?? (await clusters.start(name, { issuer, ...(version !== undefined && { version }) }))
      const { discovery, keySet } = await cluster.issuerDocuments()
      const jwksPath = `/${name}/openid/v1/jwks`
      const jwks_uri = `https://${issuersHost}${jwksPath}`
      documents.set(`/${name}/.well-known/openid-configuration`, { ...discovery, jwks_uri })
      documents.set(jwksPath, keySet)
      return RightsSetup.prepare({ cluster, ask, issuer, secrets })
    },
    async end() {
      await aws.end()
      await clusters.end()
    },
  }
}

interface Parts {
  readonly cluster: AnyCluster
  readonly request: SetupRequest
  readonly minor: number
  readonly granted: Granted
}

const patienceMs = 60_000
const pollMs = 100

export class RightsSetup {
  readonly cluster: AnyCluster
  readonly admin: ClusterClient
  readonly setup: Setup
  readonly granted: Granted
  /** All granted rights. */
  readonly rights: readonly OneRight[]
  /** The result of DeployWebhook. */
  installed: InstalledWebhook
  readonly #request: SetupRequest
  readonly #minor: number
  #isDry = false

  private constructor({ cluster, request, minor, granted }: Parts) {
    this.cluster = cluster
    this.admin = clientOf(cluster)
    this.setup = rightsSetupOf(request, minor)
    this.granted = granted
    this.rights = oneByOne(userClusterManifests(this.setup))
    this.#request = request
    this.#minor = minor
    this.installed = installedSchema.parse({ mode: this.setup.mode === 'managed' ? 'managed' : 'none' })
  }

  static async prepare(parts: {
    readonly cluster: AnyCluster
    readonly ask: Ask
    readonly issuer: string
    readonly secrets: SecretKeeper
  }): Promise<RightsSetup> {
    const { cluster, ask, issuer, secrets } = parts
    const request = requestFor(ask, issuer)
    const minor = Number(cluster.gitVersion.split('.')[1])
    const admin = clientOf(cluster)
    for (const name of ask.isWhole ? [] : namespacesOf(ask)) {
      if (!(await admin.get({ apiVersion: 'v1', kind: 'Namespace', name }))) {
        await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
      }
    }
    const granted = ask.granted ?? (await grant(cluster, rightsFor(rightsSetupOf(request, minor), ask)))
    await secrets.keep(`${ask.name}/setup`, granted.kubeconfig)
    await secrets.keep(`${ask.name}/admin`, cluster.kubeconfig())
    const made = new RightsSetup({ cluster, request, minor, granted })
    await made.#makeRoles(issuer)
    return made
  }

  /** Runs the step once, or once for each workload if a setup does that. */
  async run(state: string, who: Who, values: object = {}): Promise<readonly StepResult<object>[]> {
    const results: StepResult<object>[] = []
    for (const workload of runsPerWorkload(state) ? this.#request.workloads : [undefined]) {
      const input = await setupInput(state, this.#variables(who, workload))
      // The first step checks the rights of all steps, which an account of one step does not have.
      const alone = who === state ? { needs: undefined } : {}
      const result = await runStep(state, { ...input, ...alone, ...values }, this.#context())
      if (state === 'DeployWebhook' && 'output' in result) this.installed = installedSchema.parse(result.output)
      results.push(result)
    }
    return results
  }

  /** The variables of the setup's state machine. The Map of the proofs passes the workload and its role in the input of its states. */
  #variables(who: Who, workload: Workload | undefined): object {
    const credentials = { credentialsSecretArn: `workload-identity/${this.cluster.name}/${who}` }
    const ofWorkload = workload && { workload, roleArn: roleArnOf(this.cluster.name, workload.role.name) }
    return {
      request: { ...this.#request, cluster: { ...this.#request.cluster, ...credentials } },
      target: { name: this.cluster.name, ...credentials },
      deployed: this.installed,
      installed: this.installed,
      ...ofWorkload,
      states: { input: { ...ofWorkload } },
    }
  }

  /** Runs all steps as dry runs, in order. */
  async plan(whoRuns: (step: string) => Who = () => 'setup'): Promise<readonly Change[]> {
    const before = this.installed
    this.#isDry = true
    try {
      const changes: Change[] = []
      for (const step of drySteps) {
        for (const result of await this.run(step, whoRuns(step))) changes.push(...(result.changes ?? []))
      }
      return changes
    } finally {
      this.#isDry = false
      this.installed = before
    }
  }

  #context(issuerUrl = this.#facts().issuerUrl): StepContext {
    const facts = { issuerUrl, kubernetesMinor: this.#minor }
    return stepContext(this.cluster.name, undefined, this.#isDry, foundStatus(facts))
  }

  /** Runs the step until it does not wait, and all that it read is consistent. */
  async done(step: string, who: Who): Promise<void> {
    const end = Date.now() + patienceMs
    for (;;) {
      const [reason] = await this.#attempt(step, who)
      if (reason === undefined) return
      if (Date.now() > end) throw new Error(`${step} still waits: ${reason}`)
      await sleep(pollMs)
    }
  }

  /** Runs DeployWebhook with another image than the request's. */
  async deploy(who: Who, image: string): Promise<void> {
    await this.run('DeployWebhook', who, { webhook: { ...this.#request.webhook, image } })
  }

  /** Waits until all pods of the webhook are available. */
  async untilReady(): Promise<void> {
    const end = Date.now() + patienceMs
    const { installed } = this
    if (!('image' in installed)) throw new Error('no webhook is installed')
    for (;;) {
      const waiting = await rolloutWaiting(this.admin, installed)
      if (!waiting) return
      if (Date.now() > end) throw new Error(`the webhook is not ready: ${waiting.reason}`)
      await sleep(pollMs)
    }
  }

  async #attempt(step: string, who: Who): Promise<readonly string[]> {
    try {
      const results = await this.run(step, who)
      return results.flatMap((result) => ('waiting' in result ? [result.waiting.reason] : []))
    } catch (error) {
      if (error instanceof Error && error.name === 'NotYetConsistent') return [JSON.stringify(error)]
      throw error
    }
  }

  #facts() {
    return { issuerUrl: this.#request.cluster.issuerUrl ?? '' }
  }

  async #makeRoles(issuerUrl: string): Promise<void> {
    const clusterName = this.cluster.name
    const context = () => this.#context(issuerUrl)
    await recordCluster(clusterName)
    await addWorkloadsToList({ cluster: { name: clusterName }, workloads: this.#request.workloads })
    await own(clusterName, issuerResource(issuerUrl))
    await registerOidc.run({ clusterName, adopt: false }, context())
    for (const workload of this.#request.workloads) {
      const request = { clusterName, workload, adopt: false }
      await createRole.run(createRoleDescription.input.parse(request), context())
    }
  }
}

function requestFor({ name, webhook, workloads }: Ask, issuerUrl: string): SetupRequest {
  const body = {
    cluster: { name, provider: 'existing', credentialsSecretArn: `${secretPrefix}/${name}/setup`, issuerUrl },
    webhook,
    workloads: workloads.map((workload) => ({ ...workload, role: { policyArns: [] } })),
  }
  return requestOf(body, 'the request of a test')
}

function rightsFor(setup: Setup, { isWhole, purpose, namedAccounts }: Ask): Rights {
  if (!isWhole) return userClusterManifests({ ...setup, ...(namedAccounts && { namedAccounts }) }, purpose)
  return wholeUserClusterManifests(setup.mode === 'csr' ? 'csr' : 'own-ca', setup.webhookNamespace)
}

/** The namespaces that an administrator creates before the rights are applied. */
function namespacesOf({ workloads }: Ask): readonly string[] {
  return [...new Set(workloads.map(({ namespace }) => namespace))]
}
