/** Writes the table of the record again: `npm run recover -- --help`. docs/recovery.md says when, and what is lost. */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { iamOf } from '../../lambdas/clouds/aws/clients/iam.ts'
import { s3 } from '../../lambdas/clouds/aws/clients/s3.ts'
import { readDocument } from '../../lambdas/clouds/aws/documents.ts'
import { copiesFolder } from '../../lambdas/operations/copy-key.ts'
import { recordCopy } from '../../lambdas/operations/record-copies.ts'
import { table } from '../../lambdas/operations/table.ts'
import { runCommand, WrongUse } from '../command.ts'
import { readSettings } from '../settings-file.ts'
import { hasTable, makeTable, type TableSettings } from './make-table.ts'
import { readMarks } from './marks.ts'
import { type Item, type Marked, recoveredItems } from './recovered.ts'

const help = `Writes the table of the record again, from the copies in the bucket and the marks of roles and providers:

  npm run recover -- --table NAME --bucket NAME --deployment ACCOUNT/REGION/STACK [--create-table] [--settings FILE]

It writes only what is not there, and sends no request to the API. docs/recovery.md says when, and what is lost.

  --table         the table to write
  --bucket        the bucket that has the copies of the record
  --deployment    account, region and stack, as the tags of roles have them
  --create-table  makes the table first, when it is not there
  --settings      the file of settings of the deployment, when it is not settings.yaml`
const timeoutMs = 60_000
const noMarks: Marked = { providerArns: [], roles: [] }

async function recover(args: readonly string[]): Promise<string> {
  const { tableName, bucket, deployment, mayCreate, file } = placesIn(args)
  const settings = readSettings({ file, region: process.env.AWS_REGION })
  const { rolePath } = settings
  if (!(await hasTable(tableName))) await makeMissing(tableName, mayCreate, settings)
  const marks = await readMarks({ iam: iamOf(undefined), deployment, rolePath })
  const copied = new Set<string>()
  for await (const { cluster, items } of copiesIn(bucket)) {
    copied.add(cluster)
    await writeCluster(tableName, cluster, recoveredItems(cluster, items, marks.get(cluster) ?? noMarks, new Date()))
  }
  for (const [cluster, marked] of marks) if (!copied.has(cluster)) say(withoutCopy(cluster, marked))
  return `${copied.size} clusters have a copy in ${bucket}\n`
}

function placesIn(args: readonly string[]) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: { table: text, bucket: text, deployment: text, 'create-table': { type: 'boolean' }, settings: text },
  })
  const { table: tableName, bucket, deployment, 'create-table': mayCreate = false, settings: file } = values
  if (tableName === undefined || bucket === undefined || deployment === undefined) {
    throw new WrongUse('Give --table, --bucket and --deployment')
  }
  return { tableName, bucket, deployment, mayCreate, file }
}

/** @throws {Error} when it may not be made: a name with a mistake in it would get the record otherwise */
async function makeMissing(tableName: string, mayCreate: boolean, settings: TableSettings): Promise<void> {
  if (!mayCreate) {
    throw new Error(
      `There is no table ${tableName} in ${process.env.AWS_REGION}. Compare the name with the output TableName. If the table was deleted, restore it (docs/recovery.md). If it cannot be restored, add --create-table`,
    )
  }
  await makeTable(tableName, settings)
  say(`${tableName}: made`)
}

async function* copiesIn(bucket: string) {
  for await (const { Contents = [] } of paginateListObjectsV2(
    { client: s3 },
    { Bucket: bucket, Prefix: copiesFolder },
  )) {
    for (const { Key: key = '' } of Contents) {
      const { text } = await readDocument({ bucket, key }, AbortSignal.timeout(timeoutMs))
      const { items } = recordCopy.parse(JSON.parse(text))
      yield { cluster: path.basename(key, '.json'), items }
    }
  }
}

async function writeCluster(tableName: string, cluster: string, items: readonly Item[]): Promise<void> {
  let written = 0
  for (const item of items) if (await writeNew(tableName, item)) written += 1
  say(`${cluster}: ${written} items written, ${items.length - written} were there`)
}

/** Gives back false when the item is there: what has been recorded since is newer than the copy. */
async function writeNew(TableName: string, Item: Item): Promise<boolean> {
  try {
    await table.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }))
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}

function withoutCopy(cluster: string, { providerArns, roles }: Marked): string {
  const objects = [...providerArns, ...roles.map(({ recorded }) => recorded.roleArn)]
  return `${cluster}: no copy, so that it is not recovered. Send its setup again: it takes over ${objects.join(', ')}`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

await runCommand(help, recover)
