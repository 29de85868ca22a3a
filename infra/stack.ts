import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib'
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CfnStage,
  CorsHttpMethod,
  HttpApi,
  type HttpApiProps,
  HttpMethod,
  HttpNoneAuthorizer,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpIamAuthorizer, HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Key } from 'aws-cdk-lib/aws-kms'
import { CfnLogGroup, LogGroup } from 'aws-cdk-lib/aws-logs'
import { Topic } from 'aws-cdk-lib/aws-sns'
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions'
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions'
import type { Construct } from 'constructs'
import { type AccessSettings, type RetentionDays, rulesOf } from '../lambdas/access/configuration.ts'
import { namedCallers } from '../lambdas/access/named-callers.ts'
import { agentRoutes } from '../lambdas/api/agents/agent-routes.ts'
import { type ApiFunction, functionOf, routes } from '../lambdas/api/routes.ts'
import type { OperationDays } from '../lambdas/operations/record/expiry.ts'
import type { OperationKind } from '../lambdas/operations/record/kinds.ts'
import type { IamAccess } from '../lambdas/steps/iam-access.ts'
import manifest from '../package.json' with { type: 'json' }
import { Alarms, type ScheduledStarts, startsPeriod } from './alarms/alarms.ts'
import { ChatChannel, type SlackChannel } from './alarms/chat-channel.ts'
import { OperationsDashboard } from './alarms/dashboard.ts'
import { NotificationEvents } from './alarms/notification-events.ts'
import { ApiDomain } from './api-domain.ts'
import { environmentSizeMistakes } from './functions/environment-size.ts'
import type { FunctionSpec } from './functions/function-spec.ts'
import {
  agentFunction,
  apiFunctions,
  hostsInUse,
  reconciler,
  scheduledRotation,
  stepFunctions,
} from './functions/functions.ts'
import { type FunctionNetwork, NodeFunction } from './functions/node-function.ts'
import { VendedLogGroup } from './functions/vended-log-group.ts'
import { GuardedHosts } from './host/guarded-hosts.ts'
import { IssuerHost } from './host/issuer-host.ts'
import { MemberCallers } from './member/member-callers.ts'
import { memberCallerName, memberPrefix } from './member/member-names.ts'
import { OperationSchedule } from './operation-schedule.ts'
import { GrantedCallers } from './permissions/granted-callers.ts'
import type { KmsKeys } from './permissions/kms-keys.ts'
import { policySizeMistakes } from './permissions/policy-size.ts'
import { domainsOf, tagForBoundaries, WorkloadBoundary } from './permissions/workload-boundary.ts'
import { Portal } from './portal/portal.ts'
import { ReconcilerCalls } from './reconciler-calls.ts'
import { RecordCopies } from './record-copies.ts'
import { RecordTable } from './record-table.ts'
import type { Resources } from './resources.ts'
import type { ApiSettings } from './settings/api-settings.ts'
import type { IssuerHostSettings } from './settings/issuer-host-settings.ts'
import { externalIdsOf, type MemberAccounts } from './settings/member-settings.ts'
import type { PortalSettings } from './settings/portal-settings.ts'
import { type DataRemoval, destroyWithStack } from './settings/removal.ts'
import { tagAll } from './settings/tag-settings.ts'
import { Workflow, workflowName } from './workflow.ts'
import {
  driftsMachine,
  forEachKind,
  pascalCase,
  startedMachines,
  stateMachineNames,
  stateMachineOutputs,
  workflows,
} from './workflows.ts'

interface Limits {
  readonly requestsPerSecond: number
  readonly burst: number
  readonly runningPerCaller: number
}

/** The minimum limits of each route of agents. They are high, because a busy agent calls several times a second. */
const agentLimits = { requestsPerSecond: 200, burst: 400 }

