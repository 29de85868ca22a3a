import Alert from '@cloudscape-design/components/alert'
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import type { Operation } from '../../api/client.ts'
import { useTexts } from '../../texts/context.ts'

/** Why an operation failed, and what to do. */
export function Failure({ operation: { error } }: { readonly operation: Operation }) {
  const texts = useTexts()
  if (error === undefined) return null
  const { name, object, reason, action, step, item } = error
  const where = [step, item].filter(Boolean).join(' ')
  return (
    <Alert type="error" header={where === '' ? name : texts.failedIn(where)}>
      <KeyValuePairs
        columns={1}
        items={[
          { label: texts.object, value: object },
          { label: texts.reason, value: `${reason} (${name})` },
          { label: texts.whatToDo, value: action },
        ]}
      />
    </Alert>
  )
}
