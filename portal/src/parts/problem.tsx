import Alert from '@cloudscape-design/components/alert'
import { lazy, Suspense } from 'react'
import { ProblemError } from '../../../client/answer.ts'
import { useTexts } from '../settings/context.ts'
import { PageLink } from './follow.tsx'
import { pathOfOperation } from './path-of-operation.ts'
import { useFocusOn } from './use-focus-on.ts'

const ManagerConflict = lazy(() => import('./manager-conflict/manager-conflict.tsx'))

interface ProblemAlertProps {
  readonly error: Error
  /** Whether the user's last request caused the error. The alert may be out of sight then, so it gets the focus. */
  readonly isAnswer?: boolean
  /** Sends the request again, and takes the workloads over from other managers. */
  readonly onTakeOver?: () => void
}

/** Why the API rejected a request, and what to do. */
export function ProblemAlert({ error, isAnswer = true, onTakeOver }: ProblemAlertProps) {
  const texts = useTexts()
  const alert = useFocusOn(isAnswer ? error : undefined)
  if (!(error instanceof ProblemError)) {
    return (
      <Alert ref={alert} type="error" header={texts.unreachable}>
        {texts.unreachableDetail}
      </Alert>
    )
  }
  const { title, detail, issues = [], instance, conflicts } = error.problem
  if (conflicts && onTakeOver) {
    return (
      <Suspense>
        <ManagerConflict conflicts={conflicts} onTakeOver={onTakeOver} />
      </Suspense>
    )
  }
  const running = pathOfOperation(instance)
  return (
    <Alert ref={alert} type="error" header={title}>
      {detail}
      {issues.length > 0 && (
        <ul>
          {issues.map(({ path, message }) => (
            <li key={path + message}>
              {path} {message}
            </li>
          ))}
        </ul>
      )}
      {running !== undefined && (
        <div>
          <PageLink to={running}>{texts.seeRunning}</PageLink>
        </div>
      )}
    </Alert>
  )
}