export interface WorkloadIdentityStackProps extends StackProps {
  /** The directory to which infra/functions/bundle.ts wrote the bundles. */
  readonly bundles: string
  /** Prefix of the names of all secrets, without a trailing slash. */
  readonly secretPrefix: string
  /** IAM path of the workloads' roles, with a slash at both ends. */
  readonly rolePath: string
  /** ARNs of the managed policies that a workload may get; `*` stands for any characters. */
  readonly allowedPolicyArns: readonly string[]
  /** Actions that inline policies may allow; empty when there may be no inline policies. */
  readonly inlinePolicyActions: readonly string[]
  /** Actions that a workload's role may have at most; `*` stands for any characters. */
  readonly workloadActions: readonly string[]
  /** ARNs of the roles that a workload may assume; `*` stands for any characters. */
  readonly assumableRoleArns: readonly string[]
  /** The grants of callers, and the token issuers that the API accepts in addition to IAM signatures. */
  readonly access: AccessSettings
  /** The customer's KMS keys. Keys of AWS encrypt everything else. */
  readonly kmsKeys: KmsKeys
  /** The accounts, besides the deployment's account, that may contain the providers and roles of clusters. */
  readonly accounts: MemberAccounts
  /** The custom domain of the API. When omitted, the API has the domain name that API Gateway assigns. */
  readonly api?: ApiSettings | undefined
  /** The host of the clusters' issuers. When omitted, the deployment hosts none. */
  readonly issuerHost?: IssuerHostSettings | undefined
  /** The portal. When omitted, it is not deployed. */
  readonly portal?: PortalSettings | undefined
  /** The folder with the portal's files. Omitted without a portal. */
  readonly portalFiles?: string | undefined
  /** The time limit for the webhook to become ready, including its certificate. */
  readonly webhookTimeoutSeconds: number
  /** When a rotation checks thumbprints and certificates: `rate(6 hours)`, a cron expression in UTC, or `off`. */
  readonly rotationSchedule: string
  /** When each cluster is compared with its spec, in the form of `rotationSchedule`. */
  readonly driftSchedule: string
  readonly operationDays: OperationDays
  /** Retention in days of all logs except the audit log. */
  readonly logDays: RetentionDays
  /** The limits of the requests of all API callers together, and of the running operations of each caller. */
  readonly limits: Limits
  /** Tags of each resource that supports tags. */
  readonly tags: Readonly<Record<string, string>>
  /** What happens to the record, its copies, the logs and the portal's files when the stack is deleted. */
  readonly removalPolicy: DataRemoval
  readonly notifications: Notifications
  /** The network of the functions that call API servers. Required for API servers or proxies in a private network. */
  readonly network?: FunctionNetwork | undefined
}

/**
 * Who called which route, and with which result. CDK's default format is for REST APIs: for an HTTP API, its path and
 * caller are empty. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
 */
const accessLog = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  sourceIp: '$context.identity.sourceIp',
  caller: '$context.identity.userArn',
  issuer: '$context.authorizer.claims.iss',
  subject: '$context.authorizer.claims.sub',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
}

/**
 * The CORS rules for pages of this origin. API Gateway answers preflight requests before any authorizer:
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
 */
function crossOrigin(origin: string): Pick<HttpApiProps, 'corsPreflight'> {
  return {
    corsPreflight: {
      allowOrigins: [origin],
      allowMethods: [...new Set(routes.map(({ method }) => CorsHttpMethod[method]))],
      allowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match'],
      exposeHeaders: ['location', 'retry-after'],
      maxAge: Duration.hours(1),
    },
  }
}

interface Notifications {
  readonly emails: readonly string[]
  /** Name of an event bus in the deployment's account and region. */
  readonly eventBus?: string | undefined
  readonly slack?: SlackChannel | undefined
}

/** The parts of the stack that other parts refer to. */
interface Parts {
  readonly table: RecordTable
  readonly copies: RecordCopies
  readonly api: HttpApi
  readonly apiUrl: string
  readonly topic: Topic
  /** Undefined when the deployment hosts no issuers. */
  readonly issuers: IssuerHost | undefined
  readonly boundary: WorkloadBoundary
}

/**
 * The state machines that no other state machine starts. The alarms observe only these, because a failed batch also
 * fails the execution that started the batch.
 */
function notStartedByOthers(workflows: ReadonlyMap<string, StateMachine>): StateMachine[] {
  const started = new Set<string>(startedMachines)
  return [...workflows].flatMap(([name, machine]) => (started.has(name) ? [] : machine))
}

/** The complete product: API, workflows, functions and record. */
export class WorkloadIdentityStack extends Stack {
  private readonly bundles: string
  private readonly network: FunctionNetwork | undefined
  private readonly kmsKeys: KmsKeys
  private readonly logDays: RetentionDays

