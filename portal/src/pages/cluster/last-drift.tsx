import { useQuery } from '@tanstack/react-query'
import type { Operation } from '../../../../client/api.ts'
import { foundSeverity } from '../../../../client/severity.ts'
import { operationQuery, operationsQuery } from '../../api/queries.ts'
import { operationPath, PageLink } from '../../parts/follow.tsx'
import { OperationStatus } from '../../parts/statuses.tsx'
import { Time } from '../../parts/time.tsx'
import { useTexts } from '../../texts/context.ts'

/** The time and result of the latest drift. */
export function LastDrift({ cluster }: { readonly cluster: string }) {
  const texts = useTexts()
  const { data } = useQuery(operationsQuery({ cluster, kind: 'drift' }, 1))
  const [last] = data ?? []
  if (data === undefined) return texts.loading
  return last === undefined ? texts.never : <Report operationId={last.operationId} />
}

function Report({ operationId }: { readonly operationId: string }) {
  const texts = useTexts()
  const { data } = useQuery(operationQuery(operationId))
  if (data === undefined) return texts.loading
  return (
    <>
      <PageLink to={operationPath(operationId)}>
        <Time at={data.createdAt} />
      </PageLink>
      <div>
        <Outcome operation={data} />
      </div>
    </>
  )
}

function Outcome({ operation: { status, result } }: { readonly operation: Operation }) {
  const texts = useTexts()
  if (result === undefined || !('missing' in result)) return <OperationStatus status={status} />
  const found = texts.driftFound(result.summary)
  const severity = foundSeverity({ result })
  return severity === undefined ? found : `${found} (${texts.severities[severity]})`
}
