import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { CreatePolicyCommand, IAMClient } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, beforeEach, inject, vi } from 'vitest'
import { tableDefinition } from '../../../infra/recovery/table-definition.ts'
import { account, memberAccount } from '../../../sandbox/account.ts'
import { rootUserEnvironment, startAws } from '../../../sandbox/aws/server.ts'
import type { CallLog } from '../../../sandbox/call-log.ts'
import type { Fault } from '../../../sandbox/faults.ts'
import { startMotoServer } from '../../peers/moto-server.ts'
import { setEnvironment } from '../environment.ts'
import { python } from '../python.ts'
import { deployment } from '../steps/deployment.ts'
import { temporaryDirectory } from '../temporary.ts'

/** The environment variables of the steps that use IAM. */
export const settings = {
  TABLE_NAME: 'record',
  DEPLOYMENT: deployment,
  ROLE_PATH: '/workload-identity/',
  PERMISSIONS_BOUNDARY_ARN: `arn:aws:iam::${account.id}:policy/boundary`,
  ACCOUNT_ID: account.id,
  PARTITION: account.partition,
  EXTERNAL_IDS: JSON.stringify({ [memberAccount.id]: memberAccount.externalId }),
  MEMBER_NAME: `WorkloadIdentity-${account.id}-${account.region}`,
  MEMBER_CALLER_ARN: `arn:aws:iam::${account.id}:role/WorkloadIdentity-${account.region}-writer`,
} as const

/** The sandbox's AWS, or a peer's. */
interface AnyAws {
  readonly endpoint: string
  readonly calls: CallLog
  readonly faults: { add(fault: Fault): Promise<void>; clear(): Promise<void> }
  close(): Promise<void>
}

export interface AwsAccount extends Omit<AnyAws, 'close'> {
  readonly iam: IAMClient
  /** Writing operations of IAM since the log was cleared. */
  writes(): Promise<string[]>
  /** Writing operations of IAM and of the record since the log was cleared, in order. */
  writesWithRecord(): Promise<string[]>
  end(): Promise<void>
}

/**
 * Starts an AWS with the deployment's table and boundary: the sandbox's, or the peer of this run. Until the end, AWS clients of
 * this process use it, and the environment variables of the steps are set.
 *
 * @param environment variables of the sandbox's AWS, such as its proxy. A peer makes no outside calls.
 */
export async function startAwsAccount(environment: Readonly<Record<string, string>> = {}): Promise<AwsAccount> {
  const directory = await temporaryDirectory()
  const { close, ...aws } = await startAnyAws(directory.path, environment)
  const restore = setEnvironment({ ...rootUserEnvironment(aws.endpoint, account.region), ...settings })
  const iam = new IAMClient()
  await createResources(iam)
  return {
    ...aws,
    iam,
    writes: () => writesTo(aws.calls, ['iam']),
    writesWithRecord: () => writesTo(aws.calls, ['iam', 'dynamodb']),
    async end() {
      iam.destroy()
      restore()
      await close()
      await directory.remove()
    },
  }
}

async function writesTo(log: CallLog, services: readonly string[]): Promise<string[]> {
  const written = (await log.all()).filter((call) => call.write).map(({ operation }) => operation)
  return written.filter((operation) => services.includes(operation.split(':')[0] ?? ''))
}

/** An account for the tests of a file. Hides the logs of functions. Call it at the top of the file. */
export function awsAccount(environment: () => Readonly<Record<string, string>> = () => ({})): Omit<AwsAccount, 'end'> {
  let aws: AwsAccount
  beforeAll(async () => {
    aws = await startAwsAccount(environment())
  })
  afterAll(() => aws?.end())
  beforeEach(() => void vi.spyOn(process.stdout, 'write').mockReturnValue(true))
  return {
    get endpoint() {
      return aws.endpoint
    },
    get calls() {
      return aws.calls
    },
    get faults() {
      return aws.faults
    },
    get iam() {
      return aws.iam
    },
    writes: () => aws.writes(),
    writesWithRecord: () => aws.writesWithRecord(),
  }
}

function startAnyAws(directory: string, environment: Readonly<Record<string, string>>): Promise<AnyAws> {
  if (inject('awsPeer') === 'moto') return startMotoServer(directory)
  return startAws({ python, directory, environment, auth: false })
}

/** Creates the table and the boundary of a deployment, and policies of these names. */
export async function createResources(iam: IAMClient, policies: readonly string[] = []): Promise<void> {
  await Promise.all([makeTable(), ...['boundary', ...policies].map((name) => makePolicy(iam, name))])
}

async function makeTable(): Promise<void> {
  const client = new DynamoDBClient()
  await client.send(new CreateTableCommand(tableDefinition(settings.TABLE_NAME)))
  client.destroy()
}

/** Creates a policy, and returns its ARN. */
export async function makePolicy(iam: IAMClient, name: string): Promise<string> {
  const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }
  await iam.send(new CreatePolicyCommand({ PolicyName: name, PolicyDocument: JSON.stringify(document) }))
  return `arn:aws:iam::${account.id}:policy/${name}`
}