  constructor(scope: Construct, id: string, props: WorkloadIdentityStackProps) {
    // GuardedHosts lets the deletion of a stack fail while hosts are in use. After a failed deletion, CloudFormation
    // accepts no update of the stack. So termination protection refuses the deletion before it begins.
    super(scope, id, { ...props, terminationProtection: props.issuerHost !== undefined })
    this.bundles = props.bundles
    this.node.addValidation({ validate: () => [...policySizeMistakes(this), ...environmentSizeMistakes(this)] })
    this.network = props.network
    this.logDays = props.logDays
    this.kmsKeys = props.kmsKeys
    const table = new RecordTable(this, 'Record', {
      keyArn: props.kmsKeys.table,
      deletionProtection: props.removalPolicy === 'retain',
    })
    const copies = new RecordCopies(this, 'RecordCopies', props.removalPolicy)
    const api = this.emptyApi(props)
    const { stage, url: apiUrl } = this.publish(api, props)
    const topic = this.topic(props)
    const bus = this.bus(topic, props)
    const issuers = props.issuerHost && new IssuerHost(this, 'Issuers', props.issuerHost)
    this.portal(apiUrl, props)
    const boundary = this.boundary(props)
    const parts: Parts = { table, copies, api, apiUrl, topic, issuers, boundary }
    const resources = this.resources(parts, props)
    const workflows = this.workflows(resources, props.webhookTimeoutSeconds)
    const chat = this.chat(topic, props)
    const reconciler = this.reconciler(resources)
    const rotations = this.rotations(props.rotationSchedule, resources, workflows)
    const drifts = this.drifts(props.driftSchedule, workflows)
    const { made } = new Alarms(this, 'Alarms', {
      topic,
      workflows: notStartedByOthers(workflows),
      api,
      eventFunctions: [reconciler, ...(chat ? [chat] : [])],
      waitingForBus: bus?.waiting,
      rotations,
      drifts,
    })
    new OperationsDashboard(this, 'Dashboard', { alarms: made, workflows })
    this.addRoutes(api, resources, props.access)
    this.limitAgents(stage, this.addAgentRoutes(api, resources), props.limits)
    this.keepHosts(resources, issuers)
    this.encryptLogs(props.kmsKeys.logs)
    if (props.removalPolicy === 'destroy') destroyWithStack(this)
    tagAll(this, props.tags)
    tagForBoundaries(this, resources.deployment)
    this.addOutputs(parts)
  }

  private topic({ kmsKeys, notifications }: WorkloadIdentityStackProps): Topic {
    const key = kmsKeys.topic !== undefined && { masterKey: Key.fromKeyArn(this, 'NotificationsKey', kmsKeys.topic) }
    const topic = new Topic(this, 'Notifications', { enforceSSL: true, ...key })
    for (const email of notifications.emails) topic.addSubscription(new EmailSubscription(email))
    return topic
  }

  /** Puts the notifications on an event bus. Returns undefined without an event bus. */
  private bus(topic: Topic, { notifications, kmsKeys, logDays }: WorkloadIdentityStackProps) {
    const { eventBus } = notifications
    if (eventBus === undefined) return undefined
    const { bundles } = this
    return new NotificationEvents(this, 'NotificationEvents', { topic, eventBus, bundles, kmsKeys, logDays })
  }

  /** Returns the function that writes to the Slack channel, or undefined without a channel. */
  private chat(topic: Topic, { notifications, portal, kmsKeys, logDays }: WorkloadIdentityStackProps) {
    const { slack } = notifications
    if (slack === undefined) return undefined
    const portalUrl = portal && `https://${portal.domain}`
    return new ChatChannel(this, 'Chat', { topic, slack, portalUrl, bundles: this.bundles, kmsKeys, logDays }).function
  }

  /**
   * What a workload may do at most. It remains when the stack is deleted or replaces it: IAM does not delete a policy
   * that is the boundary of a role (https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html).
   */
  private boundary(props: WorkloadIdentityStackProps): WorkloadBoundary {
    const { workloadActions: actions, assumableRoleArns } = props
    const boundary = new WorkloadBoundary(this, 'WorkloadBoundary', {
      actions,
      assumableRoleArns,
      domains: domainsOf(props),
      issuers: props.access.issuers,
    })
    boundary.applyRemovalPolicy(RemovalPolicy.RETAIN)
    return boundary
  }

