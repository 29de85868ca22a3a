import { CreatePolicyCommand, UpdateOpenIDConnectProviderThumbprintCommand } from '@aws-sdk/client-iam'
import { expect, vi } from 'vitest'
import * as z from 'zod'
import { forEachKind, stateMachineOutput } from '../../../infra/workflows.ts'
import { operationPage } from '../../../lambdas/api/operations/views.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { type OwnCluster, ownCluster } from '../../e2e/support/requests.ts'
import { type System, system } from '../../e2e/support/system.ts'
import type { Edits } from '../../support/api/requests.ts'
import { roleNameOf } from '../../support/aws/roles.ts'
import { deployment } from '../../support/steps/deployment.ts'
import { otherImage } from '../../support/webhook/other-image.ts'
import { DeployedRoles } from './deployed-role.ts'
import { type Permission, permissionsOf } from './permissions.ts'

let opened: Promise<Fixture> | undefined

/** A policy of the account, which the deployment allows by its path. */
export const ownPolicy = 'arn:aws:iam::000000000000:policy/workload-identity/one-more'

/** One sandbox with one cluster that is set up, with a webhook that requests its certificate. */
export class Fixture {
  readonly system: System
  readonly roles: DeployedRoles
  readonly cluster: OwnCluster
  readonly #permissions: readonly Permission[]

  private constructor(running: System, cluster: OwnCluster) {
    this.system = running
    this.cluster = cluster
    this.roles = new DeployedRoles(running.sandbox.aws.endpoint)
    this.#permissions = permissionsOf(deployedResources(running)).flatMap(({ permissions }) => permissions)
  }

  /**
   * Returns the same fixture for all files of a run. Waits for the operations of earlier files: the reconciler starts those that a
   * function was not allowed to start, and a rotation would revert what the next case prepares.
   */
  static async open(): Promise<Fixture> {
    opened ??= Fixture.#open()
    const fixture = await opened
    await fixture.#untilIdle()
    return fixture
  }

