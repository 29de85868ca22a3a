/** Restores the record's table: `npm run deployment -- recover --help`. docs/recovery.md says when to use it. */
import path from 'node:path'
import { parseArgs } from 'node:util'
import { paginateListObjectsV2 } from '@aws-sdk/client-s3'
import { iamOf } from '../../lambdas/clouds/aws/clients/iam.ts'
import { s3 } from '../../lambdas/clouds/aws/clients/s3.ts'
import { readDocument } from '../../lambdas/clouds/aws/documents.ts'
import { copiesFolder } from '../../lambdas/operations/record/copy-key.ts'
import { recordCopy } from '../../lambdas/operations/record/record-copies.ts'
import { runCommand, WrongUse } from '../command.ts'
import { readSettings } from '../settings/settings-file.ts'
import { type Assignment, assigned, assignmentIn, undecided } from './assignment.ts'
import { hasTable, makeTable, type TableSettings } from './make-table.ts'
import { readMarks } from './marks.ts'
import { readRecord, replaceClaim, writeNew } from './record.ts'
import { type Item, type Marked, recoveredItems } from './recovered.ts'
import { lostClaims, type Sources } from './recovered-claims.ts'

const help = `Writes the table of the record again, from the copies in the bucket and the tags of roles and providers:

  npm run deployment -- recover --table NAME --bucket NAME --deployment ACCOUNT/REGION/STACK [--create-table] [--settings FILE]
                     [--assign KIND:NAME=CLUSTER]

It writes only items that the table lacks, and sends no requests to the API. docs/recovery.md says when to run it, and
which data is lost.

  --table         the table to write
  --bucket        the bucket that has the copies of the record
  --deployment    the deployment, as in the tags of its roles
  --create-table  creates the table first, if it does not exist
  --settings      the settings file of the deployment. The default is settings.yaml
  --assign        makes the cluster the owner of a resource, even if another cluster owns it now. You can repeat the
                  option. The command prints KIND:NAME for each resource that several clusters would own`
const timeoutMs = 60_000
const noMarks: Marked = { providerArns: [], roles: [] }

async function recover(args: readonly string[]): Promise<string> {
  const { tableName, bucket, deployment, mayCreate, file, assignments } = argumentsIn(args)
  const settings = readSettings({ file, region: process.env.AWS_REGION })
  const { rolePath } = settings
  if (!(await hasTable(tableName))) await makeMissing(tableName, mayCreate, settings)
  const marks = await readMarks({ iam: iamOf(undefined), deployment, rolePath })
  let copies = 0
  for await (const { cluster, items } of copiesIn(bucket)) {
    copies += 1
    await writeCluster(tableName, cluster, recoveredItems(cluster, items, marks.get(cluster) ?? noMarks, new Date()))
  }
  const { clusters } = await writeClaims(tableName, marks, assignments)
  const recorded = new Set(clusters.map(({ cluster }) => cluster.cluster))
  for (const [cluster, marked] of marks) if (!recorded.has(cluster)) say(withoutCopy(cluster, marked))
  return `${copies} clusters have a copy in ${bucket}\n`
}

function argumentsIn(args: readonly string[]) {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      table: text,
      bucket: text,
      deployment: text,
      'create-table': { type: 'boolean' },
      settings: text,
      assign: { type: 'string', multiple: true },
    },
  })
  const {
    table: tableName,
    bucket,
    deployment,
    'create-table': mayCreate = false,
    settings: file,
    assign = [],
  } = values
  if (tableName === undefined || bucket === undefined || deployment === undefined) {
    throw new WrongUse('Give --table, --bucket and --deployment')
  }
  return { tableName, bucket, deployment, mayCreate, file, assignments: assign.map(assignmentIn) }
}

/** @throws {Error} without --create-table. Otherwise, a mistyped name would create a second table */
async function makeMissing(tableName: string, mayCreate: boolean, settings: TableSettings): Promise<void> {
  if (!mayCreate) {
    throw new Error(
      `There is no table ${tableName} in ${process.env.AWS_REGION}. Compare the name with the output TableName. If the table was deleted, restore it (docs/recovery.md). If it cannot be restored, add --create-table`,
    )
  }
  await makeTable(tableName, settings)
  say(`${tableName}: created`)
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
  const written = await writeNew(tableName, items)
  say(`${cluster}: ${written} items written, ${items.length - written} existed`)
}

/** Writes the assignments first, so that the resources that they assign are no longer contested. */
async function writeClaims(
  tableName: string,
  marks: Sources['marks'],
  assignments: readonly Assignment[],
): Promise<Pick<Sources, 'clusters'>> {
  const before = await readRecord(tableName)
  const decided = assignments.map((assignment) => assigned({ ...before, marks }, assignment, new Date()))
  for (const one of decided) {
    await replaceClaim(tableName, one)
    say(one.report)
  }
  const claims = new Map([...before.claims, ...decided.map(({ item }) => [item.pk, item] as const)])
  const { items, contested } = lostClaims({ ...before, marks, claims }, new Date())
  say(`${await writeNew(tableName, items)} claims written, ${claims.size} existed`)
  for (const one of contested) say(undecided(one))
  return before
}

function withoutCopy(cluster: string, { providerArns, roles }: Marked): string {
  const objects = [...providerArns, ...roles.map(({ recorded }) => recorded.roleArn)]
  return `${cluster}: not recovered, because it has no copy. Send its setup again. The setup takes over ${objects.join(', ')}`
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

await runCommand(help, recover)
