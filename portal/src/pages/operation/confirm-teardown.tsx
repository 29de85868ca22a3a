import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import { useState } from 'react'
import type { Operation } from '../../../../client/api.ts'
import { subjectOf, type Teardown, tearDown } from '../../../../client/starts.ts'
import { useStart } from '../../api/start.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Time } from '../../parts/time.tsx'
import { TypedName } from '../../parts/typed-name.tsx'
import { useTexts } from '../../texts/context.ts'
import { removedObjects } from './results/removed-objects.ts'

interface ConfirmTeardownProps {
  /** The dry run whose report the user has read. */
  readonly operation: Operation
  readonly teardown: Teardown
  readonly onClose: () => void
}

/** Prompts for the name, and removes what the dry run reported. */
export function ConfirmTeardown({ operation, teardown, onClose }: ConfirmTeardownProps) {
  const texts = useTexts()
  const [typed, setTyped] = useState('')
  const start = useStart(tearDown)
  const name = subjectOf(teardown)
  const pods = podsOf(operation)
  return (
    <Dialog
      header={texts.tearDownTitle(name)}
      onClose={onClose}
      secondary={{ text: texts.keep, onClick: onClose }}
      primary={{
        text: texts.tearDownNow,
        disabled: typed !== name,
        loading: start.isPending,
        onClick: () => start.mutate({ ...teardown, dryRun: false }),
      }}
      error={start.error}
    >
      <Alert type="warning" header={texts.willRemove(removedObjects(operation.steps).length)}>
        {pods > 0 && <div>{texts.willLoseRole(pods)}</div>}
        {teardown.deleteCluster && <div>{texts.willDeleteCluster}</div>}
        <div>{texts.notUndone}</div>
      </Alert>
      <Box>
        {texts.asReportedAt} <Time at={operation.endedAt} />
      </Box>
      <TypedName name={name} typed={typed} onChange={setTyped} />
    </Dialog>
  )
}

function podsOf({ result }: Operation): number {
  const pods = result && 'abandoned' in result ? (result.pods ?? []) : []
  return pods.reduce((sum, { count }) => sum + count, 0)
}
