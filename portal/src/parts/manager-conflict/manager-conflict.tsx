import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import type { Problem } from '../../../../client/api.ts'
import { nameOf } from '../../../../client/workload.ts'
import { useSettings } from '../../settings/context.ts'
import { useFocusOn } from '../use-focus-on.ts'
import { textsOf } from './texts.ts'

interface ManagerConflictProps {
  readonly conflicts: NonNullable<Problem['conflicts']>
  readonly onTakeOver: () => void
}

/** Shows which managers declare the workloads, and prompts before a takeover. */
export default function ManagerConflict({ conflicts, onTakeOver }: ManagerConflictProps) {
  const { language } = useSettings()
  const texts = textsOf[language]
  const [isPrompting, setPrompting] = useState(false)
  // The pressed button disappears, so the focus must move.
  const alert = useFocusOn(isPrompting)
  const managers = new Intl.ListFormat(language).format(new Set(conflicts.map(({ manager }) => manager)))
  return (
    <Alert ref={alert} type="warning" header={texts.title}>
      <SpaceBetween size="s">
        <ul>
          {conflicts.map((one) => (
            <li key={nameOf(one)}>{texts.declared(nameOf(one), one.manager)}</li>
          ))}
        </ul>
        {isPrompting && <div>{texts.detail(managers)}</div>}
        {isPrompting ? (
          <SpaceBetween size="xs" direction="horizontal">
            <Button onClick={() => setPrompting(false)}>{texts.keep}</Button>
            <Button variant="primary" onClick={onTakeOver}>
              {texts.confirm}
            </Button>
          </SpaceBetween>
        ) : (
          <Button onClick={() => setPrompting(true)}>{texts.takeOver}</Button>
        )}
      </SpaceBetween>
    </Alert>
  )
}
