import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { SetupRequest } from '../../../../client/api.ts'
import { operationQuery } from '../../api/queries.ts'
import { plan, useSend } from '../../api/start.ts'

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
