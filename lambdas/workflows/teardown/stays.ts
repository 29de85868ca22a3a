/**
 * The objects that remain after a teardown of a cluster with all its workloads, because no setup created them or others
 * use them.
 */
import * as z from 'zod/mini'
import type { StepItem } from '../../operations/record/record.ts'
import { removalCommand } from '../../ownership/granted-rights.ts'
import { accountNamespace } from '../../ownership/setup-account.ts'

export const staying = z.object({
  object: z.string(),
  reason: z.string(),
  command: z.exactOptional(
    z.string().check(z.describe('The command that removes the object. Absent for namespaces that others may use')),
  ),
})

type Staying = z.output<typeof staying>

/** The fields that are used here. Other versions of the product may have recorded the other fields differently. */
const usedFields = z.object({
  cluster: z.object({
    name: z.string(),
    credentialsSecretArn: z.optional(z.string()),
    management: z.optional(z.object({ credentialsSecretArn: z.optional(z.string()) })),
  }),
})

/** @param isGone whether the cluster itself no longer exists, including its objects */
export function staysOf(request: unknown, steps: readonly StepItem[], isGone: boolean): readonly Staying[] {
  const { name, credentialsSecretArn, management } = usedFields.parse(request).cluster
  return [
    ...(isGone ? [] : [...namespacesIn(steps), rightsOn(`cluster ${name}`, name), namespaceOfAccount]),
    ...(management ? [rightsOn('the management cluster', name)] : []),
    ...secretOf(credentialsSecretArn, `it has credentials of cluster ${name}`),
    ...secretOf(
      management?.credentialsSecretArn,
      'it has credentials of the management cluster: other clusters may use it',
    ),
  ]
}

/** Uses the last report on each namespace, because its contents may have been deleted since an earlier report. */
function namespacesIn(steps: readonly StepItem[]): Staying[] {
  const changes = steps.flatMap((step) => step.changes).filter(({ object }) => object.startsWith('Namespace '))
  const deleted = changes.filter(({ action }) => action === 'deleted').map(({ object }) => object)
  const left = new Map(changes.map(({ object, detail }) => [object, detail ?? 'it stays']))
  return [...left].filter(([object]) => !deleted.includes(object)).map(([object, reason]) => ({ object, reason }))
}

function rightsOn(where: string, label: string): Staying {
  return {
    object: `rights on ${where}`,
    reason: 'an administrator has granted them with "wid connect" or "wid rights"',
    command: removalCommand(label),
  }
}

const namespaceOfAccount: Staying = {
  object: `Namespace ${accountNamespace}`,
  reason: 'it contains the service account with these rights, and the tokens of the account',
  command: `kubectl delete namespace ${accountNamespace}`,
}

function secretOf(arn: string | undefined, reason: string): Staying[] {
  if (arn === undefined) return []
  const region = arn.split(':')[3]
  const command = `aws secretsmanager delete-secret --secret-id ${arn}${region === undefined ? '' : ` --region ${region}`}`
  return [{ object: arn, reason, command }]
}
