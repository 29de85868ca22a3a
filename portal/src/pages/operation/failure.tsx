import Alert from '@cloudscape-design/components/alert'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ReactNode } from 'react'
import type { Operation } from '../../../../client/api.ts'
import { useTexts } from '../../settings/context.ts'

interface FailureProps {
  readonly error: NonNullable<Operation['error']>
  readonly actions: ReactNode
}

/** Why an operation failed, what to do, and the buttons for it. */
export function Failure({ error: { name, object, reason, action, step, item }, actions }: FailureProps) {
  const texts = useTexts()
  const where = [step, item].filter(Boolean).join(' ')
  return (
    <Alert type="error" header={where === '' ? name : texts.failedIn(where)}>
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={1}
          items={[
            { label: texts.object, value: object },
            { label: texts.reason, value: `${reason} (${name})` },
            { label: texts.whatToDo, value: action },
          ]}
        />
        {actions}
      </SpaceBetween>
    </Alert>
  )
}