  private resources({ table, copies, topic, issuers, boundary }: Parts, props: WorkloadIdentityStackProps): Resources {
    return {
      table,
      deployment: `${this.account}/${this.region}/${this.stackName}`,
      partition: this.partition,
      region: this.region,
      accountId: this.account,
      secretPrefix: props.secretPrefix,
      rolePath: props.rolePath,
      permissionsBoundaryArn: boundary.managedPolicyArn,
      issuerHost: issuers?.resources,
      allowedPolicyArns: props.allowedPolicyArns,
      inlinePolicyActions: props.inlinePolicyActions,
      externalIds: externalIdsOf(props.accounts),
      memberPrefix: memberPrefix(this),
      memberCallerArns: { reader: this.memberCallerArn('reader'), writer: this.memberCallerArn('writer') },
      accessRules: rulesOf(props.access),
      callerIds: new GrantedCallers(this, 'GrantedCallers', { ...props, callers: namedCallers(props.access.grants) })
        .ids,
      stateMachines: forEachKind((kind) => this.stateMachine(kind)),
      runningPerCaller: props.limits.runningPerCaller,
      copies,
      topicArn: topic.topicArn,
      operationDays: props.operationDays,
    }
  }

  /** Runs at the end of the constructor, so that it reaches every log group. */
  private encryptLogs(keyArn: string | undefined): void {
    if (keyArn === undefined) return
    for (const each of this.node.findAll()) if (each instanceof CfnLogGroup) each.kmsKeyId = keyArn
  }

  /**
   * The ARN is computed. A reference would be circular, because the state machine calls functions that need the ARN.
   */
  private stateMachine(kind: OperationKind): { readonly arn: string; readonly name: string } {
    const name = workflowName(this.stackName, workflows[kind])
    return { name, arn: `arn:${this.partition}:states:${this.region}:${this.account}:stateMachine:${name}` }
  }

  /** State machines by workflow name. */
  private workflows(resources: Resources, webhookTimeoutSeconds: number): ReadonlyMap<string, StateMachine> {
    const { logDays } = this
    const ofSteps = [...stepFunctions].map(([name, spec]) => ({ spec, made: this.function(name, spec, resources) }))
    this.memberCallers(ofSteps, resources)
    const functions = new Map(ofSteps.flatMap(({ spec, made }) => spec.states.map((state) => [state, made] as const)))
    const made = new Map<string, Workflow>()
    for (const workflow of stateMachineNames) {
      const props = { workflow, functions, others: made, webhookTimeoutSeconds, logDays }
      made.set(workflow, new Workflow(this, `${pascalCase(workflow)}Workflow`, props))
    }
    for (const [output, workflow] of stateMachineOutputs) {
      const machine = made.get(workflow)
      if (machine) new CfnOutput(this, output, { value: machine.stateMachineArn })
    }
    return made
  }

  /** The ARN is computed, because the roles of the functions and the member callers refer to each other's ARNs. */
  private memberCallerArn(access: IamAccess): string {
    return `arn:${this.partition}:iam::${this.account}:role/${memberCallerName(this, access)}`
  }

  private memberCallers(
    functions: readonly { readonly spec: FunctionSpec; readonly made: NodeFunction }[],
    { externalIds }: Resources,
  ): void {
    const accounts = Object.keys(externalIds)
    const rolesOf = (access: IamAccess) =>
      functions.flatMap(({ spec, made: { role } }) => (role && spec.iamAccess === access ? [role] : []))
    const callers = { reader: rolesOf('reader'), writer: rolesOf('writer') }
    new MemberCallers(this, 'Members', { accounts, functions: callers })
  }

  private reconciler(resources: Resources): NodeFunction {
    const made = this.function('ReconcilerFunction', reconciler, resources)
    const stateMachineArns = Object.values(resources.stateMachines).map(({ arn }) => arn)
    new ReconcilerCalls(this, 'Reconciler', { reconciler: made, stateMachineArns })
    return made
  }

  /** Undefined when no schedule starts rotations. */
  private rotations(
    expression: string,
    resources: Resources,
    machines: ReadonlyMap<string, StateMachine>,
  ): ScheduledStarts | undefined {
    const workflow = machines.get(workflows.rotation)
    if (expression === 'off' || !workflow) return undefined
    const { deadLetters } = new OperationSchedule(this, 'Rotations', {
      operations: 'rotations',
      purpose: 'Keeps thumbprints and certificates of all clusters up to date',
      expression,
      starts: (maySendToDeadLetters) =>
        this.function(
          'ScheduledRotation',
          { ...scheduledRotation, permissions: (r) => [...scheduledRotation.permissions(r), maySendToDeadLetters] },
          resources,
        ),
      keptFor: Duration.days(14),
    })
    new CfnOutput(this, 'MissedRotationsQueueUrl', {
      value: deadLetters.queueUrl,
      description: 'Holds the calls of the schedule that started no rotation',
    })
    return { expression, deadLetters, started: workflow.metricStarted({ period: startsPeriod }) }
  }

