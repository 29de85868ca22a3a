import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operation } from '../../api/client.ts'
import { operationQuery } from '../../api/queries.ts'
import { plan, type SetupRequest, useSend } from '../../api/start.ts'

interface Planned {
  readonly request: SetupRequest
  readonly operationId: string
  /** Whether the reader has chosen to take workloads over from other managers. */
  readonly takeOver: boolean
}

/** The plan of a request, and how far it is. */
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

/** Whether a setup may follow: it may wait for what a plan could not look at, and whoever has read that decides. */
export function isPossible(operation: Operation | undefined): boolean {
  if (operation?.status !== 'succeeded' || operation.result === undefined) return false
  return 'writes' in operation.result && operation.result.outcome !== 'refused'
}
