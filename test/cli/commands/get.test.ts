import createClient from 'openapi-fetch'
import { expect, test } from 'vitest'
import { getClusters } from '../../../cli/commands/get.ts'
import { outputTo } from '../../../cli/output.ts'
import type { ClusterSummary, paths } from '../../../client/api.ts'

const at = '2026-12-02T12:00:00.000Z'
const direct: ClusterSummary = {
  ...{ name: 'on-premises', provider: 'existing', connection: 'direct', health: { state: 'ready' } },
  ...{ lastOperationId: 'o', verifiedAt: at, createdAt: at, updatedAt: at, credentialsEndAt: at },
}
const byAgent = { ...direct, name: 'edge-1', connection: 'agent' as const, credentialsEndAt: undefined }

/** The lines of `wid get clusters`, with columns separated by one bar. */
async function linesOf(clusters: readonly object[]): Promise<string[]> {
  const api = createClient<paths, 'application/json'>({
    baseUrl: 'https://api.example',
    fetch: async () => Response.json({ clusters }),
  })
  let text = ''
  const output = outputTo({ columns: 200, isTTY: false, write: (written) => (text += written) }, false, {})
  await getClusters({ api, output })
  return text
    .trim()
    .split('\n')
    .map((line) => line.replaceAll(/ {2,}/g, '|'))
}

test('clusters have a column for their agents only if an agent connects one of them', async () => {
  const columns = 'NAME|STATE|PROVIDER|VERIFIED|CHANGED|CREDENTIALS UNTIL'
  expect(await linesOf([direct])).toEqual([columns, `on-premises|ready|existing|${at}|${at}|${at}`])
  const calledAt = new Date(Date.now() - 4 * 60_000).toISOString()
  const agent = { version: '1.0.0', calledAt, enrolledAt: at, enrolledBy: 'arn:a' }
  expect(await linesOf([{ ...byAgent, agent }, { ...byAgent, name: 'edge-2' }, direct])).toEqual([
    `${columns}|AGENT`,
    `edge-1|ready|existing|${at}|${at}|(none)|1.0.0, last call 4 minutes ago`,
    `edge-2|ready|existing|${at}|${at}|(none)|not enrolled`,
    `on-premises|ready|existing|${at}|${at}|${at}|(none)`,
  ])
})
