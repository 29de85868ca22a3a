import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Operation } from '../../../../client/api.ts'
import { cancel, subjectOf, type Teardown, tearDown } from '../../../../client/starts.ts'
import { type Adoption, adoptable } from '../../api/again.ts'
import { api } from '../../api/client.ts'
import { operationQuery } from '../../api/queries.ts'
import { useStart } from '../../api/start.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { Time } from '../../parts/time.tsx'
import { useTexts } from '../../settings/context.ts'
import { removedObjects } from './objects.ts'

export function CancelDialog({ operationId, onClose }: { readonly operationId: string; readonly onClose: () => void }) {
  const texts = useTexts()
  const queries = useQueryClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => cancel(api, operationId),
    onSuccess: async () => {
      onClose()
      await queries.invalidateQueries({ queryKey: operationQuery(operationId).queryKey })
    },
  })
  return (
    <Dialog
      header={texts.cancelTitle}
      onClose={onClose}
      secondary={{ text: texts.keepRunning, onClick: onClose }}
      primary={{ text: texts.cancel, loading: isPending, onClick: () => mutate() }}
      error={error}
    >
      <div>{texts.cancelDetail}</div>
    </Dialog>
  )
}

interface AdoptDialogProps {
  readonly operation: Operation
  readonly adoption: Adoption
  readonly onClose: () => void
}

type How = keyof Pick<Adoption, 'report' | 'carryOut'>

/** Explains adoption before it sends the request again. Adoption applies to the entire request, not to one object. */
export function AdoptDialog({ operation, adoption, onClose }: AdoptDialogProps) {
  const texts = useTexts()
  const start = useStart((_, how: How, key, takeOver) => adoption[how](key, takeOver))
  const button = (text: string, how: How) => ({
    text,
    loading: start.isPending && start.variables === how,
    onClick: () => start.mutate(how),
  })
  return (
    <Dialog
      header={texts.adoptTitle}
      onClose={onClose}
      secondary={button(texts.adoptPlan, 'report')}
      primary={button(texts.adoptNow, 'carryOut')}
      error={start.error}
      onTakeOver={start.takeOver}
    >
      <div>{texts.adoptRequestDetail}</div>
      <div>
        <Box variant="awsui-key-label">{texts.inTheWay}</Box>
        {adoptable(operation).map((object) => (
          <div key={object}>
            <code>{object}</code>
          </div>
        ))}
      </div>
    </Dialog>
  )
}

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

interface TypedNameProps {
  readonly name: string
  readonly typed: string
  readonly onChange: (typed: string) => void
}

/** Prompts for the name of the object to remove. */
function TypedName({ name, typed, onChange }: TypedNameProps) {
  const texts = useTexts()
  return (
    <FormField label={texts.typeName(name)}>
      <Input value={typed} onChange={({ detail }) => onChange(detail.value)} autoComplete={false} spellcheck={false} />
    </FormField>
  )
}
