import * as z from 'zod/mini'
import type { AnyCluster } from '../../../../sandbox/kubernetes/clusters/any-cluster.ts'
import type { System } from '../system.ts'

const difference = z.object({
  object: z.string(),
  field: z.optional(z.string()),
  desired: z.optional(z.unknown()),
  observed: z.optional(z.unknown()),
  manager: z.optional(z.string()),
})
const problem = z.object({
  name: z.string(),
  object: z.string(),
  reason: z.string(),
  step: z.optional(z.string()),
  notCompared: z.array(z.string()),
})

const plan = z.object({
  outcome: z.string(),
  reason: z.optional(z.string()),
  writes: z.array(
    z.object({ step: z.string(), object: z.string(), action: z.string(), detail: z.optional(z.string()) }),
  ),
  unknown: z.array(z.object({ object: z.string(), reason: z.string() })),
  waitingFor: z.optional(z.string()),
  additions: z.array(difference),
  problems: z.array(problem),
})

const drift = z.object({
  missing: z.array(z.object({ object: z.string() })),
  changed: z.array(difference),
  additions: z.array(difference),
  unreachable: z.array(z.object({ object: z.string(), name: z.string() })),
  problems: z.array(problem),
  summary: z.object({ differences: z.number() }),
})

export type Plan = z.output<typeof plan>
export type Drift = z.output<typeof drift>

/** The result of a plan for this request. */
export async function planOf(system: System<AnyCluster>, body: unknown): Promise<Plan> {
  return plan.parse(await resultAt(system, '/v1/plans', body))
}

/** The result of a drift of the cluster. */
export async function driftOf(system: System<AnyCluster>, name: string, body: unknown = {}): Promise<Drift> {
  return drift.parse(await resultAt(system, `/v1/clusters/${name}/drift`, body))
}

async function resultAt(system: System<AnyCluster>, path: string, body: unknown): Promise<unknown> {
  const ended = await system.ended(await system.send(path, body))
  if (ended.status !== 'succeeded') throw new Error(`${path} ended with ${JSON.stringify(ended.error)}`)
  return ended.result
}

/** The drift of a cluster without differences. */
export const asRequested: Drift = {
  ...{ missing: [], changed: [], additions: [], unreachable: [], problems: [] },
  summary: { differences: 0 },
}

/** The differences of a drift as `missing OBJECT` or `OBJECT: FIELD`, each once, sorted. */
export function namedIn({ missing, changed }: Drift): string[] {
  const fields = changed.map(({ object, field }) => (field === undefined ? object : `${object}: ${field}`))
  return [...new Set([...missing.map(({ object }) => `missing ${object}`), ...fields])].sort()
}

/**
 * The writes of a setup or a plan, without unchanged objects. All certificate requests count as one, because their names are
 * random.
 */
export function writesIn(changes: readonly { readonly object: string; readonly action: string }[]): string[] {
  const written = changes.filter(({ action }) => action !== 'unchanged')
  return [
    ...new Set(
      written.map(({ object, action }) => `${action} ${object.replace(/^(CertificateSigningRequest) .*/, '$1')}`),
    ),
  ].sort()
}
