import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operation } from '../../api/client.ts'
import { operationQuery } from '../../api/queries.ts'
import { plan, type SetupRequest, useSend } from '../../api/start.ts'

interface Planned {
  readonly request: SetupRequest
  readonly operationId: string
  /** Whether the user has chosen to take workloads over from other managers. */
  readonly takeOver: boolean
}

/** The plan of a request, and its progress. */
export function usePlan() {
  const [planned, setPlanned] = useState<Planned>()
  const sending = useSend(plan, ({ operationId }, { subject: request, takeOver }) =>
    setPlanned({ request, operationId, takeOver }),
  )
  const operation = useQuery({
    ...operationQuery(planned?.operationId ?? ''),
    enabled: planned !== undefined,
  })
  return { planned, sending, operation }
}

/** Whether a setup may follow. It may wait for what a plan could not read: the user decides after reading the plan. */
export function isPossible(operation: Operation | undefined): boolean {
  if (operation?.status !== 'succeeded' || operation.result === undefined) return false
  return 'writes' in operation.result && operation.result.outcome !== 'refused'
}
