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
  const [isAsked, ask] = useState(false)
  // The pressed button disappears, so the focus must move.
  const alert = useFocusOn(isAsked)
  const managers = new Intl.ListFormat(language).format(new Set(conflicts.map(({ manager }) => manager)))
  return (
    <Alert ref={alert} type="warning" header={texts.title}>
      <SpaceBetween size="s">
        <ul>
          {conflicts.map((one) => (
            <li key={nameOf(one)}>{texts.declared(nameOf(one), one.manager)}</li>
          ))}
        </ul>
        {isAsked && <div>{texts.detail(managers)}</div>}
        {isAsked ? (
          <SpaceBetween size="xs" direction="horizontal">
            <Button onClick={() => ask(false)}>{texts.keep}</Button>
            <Button variant="primary" onClick={onTakeOver}>
              {texts.confirm}
            </Button>
          </SpaceBetween>
        ) : (
          <Button onClick={() => ask(true)}>{texts.takeOver}</Button>
        )}
      </SpaceBetween>
    </Alert>
  )
}