  static async #open(): Promise<Fixture> {
    const running = await system()
    const fixture = new Fixture(running, await ownCluster(running, 'permissions'))
    await fixture.roles.iam.send(
      new CreatePolicyCommand({ PolicyName: 'one-more', Path: '/workload-identity/', PolicyDocument: nothing }),
    )
    await fixture.setUp()
    return fixture
  }

  /** Runs a setup that must succeed. */
  async setUp(edits: Edits = {}): Promise<void> {
    const ended = await this.system.setUp(this.body(edits))
    if (ended.status !== 'succeeded') throw new Error(`the setup failed: ${JSON.stringify(ended.error)}`)
  }

  async #untilIdle(): Promise<void> {
    await vi.waitFor(
      async () => {
        const response = await fetch(`${this.system.api}/v1/operations?limit=100`)
        const { operations } = operationPage.parse(await response.json())
        expect(operations.filter(({ endedAt }) => endedAt === undefined)).toEqual([])
      },
      { timeout: 200_000, interval: 500 },
    )
  }

  /** Starts a verification of all workloads, and returns its path. */
  startVerification(): Promise<string> {
    return this.system.send(`/v1/clusters/${this.cluster.name}/verifications`, {})
  }

  async verify(): Promise<OperationAnswer> {
    return this.system.ended(await this.startVerification())
  }

  /** Starts a plan of the first setup with edits, and returns its path. */
  startPlan(edits: Edits = {}): Promise<string> {
    return this.system.send('/v1/plans', this.body(edits))
  }

  async plan(): Promise<OperationAnswer> {
    return this.system.ended(await this.startPlan())
  }

  /** Starts a setup that changes the image of the webhook, which needs the permissions of the candidate's steps. */
  startChange(): Promise<string> {
    const { name } = this.cluster
    const cluster = this.system.sandbox.kubernetes.cluster(name)
    if (!cluster) throw new Error(`the cluster ${name} does not exist`)
    return this.system.start(this.body({ 'webhook.image': otherImage(cluster) }))
  }

  async change(): Promise<OperationAnswer> {
    return this.system.ended(await this.startChange())
  }

  /** Runs a dry run of a teardown, by default with the deletion of the cluster. */
  listTeardown(deleteCluster = true): Promise<OperationAnswer> {
    return this.system.tearDown(`/v1/clusters/${this.cluster.name}?deleteCluster=${deleteCluster}&dryRun=true`)
  }

  /** Runs a rotation of all clusters. */
  async rotate(): Promise<OperationAnswer> {
    return this.system.ended(await this.system.send('/v1/rotations', {}))
  }

  /** Replaces the thumbprints of the cluster's provider, as a user may do by hand. */
  async replaceThumbprints(thumbprint: string): Promise<void> {
    const response = await fetch(`${this.system.api}/v1/clusters/${this.cluster.name}`)
    const { status } = z.object({ status: z.object({ providerArn: z.string() }) }).parse(await response.json())
    const provider = { OpenIDConnectProviderArn: status.providerArn, ThumbprintList: [thumbprint] }
    await this.roles.iam.send(new UpdateOpenIDConnectProviderThumbprintCommand(provider))
  }

  /** The request of the first setup, with edits. */
  body(edits: Edits = {}): unknown {
    return this.cluster.body({
      'cluster.spec.controlPlane.version': '1.20.9-gke.300',
      'cluster.nodePools.0.name': `${this.cluster.name}-pool`,
      'webhook.mode': 'install',
      'webhook.certificate': 'csr',
      'webhook.image': 'amazon/amazon-eks-pod-identity-webhook:ed8c41f',
      ...edits,
    })
  }

  get roleName(): string {
    return roleNameOf(this.cluster.name)
  }

  /** All permissions of a function in the deployment. */
  permissionsOf(bundle: string): Permission[] {
    return this.#permissions.filter(({ of }) => of === bundle)
  }

  /** Removes the permission while `use` runs. */
  async without<Result>(index: number, use: () => Promise<Result>): Promise<Result> {
    // The permission of the case, with real ARNs.
    const permission = this.#permissions[index]
    if (!permission) throw new Error(`no permission ${index}`)
    return this.roles.without(await this.roles.roleOfFunction(permission.of), permission, use)
  }
}

const nothing = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
})

function deployedResources({ sandbox }: System) {
  const {
    TableName = '',
    PermissionsBoundaryArn = '',
    IssuerHost = '',
    IssuerBucketName = '',
    RecordCopiesBucketName = '',
  } = sandbox.deployment.outputs
  return {
    table: { tableName: TableName, tableArn: `arn:aws:dynamodb:eu-west-1:000000000000:table/${TableName}` },
    deployment,
    partition: 'aws',
    region: 'eu-west-1',
    accountId: '000000000000',
    secretPrefix: 'workload-identity',
    rolePath: '/workload-identity/',
    permissionsBoundaryArn: PermissionsBoundaryArn,
    issuerHost: {
      names: [IssuerHost],
      bucketName: IssuerBucketName,
      bucketArn: `arn:aws:s3:::${IssuerBucketName}`,
    },
    allowedPolicyArns: [],
    inlinePolicyActions: ['*'],
    externalIds: {},
    memberPrefix: 'WorkloadIdentity-000000000000-eu-west-1',
    memberCallerArns: { reader: 'any', writer: 'any' },
    accessRules: { grants: [], issuers: {}, policies: {} },
    callerIds: 'any',
    copies: { bucketName: RecordCopiesBucketName, bucketArn: `arn:aws:s3:::${RecordCopiesBucketName}` },
    runningPerCaller: 20,
    topicArn: sandbox.deployment.outputs.NotificationTopicArn ?? '',
    operationDays: { looks: 90, changes: 365 },
    stateMachines: forEachKind((kind) => {
      const arn = sandbox.deployment.outputs[stateMachineOutput(kind)] ?? ''
      return { arn, name: arn.split(':').at(-1) ?? '' }
    }),
  }
}
