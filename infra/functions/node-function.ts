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
import { type EgressProxy, proxyVariables } from './egress-proxy.ts'
import { bundleName, type Entry } from './entry.ts'

/**
 * The part of a VPC for a function. Its subnets need a route to the AWS APIs and the internet, such as a NAT gateway,
 * or to the proxy. With empty `subnetIds`, the function leaves its VPC, but its role keeps the rights by which Lambda
 * deletes the old network interfaces.
 */
export interface FunctionNetwork {
  readonly subnetIds: readonly string[]
  readonly securityGroupIds: readonly string[]
  readonly proxy?: EgressProxy | undefined
  readonly addressRanges?: readonly string[] | undefined
}

export interface NodeFunctionProps {
  readonly entry: Entry
  /** The directory to which infra/functions/bundle.ts wrote the bundles. */
  readonly bundles: string
  readonly memoryMb: number
  readonly timeoutSeconds: number
  readonly environment: Readonly<Record<string, string>>
  /** Additional files beside the code, by name. */
  readonly files?: Readonly<Record<string, string>> | undefined
  readonly permissions: readonly PolicyStatement[]
  readonly network?: FunctionNetwork | undefined
  /** The KMS keys that encrypt the resources in `permissions`, or the log. The role may use these keys. */
  readonly kmsKeys: KmsKeys
  /** When omitted, the function gets its own log group with a retention of `logDays`. */
  readonly logGroup?: LogGroup | undefined
  readonly logDays: RetentionDays
}

/**
 * Lambda manages the network interfaces of a function with the function's role. The function's code needs none of these
 * rights. So they are denied to calls from inside a function: such calls have the condition key
 * `lambda:SourceFunctionArn`.
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

/** The rights of CDK's `grantWrite`, as a statement for an inline policy. */
function writeTo({ logGroupArn }: LogGroup): PolicyStatement {
  return new PolicyStatement({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: [logGroupArn] })
}

/**
 * Sends segments of a trace. These actions do not support resource-level permissions:
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

/** The folder of the function's code: its bundle, or a copy with the deployment's own files. */
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
 * A function with the defaults of this project: Node 24 on arm64, active tracing except in China, and its own bundle,
 * log group and role. The role may do what `permissions` lists, write to its log group, and send traces. It has no
 * managed policy.
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
      // Inline, because a separate policy is another resource, and a stack has at most 500.
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
        // The value of the dimension `service` of the metrics: lambdas/metrics.ts.
        POWERTOOLS_SERVICE_NAME: stackName,
        ...(props.network?.proxy && proxyVariables(props.network.proxy)),
        ...props.environment,
      },
      logGroup,
      role,
      // Versions remain even after a rollback of their deployment, because executions that call them may have started.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    })
    const { defaultChild } = this.node
    if (!(defaultChild instanceof CfnFunction)) return
    // CDK's own property would add a separate policy with the statement of sendTraces to each role.
    if (isTraced) defaultChild.tracingConfig = { mode: Tracing.ACTIVE }
    if (!props.network) return
    // The IDs suffice here. CDK's own properties need the VPC and its availability zones.
    const { subnetIds, securityGroupIds } = props.network
    defaultChild.vpcConfig = { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] }
  }
}
