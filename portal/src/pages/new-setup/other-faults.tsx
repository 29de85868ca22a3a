import Alert from '@cloudscape-design/components/alert'
import Link from '@cloudscape-design/components/link'
import { useFocusOn } from '../../parts/use-focus-on.ts'
import { faultText } from './fault-text.ts'
import type { Fault } from './faults.ts'
import { useSetupTexts } from './texts/use.ts'

interface OtherFaultsProps {
  readonly faults: readonly Fault[]
  readonly onYaml: () => void
}

/** Faults of fields that the wizard does not show, with a link to the YAML. */
export function OtherFaults({ faults, onYaml }: OtherFaultsProps) {
  const texts = useSetupTexts()
  // If a field also has a fault, the form focuses it afterwards.
  const alert = useFocusOn(faults)
  if (faults.length === 0) return null
  return (
    <Alert ref={alert} type="error" header={texts.otherFaults}>
      <ul>
        {faults.map((fault) => (
          <li key={fault.path}>
            <code>{fault.path || texts.wholeRequest}</code>: {faultText(fault, undefined, texts)}
          </li>
        ))}
      </ul>
      <Link onFollow={onYaml}>{texts.mendInYaml}</Link>
    </Alert>
  )
}
