import { ScanCommand } from '@aws-sdk/lib-dynamodb'
import { beforeAll, expect, test } from 'vitest'
import type { Resource } from '../../lambdas/claims/claim.ts'
import { ownerOfEach, release } from '../../lambdas/claims/claims.ts'
import { table } from '../../lambdas/operations/record/table.ts'
import { recordOperation } from '../../lambdas/operations/start/record-operation.ts'
import { setting } from '../../lambdas/settings.ts'
import { newOperation } from '../support/api/operations.ts'
import type { AwsAccount } from '../support/aws/aws-account.ts'
import { own } from '../support/steps/claims.ts'
import { cells, columns } from './cells.ts'

type File = keyof typeof cells

/** A function for each cell of the file. */
type Tests<Rows> = {
  readonly [Step in keyof Rows]: {
    readonly [Kind in keyof Rows[Step]]: {
      readonly [Column in keyof Rows[Step][Kind]]: (refuses: Refuses) => Promise<void>
    }
  }
}

/**
 * Requires that the step refuses the object, with an error or in `remaining`, with the action of the cell, and that it changes neither
 * the claims nor a cloud. The error must not name {@link anotherCluster}.
 */
type Refuses = (object: string, attempt: () => Promise<unknown>) => Promise<void>

/** The clouds that a refused step must not write to. */
interface Clouds {
  readonly aws: Omit<AwsAccount, 'end'>
  /** Another cloud, with a function that clears its log, and one that returns the writes in it. */
  readonly other?: { clear(): void; writes(): readonly string[] }
}

/** A recorded cluster that the tests do not set up. */
export const anotherCluster = 'another-cluster'

/** Makes a test of each cell of a file's steps. Call it at the top of the file. */
export function testCells<const Name extends File>(
  file: Name,
  clouds: Clouds,
  tests: Tests<(typeof cells)[Name]>,
): void {
  beforeAll(() => recordOperation(newOperation({ cluster: anotherCluster })))
  const texts = byCell<string>(cells[file])
  const runs = byCell<(refuses: Refuses) => Promise<void>>(tests)
  for (const [cell, text] of texts) {
    const run = runs.get(cell)
    if (!run) throw new Error(`${file}.sandbox.test.ts has no test of ${cell}`)
    test(`${cell}: ${text}`, async () => {
      let hasRefused = false
      await run(async (object, attempt) => {
        hasRefused = true
        await requireRefusal({ object, text, clouds }, attempt)
      })
      expect(hasRefused).toBe(text.startsWith('refuses'))
    })
  }
}

/** The leaves of the table by `STEP and KIND: COLUMN`. */
function byCell<Leaf>(
  rows: Readonly<Record<string, Readonly<Record<string, Readonly<Partial<Record<string, Leaf>>>>>>>,
): ReadonlyMap<string, Leaf> {
  const titles: Readonly<Record<string, string>> = columns
  const found = Object.entries(rows).flatMap(([step, kinds]) =>
    Object.entries(kinds).flatMap(([kind, row]) =>
      Object.entries(row).flatMap(([column, leaf]) =>
        leaf === undefined ? [] : [[`${step} and ${kind}: ${titles[column]}`, leaf] as const],
      ),
    ),
  )
  return new Map(found)
}

/** The action of the error, by the text of the cell. */
const actions: Readonly<Record<string, unknown>> = {
  refuses: expect.not.stringMatching(/npm run deployment -- recover/),
  'refuses until an administrator decides': expect.stringContaining('npm run deployment -- recover'),
  'refuses until it is proved': expect.stringContaining('CheckCluster proves it'),
}

async function requireRefusal(
  { object, text, clouds }: { readonly object: string; readonly text: string; readonly clouds: Clouds },
  attempt: () => Promise<unknown>,
): Promise<void> {
  const before = await claimsNow()
  await clouds.aws.calls.clear()
  clouds.other?.clear()
  const error = await errorOf(attempt)
  expect(error).toMatchObject({ name: 'OwnershipConflict', object, action: actions[text] })
  expect(error).toMatchObject({ reason: expect.not.stringContaining(anotherCluster) })
  const written = (await clouds.aws.calls.all()).filter(({ write }) => write).map(({ operation }) => operation)
  expect(written.filter((operation) => !operation.startsWith('dynamodb:'))).toEqual([])
  expect(clouds.other?.writes() ?? []).toEqual([])
  expect(await claimsNow()).toEqual(before)
}

async function errorOf(attempt: () => Promise<unknown>): Promise<unknown> {
  const result = await attempt().catch((error: unknown) => error)
  const { remaining } = Object(Object(result).output)
  return Array.isArray(remaining) ? remaining[0] : result
}

/** All claims of the table. */
async function claimsNow() {
  const { Items = [] } = await table.send(
    new ScanCommand({
      TableName: setting('TABLE_NAME'),
      ConsistentRead: true,
      FilterExpression: 'sk = :claim',
      ExpressionAttributeValues: { ':claim': 'CLAIM' },
    }),
  )
  return Items.toSorted((a, b) => String(a.pk).localeCompare(String(b.pk), 'en'))
}

/** Makes {@link anotherCluster} the owner of the resource instead of the cluster. */
export async function giveAway(resource: Resource, cluster: string): Promise<void> {
  await release(resource, cluster)
  await own(anotherCluster, resource)
}

export async function ownerOf(resource: Resource): Promise<string | undefined> {
  const [owner] = await ownerOfEach([resource])
  return owner
}

/** Requires that one of two clusters that run a step concurrently gets the resource, and that the step then refuses the other. */
export async function requireOneOwner(
  resource: Resource,
  clusters: readonly [string, string],
  run: (cluster: string) => Promise<unknown>,
): Promise<void> {
  for (const cluster of clusters) await recordOperation(newOperation({ cluster }))
  const settled = await Promise.allSettled(clusters.map((cluster) => run(cluster)))
  const winners = clusters.filter((_, index) => settled[index]?.status === 'fulfilled')
  expect(winners).toEqual([await ownerOf(resource)])
  for (const cluster of clusters.filter((one) => !winners.includes(one)))
    await expect(run(cluster)).rejects.toMatchObject({ name: 'OwnershipConflict' })
  expect([await ownerOf(resource)]).toEqual(winners)
}
