import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { type ReactNode, useState } from 'react'
import type { Operation } from '../../../../client/api.ts'
import type { Teardown } from '../../../../client/starts.ts'
import { scopeOf } from '../../api/access.ts'
import { type Again, adoptionOf, againOf, carryOutOf, permissionToTearDown, repairOf } from '../../api/again.ts'
import { recordedTeardown } from '../../api/recorded-requests.ts'
import { useStart } from '../../api/start.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import TeardownDialog from '../../parts/teardown-dialog.tsx'
import { useTexts } from '../../settings/context.ts'
import type { Texts } from '../../texts/en.ts'
import { AdoptDialog, CancelDialog, ConfirmTeardown } from './dialogs.tsx'
import { type NextAction, nextActions } from './next-actions.ts'

/** Actions that prompt before they start. */
type DialogAction = Extract<NextAction, 'cancel' | 'adopt' | 'tearDown' | 'tearDownAgain'>

interface Start {
  readonly action: NextAction
  readonly send: Again['send']
}

/** Buttons for the next actions, and the API's rejection of the last request. */
export function useNext(operation: Operation): { readonly buttons: ReactNode; readonly problem: ReactNode } {
  const texts = useTexts()
  const [dialog, setDialog] = useState<DialogAction>()
  const start = useStart((_, { send }: Start, key, takeOver) => send(key, takeOver))
  const actions = nextActions(operation)
  const buttons = (
    <SpaceBetween size="xs" direction="horizontal" alignItems="center">
      {actions.map((action) => (
        <NextButton
          key={action}
          label={labelOf(action, operation, texts)}
          isPrimary={actions.length > 1 && action === actions.at(-1)}
          isStarting={start.isPending && start.variables?.action === action}
          choice={choiceOf(action)}
        />
      ))}
      {dialog && <ActionDialog dialog={dialog} operation={operation} onClose={() => setDialog(undefined)} />}
    </SpaceBetween>
  )
  const problem = start.error && <ProblemAlert error={start.error} onTakeOver={start.takeOver} />
  return { buttons, problem }

  function choiceOf(action: NextAction): Choice | undefined {
    if (opensDialog(action)) {
      const may = permissionToOpen(action, operation)
      return may && { ...may, onClick: () => setDialog(action) }
    }
    const again = startOf[action](operation)
    return again && { ...again, onClick: () => start.mutate({ action, send: again.send }) }
  }
}

interface Choice extends Pick<Again, 'action' | 'scope'> {
  readonly onClick: () => void
}

interface NextButtonProps {
  readonly label: string
  readonly isPrimary: boolean
  readonly isStarting: boolean
  /** Undefined when another version of the product recorded the operation in another form. */
  readonly choice: Choice | undefined
}

function NextButton({ label, isPrimary, isStarting, choice }: NextButtonProps) {
  if (!choice) return null
  return (
    <Allowed action={choice.action} scope={choice.scope} what={label}>
      <Button variant={isPrimary ? 'primary' : 'normal'} loading={isStarting} onClick={choice.onClick}>
        {label}
      </Button>
    </Allowed>
  )
}

function permissionToOpen(action: DialogAction, operation: Operation): Pick<Again, 'action' | 'scope'> | undefined {
  const { cluster, namespaces, requestedBy } = operation
  if (action === 'cancel') {
    return { action: 'cancel-operation', scope: { ...scopeOf(cluster, namespaces), requestedBy } }
  }
  if (action === 'adopt') return permissionToAdopt(operation)
  const teardown = teardownOf(operation)
  return teardown && permissionToTearDown(teardown)
}

/** A caller that may adopt may also start the setup or the plan that adopts. */
function permissionToAdopt(operation: Operation): Pick<Again, 'action' | 'scope'> | undefined {
  const adoption = adoptionOf(operation)
  return adoption && { action: 'adopt', scope: adoption.scope }
}

function planAdoptingOf(operation: Operation): Again | undefined {
  const adoption = adoptionOf(operation)
  return adoption && { action: 'adopt', scope: adoption.scope, send: adoption.report }
}

interface ActionDialogProps {
  readonly dialog: DialogAction
  readonly operation: Operation
  readonly onClose: () => void
}

function ActionDialog({ dialog, operation, onClose }: ActionDialogProps) {
  if (dialog === 'cancel') return <CancelDialog operationId={operation.operationId} onClose={onClose} />
  const adoption = adoptionOf(operation)
  if (dialog === 'adopt') return adoption && <AdoptDialog operation={operation} adoption={adoption} onClose={onClose} />
  const teardown = teardownOf(operation)
  if (!teardown) return null
  if (dialog === 'tearDown') return <ConfirmTeardown operation={operation} teardown={teardown} onClose={onClose} />
  return <TeardownDialog {...teardown} canDeleteCluster={teardown.deleteCluster === true} onClose={onClose} />
}

function teardownOf(operation: Operation): Teardown | undefined {
  return operation.cluster === undefined ? undefined : recordedTeardown(operation.cluster, operation)
}

function opensDialog(action: NextAction): action is DialogAction {
  return ['cancel', 'adopt', 'tearDown', 'tearDownAgain'].includes(action)
}

const startOf: Readonly<Record<Exclude<NextAction, DialogAction>, (operation: Operation) => Again | undefined>> = {
  again: againOf,
  planAdopting: planAdoptingOf,
  carryOut: carryOutOf,
  repair: repairOf,
}

function labelOf(action: NextAction, { kind }: Operation, texts: Texts): string {
  if (action === 'cancel') return texts.cancel
  if (action !== 'carryOut') return texts.next[action]
  return kind === 'plan' ? texts.carryOut.plan : texts.carryOut.rotation
}