  /** Undefined when no schedule starts drifts. */
  private drifts(expression: string, machines: ReadonlyMap<string, StateMachine>): ScheduledStarts | undefined {
    const workflow = machines.get(driftsMachine)
    if (expression === 'off' || !workflow) return undefined
    const { deadLetters } = new OperationSchedule(this, 'Drifts', {
      operations: 'drifts',
      purpose: 'Compares all clusters with their specs',
      expression,
      starts: workflow,
      keptFor: Duration.days(14),
    })
    new CfnOutput(this, 'MissedDriftsQueueUrl', {
      value: deadLetters.queueUrl,
      description: 'Holds the calls of the schedule that started no drifts',
    })
    return { expression, deadLetters, started: workflow.metricStarted({ period: startsPeriod }) }
  }

  /** The API without routes and stage. */
  private emptyApi({ api: domain, portal }: Pick<WorkloadIdentityStackProps, 'api' | 'portal'>): HttpApi {
    return new HttpApi(this, 'Api', {
      apiName: this.stackName,
      ...(portal && crossOrigin(`https://${portal.domain}`)),
      createDefaultStage: false,
      // The custom domain is the only address: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-disable-default-endpoint.html
      ...(domain && { disableExecuteApiEndpoint: true }),
      defaultAuthorizer: new HttpIamAuthorizer(),
    })
  }

  /** Creates the stage of the API, and returns it with the URL of the API. */
  private publish(api: HttpApi, props: Pick<WorkloadIdentityStackProps, 'api' | 'limits'>) {
    const { api: domain, limits } = props
    const stage = new HttpStage(this, 'ApiStage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: limits.requestsPerSecond, burstLimit: limits.burst },
      accessLogSettings: {
        destination: new LogGroupLogDestination(
          new VendedLogGroup(this, 'ApiLog', { service: 'apis', name: 'access', days: this.logDays }),
        ),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
    })
    if (domain === undefined) return { stage, url: api.apiEndpoint }
    const { url, target } = new ApiDomain(this, 'ApiDomain', { ...domain, api, stage })
    new CfnOutput(this, 'ApiDomainTarget', { value: target, description: 'What the domain of the API points to' })
    return { stage, url }
  }

  /** A route of an HTTP API has one authorizer, so each token issuer has its own routes to the same functions. */
  private addRoutes(api: HttpApi, resources: Resources, { issuers, auditLogDays }: AccessSettings): void {
    const authorizers = Object.entries(issuers).map(([name, { issuer, audience }]) => ({
      prefix: `/${name}`,
      authorizer: new HttpJwtAuthorizer(`${pascalCase(name)}Tokens`, issuer, { jwtAudience: [...audience] }),
    }))
    // All functions of the API share this log group, so that one query shows who did what.
    const auditLog = new LogGroup(this, 'AuditLog', { retention: auditLogDays })
    const integrationOf = (name: ApiFunction) => {
      const [id, spec] = [`Api${pascalCase(name)}`, apiFunctions[name]]
      // One permission per function instead of one per route, because a stack has at most 500 resources.
      return new HttpLambdaIntegration(`${id}Integration`, this.function(id, spec, resources, auditLog), {
        timeout: Duration.seconds(spec.timeoutSeconds),
        scopePermissionToRoute: false,
      })
    }
    const integrations = { read: integrationOf('read'), start: integrationOf('start'), cancel: integrationOf('cancel') }
    for (const { operation, method, path } of routes) {
      const [integration, methods] = [integrations[functionOf(operation)], [HttpMethod[method]]]
      api.addRoutes({ path, methods, integration })
      for (const { prefix, authorizer } of authorizers) {
        api.addRoutes({ path: `${prefix}${path}`, methods, integration, authorizer })
      }
    }
  }

  /**
   * Agents call these routes. The function verifies the tokens itself, because an authorizer of API Gateway would need
   * the public issuer of each cluster.
   */
  private addAgentRoutes(api: HttpApi, resources: Resources): HttpRoute[] {
    const handler = this.function('ApiAgent', agentFunction, resources)
    const timeout = Duration.seconds(agentFunction.timeoutSeconds)
    const integration = new HttpLambdaIntegration('ApiAgentIntegration', handler, {
      timeout,
      scopePermissionToRoute: false,
    })
    const authorizer = new HttpNoneAuthorizer()
    return agentRoutes.flatMap(({ method, path }) =>
      api.addRoutes({ path, methods: [HttpMethod[method]], integration, authorizer }),
    )
  }

