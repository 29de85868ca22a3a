import { putRecord, readRecord } from '../../e2e/support/aws-clients.ts'
import { claimKeysOf } from '../../e2e/support/runs/recorded.ts'
import type { System } from '../../e2e/support/system.ts'

/** Records another, unknown cluster as the owner of the claims of this kind. Returns a function that restores them. */
export async function abandonClaims(system: System, cluster: string, kind: string): Promise<() => Promise<void>> {
  const items = (await claimsOf(system, cluster)).filter((item) => item.kind === kind)
  if (items.length === 0) throw new Error(`${cluster} has no claim of a ${kind}`)
  const put = async (change: object) => {
    for (const item of items) await putRecord(system, { ...item, ...change })
  }
  await put({ owner: 'gone' })
  return () => put({})
}

async function claimsOf(system: System, cluster: string) {
  return Promise.all((await claimKeysOf(system, cluster)).map((key) => readRecord(system, key)))
}
