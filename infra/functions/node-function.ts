import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Duration, RemovalPolicy, Stack, Stage } from 'aws-cdk-lib'
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, CfnFunction, Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import type { RetentionDays } from '../../lambdas/access/configuration.ts'
import { isInChina } from '../host/china.ts'
import { type KmsKeys, keyRights } from '../permissions/kms-keys.ts'
import { bundleName, type Entry } from './bundle.ts'
import { type EgressProxy, proxyVariables } from './egress-proxy.ts'

/**
 * The part of a VPC in which a function runs. Its subnets need a route to AWS's APIs and to the internet, such as a NAT
 * gateway, or to the proxy. Without subnets the function runs in none, and Lambda may still delete its network interfaces.
 */
export interface FunctionNetwork {
  readonly subnetIds: readonly string[]
  readonly securityGroupIds: readonly string[]
  readonly proxy?: EgressProxy | undefined
}

export interface NodeFunctionProps {
  readonly entry: Entry
  /** The directory to which infra/functions/bundle.ts wrote the bundles. */
  readonly bundles: string
  readonly memoryMb: number
  readonly timeoutSeconds: number
  readonly environment: Readonly<Record<string, string>>
  /** Files beside the code, by their names. */
  readonly files?: Readonly<Record<string, string>> | undefined
  readonly permissions: readonly PolicyStatement[]
  readonly network?: FunctionNetwork | undefined
  /** The role may use those that encrypt what `permissions` are about, or the log. */
  readonly kmsKeys: KmsKeys
  /** A log group of its own when left out, which keeps lines for `logDays`. */
  readonly logGroup?: LogGroup | undefined
  readonly logDays: RetentionDays
}

/**
 * Lambda manages the network interfaces of a function with the function's role. The code of the function needs none of
 * these rights: a call that comes from inside a function has the key `lambda:SourceFunctionArn`.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
function networkInterfaces(): PolicyStatement[] {
  const statement = {
    actions: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  }
  const fromInside = { Null: { 'lambda:SourceFunctionArn': 'false' } }
  return [
    new PolicyStatement(statement),
    new PolicyStatement({ ...statement, effect: Effect.DENY, conditions: fromInside }),
  ]
}

/** What CDK's `grantWrite` allows, for a policy inside of the role. */
function writeTo({ logGroupArn }: LogGroup): PolicyStatement {
  return new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroupArn] })
}

/**
 * Segments of a trace. These actions support no resources:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
 */
function sendTraces(): PolicyStatement {
  return new PolicyStatement({ actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], resources: ['*'] })
}

function ownLogGroup(scope: Construct, id: string, retention: RetentionDays): LogGroup {
  return new LogGroup(scope, `${id}Log`, {
    retention,
    removalPolicy: RemovalPolicy.DESTROY,
  })
}

/** The folder of the function's code: its bundle, or a copy with the files that are the deployment's own. */
function codeOf(scope: Construct, id: string, { bundles, entry, files }: NodeFunctionProps): string {
  const bundle = join(bundles, bundleName(entry))
  const outdir = Stage.of(scope)?.outdir
  if (files === undefined || outdir === undefined) return bundle
  const folder = join(outdir, `code-of-${Stack.of(scope).stackName}-${id}`)
  rmSync(folder, { recursive: true, force: true })
  cpSync(bundle, folder, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

/**
 * A function with the defaults of this project: Node 24 on arm64, active tracing except in China, and a bundle, a log group and a
 * role of its own. The role may do what `permissions` lists, write to its log group, and send traces. It has no managed
 * policy.
 */
export class NodeFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: NodeFunctionProps) {
    const logGroup = props.logGroup ?? ownLogGroup(scope, id, props.logDays)
    const isTraced = !isInChina(scope)
    const statements = [
      ...props.permissions,
      ...(props.network ? networkInterfaces() : []),
      writeTo(logGroup),
      ...(isTraced ? [sendTraces()] : []),
    ]
    const stack = Stack.of(scope)
    const { stackName } = stack.nestedStackParent ?? stack
    const keys = keyRights(props.kmsKeys, stack.region, statements)
    const role = new Role(scope, `${id}Role`, {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `What the function ${bundleName(props.entry)} may do`,
      // Part of the role: a policy of its own would be one more resource, and a stack has 500 at most.
      inlinePolicies: { Rights: new PolicyDocument({ statements: [...statements, ...keys] }) },
    })
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(codeOf(scope, id, props)),
      handler: 'index.handler',
      memorySize: props.memoryMb,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
        // The dimension of its metrics: lambdas/metrics.ts.
        POWERTOOLS_SERVICE_NAME: stackName,
        ...(props.network?.proxy && proxyVariables(props.network.proxy)),
        ...props.environment,
      },
      logGroup,
      role,
      // Also when the deployment that has published it is rolled back: executions may have begun meanwhile.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    })
    const { defaultChild } = this.node
    if (!(defaultChild instanceof CfnFunction)) return
    // CDK's own property adds a statement on all resources to each role.
    if (isTraced) defaultChild.tracingConfig = { mode: Tracing.ACTIVE }
    if (!props.network) return
    // The IDs are enough here. CDK's own properties need the VPC and its availability zones.
    const { subnetIds, securityGroupIds } = props.network
    defaultChild.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] }
  }
}