  /**
   * Each route of agents has its own limits, so that calls without a token do not use up the limits of the other
   * routes. The limits are high enough for busy agents:
   * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
   */
  private limitAgents(stage: HttpStage, ofAgents: readonly HttpRoute[], { requestsPerSecond, burst }: Limits): void {
    const limits = {
      ThrottlingRateLimit: Math.max(requestsPerSecond, agentLimits.requestsPerSecond),
      ThrottlingBurstLimit: Math.max(burst, agentLimits.burst),
    }
    const made = stage.node.defaultChild
    if (!(made instanceof CfnStage)) throw new Error('the stage has no resource')
    made.routeSettings = Object.fromEntries(agentRoutes.map(({ method, path }) => [`${method} ${path}`, limits]))
    // API Gateway refuses the settings of a route that does not exist.
    stage.node.addDependency(...ofAgents)
  }

  /** Adds the portal, with the setting `portal`. */
  private portal(apiUrl: string, props: WorkloadIdentityStackProps): void {
    const { portal, portalFiles, access, removalPolicy } = props
    const issuerUrl = portal && access.issuers[portal.issuer]?.issuer
    if (!portal || portalFiles === undefined || issuerUrl === undefined) return
    const { ownName } = new Portal(this, 'Portal', {
      ...portal,
      files: portalFiles,
      apiUrl,
      issuerUrl,
      removalPolicy,
      logDays: this.logDays,
    })
    new CfnOutput(this, 'PortalUrl', { value: `https://${portal.domain}`, description: 'Where the portal answers' })
    new CfnOutput(this, 'PortalDistributionHost', { value: ownName, description: 'What its domain points to' })
  }

  /**
   * Two checks refuse a change that removes a host in use. CloudFormation updates a resource before its dependents, and
   * deletes it after its dependents. The distribution depends on the first check (`KeptDomain`), so an update removes
   * the domain only after this check. The second check (`KeptHosts`) depends on all other resources, so a deletion of
   * the stack begins with this check.
   */
  private keepHosts(resources: Resources, issuers: IssuerHost | undefined): void {
    const guard = this.function('HostsInUse', hostsInUse, resources)
    const domain = new GuardedHosts(this, 'KeptDomain', { guard, hosts: issuers?.domains ?? [] })
    issuers?.node.addDependency(domain)
    const theRest = this.node.children
    new GuardedHosts(this, 'KeptHosts', { guard, hosts: issuers?.hosts ?? [] }).node.addDependency(...theRest)
  }

  private function(id: string, spec: FunctionSpec, resources: Resources, logGroup?: LogGroup): NodeFunction {
    return new NodeFunction(this, id, {
      entry: spec.entry,
      bundles: this.bundles,
      memoryMb: spec.memoryMb,
      timeoutSeconds: spec.timeoutSeconds,
      environment: { ...this.addressRanges(), ...spec.settings(resources) },
      files: spec.files?.(resources),
      permissions: spec.permissions(resources),
      network: spec.reachesClusters && this.network,
      kmsKeys: this.kmsKeys,
      logGroup,
      logDays: this.logDays,
    })
  }

  /** Steps connect to these addresses, and the API checks them in requests. */
  private addressRanges(): Record<string, string> {
    const { addressRanges = [] } = this.network ?? {}
    return addressRanges.length === 0 ? {} : { ADDRESS_RANGES: addressRanges.join(',') }
  }

  private addOutputs({ table, copies, api, apiUrl, topic, issuers, boundary }: Parts): void {
    new CfnOutput(this, 'Version', { value: manifest.version, description: 'The release that is deployed' })
    new CfnOutput(this, 'ApiUrl', { value: apiUrl, description: 'Where the API answers' })
    new CfnOutput(this, 'ApiId', { value: api.apiId })
    new CfnOutput(this, 'TableName', { value: table.tableName })
    new CfnOutput(this, 'RecordCopiesBucketName', { value: copies.bucketName, description: 'Copies of the record' })
    new CfnOutput(this, 'NotificationTopicArn', {
      value: topic.topicArn,
      description: 'Subscribe to learn how runs end',
    })
    new CfnOutput(this, 'PermissionsBoundaryArn', { value: boundary.managedPolicyArn })
    if (issuers === undefined) return
    new CfnOutput(this, 'IssuerHost', { value: issuers.hosts[0] ?? '', description: 'Host name of new issuers' })
    new CfnOutput(this, 'IssuerDistributionHost', { value: issuers.ownName, description: 'What its domain points to' })
    new CfnOutput(this, 'IssuerBucketName', { value: issuers.resources.bucketName })
  }
}
