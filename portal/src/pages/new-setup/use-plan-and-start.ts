import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ProblemError } from '../../../../client/answer.ts'
import type { SetupRequest } from '../../../../client/api.ts'
import { isPossible } from '../../../../client/operation.ts'
import { isSetupRequest } from '../../../../client/starts.ts'
import { scopeOf, useMay } from '../../api/access.ts'
import { operationQuery } from '../../api/queries.ts'
import { plan, setUp, useSend, useStart } from '../../api/start.ts'
import { type Draft, requestFrom } from './draft.ts'
import { type Faults, faultsOfProblem } from './faults.ts'
import type { SetupForm } from './use-setup-form.ts'

export type PlanAndStart = ReturnType<typeof usePlanAndStart>

/** Plans the request of the form, and starts the planned setup. The form shows the faults that the API finds. */
export function usePlanAndStart({ form, show, place, isSent }: SetupForm) {
  const { planned, sending, operation } = usePlan()
  const starting = useStart(async (api, request: SetupRequest, key?: string, takeOver?: boolean) => {
    const started = await setUp(api, request, key, takeOver || planned?.takeOver)
    isSent.current = true
    return started
  })
  const onRefused = (error: Error) => {
    const faults = faultsOf(error, form.getValues())
    if (faults) place(faults)
  }

  const planAnew = (takeOver = false) => {
    const request = requestFrom(form.getValues())
    if (!isSetupRequest(request)) return
    starting.reset()
    sending.mutate(request, { onSuccess: () => show('review'), onError: onRefused }, takeOver)
  }
  const startPlanned = (takeOver = false) => {
    if (planned) starting.mutate(planned.request, { onError: onRefused }, takeOver)
  }
  const attempts = [
    { error: sending.error, takeOver: () => planAnew(true) },
    { error: starting.error, takeOver: () => startPlanned(true) },
  ]
  const may = useMay('start-setup', scopeOf(planned?.request.cluster.name))
  return {
    planned,
    operation,
    planAnew,
    startPlanned,
    may,
    canStart: isPossible(operation.data) && may === 'yes',
    isSending: sending.isPending || starting.isPending,
    isPlanning: planned !== undefined && operation.data?.endedAt === undefined && !operation.error,
    /** Whether the plan is of the request that the form has now. */
    isUpToDate: () =>
      planned !== undefined && JSON.stringify(planned.request) === JSON.stringify(requestFrom(form.getValues())),
    /** The attempt that failed for another reason than faults of the request. */
    refused: attempts.find(({ error }) => error && !faultsOf(error, form.getValues())),
  }
}

/** The faults that the API found in the request, or undefined when the API rejected it for another reason. */
function faultsOf(error: Error, draft: Draft): Faults | undefined {
  return error instanceof ProblemError && error.problem.issues ? faultsOfProblem(error.problem, draft) : undefined
}

interface Planned {
  readonly request: SetupRequest
  readonly operationId: string
  /** Whether the user has chosen to take workloads over from other managers. */
  readonly takeOver: boolean
}

/** The plan of a request, and its progress. */
function usePlan() {
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
