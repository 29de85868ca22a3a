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
import { readMarks } from './marks.ts'
import { type Item, type Marked, recoveredItems } from './recovered.ts'

const help = `Writes the table of the record again, from the copies in the bucket and the marks of roles and providers:

  npm run recover -- --table NAME --bucket NAME --deployment ACCOUNT/REGION/STACK [--settings FILE]

It writes only what is not there, and sends no request to the API. docs/recovery.md says when, and what is lost.

  --table       the table to write
  --bucket      the bucket that has the copies of the record
  --deployment  account, region and stack, as the tags of roles have them
  --settings    the file of settings of the deployment, when it is not settings.yaml`
const timeoutMs = 60_000
const noMarks: Marked = { providerArns: [], roles: [] }

async function recover(args: readonly string[]): Promise<string> {
  const { tableName, bucket, deployment, file } = placesIn(args)
  const { rolePath } = readSettings({ file, region: process.env.AWS_REGION })
  const marks = await readMarks({ iam: iamOf(undefined), deployment, rolePath })
  const copied = new Set<string>()
  for await (const { cluster, items } of copiesIn(bucket)) {
    copied.add(cluster)
    const recovered = recoveredItems(cluster, items, marks.get(cluster) ?? noMarks, new Date())
    let written = 0
    for (const item of recovered) if (await writeNew(tableName, item)) written += 1
    say(`${cluster}: ${written} items written, ${recovered.length - written} were there`)
  }
  for (const [cluster, marked] of marks) if (!copied.has(cluster)) say(withoutCopy(cluster, marked))
  return `${copied.size} clusters have a copy in ${bucket}\n`
}

function placesIn(args: readonly string[]) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: { table: text, bucket: text, deployment: text, settings: text },
  })
  const { table: tableName, bucket, deployment, settings: file } = values
  if (tableName === undefined || bucket === undefined || deployment === undefined) {
    throw new WrongUse('Give --table, --bucket and --deployment')
  }
  return { tableName, bucket, deployment, file }
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
