import Box from '@cloudscape-design/components/box'
import type { Operation } from '../../../../client/api.ts'
import { type Adoption, adoptable } from '../../api/adoption.ts'
import { useStart } from '../../api/start.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { useTexts } from '../../texts/context.ts'

interface AdoptDialogProps {
  readonly operation: Operation
  readonly adoption: Adoption
  readonly onClose: () => void
}

type How = keyof Pick<Adoption, 'report' | 'carryOut'>

/** Explains adoption before it sends the request again. Adoption applies to the entire request, not to one object. */
export function AdoptDialog({ operation, adoption, onClose }: AdoptDialogProps) {
  const texts = useTexts()
  const start = useStart((_, how: How, key = '', takeOver) => adoption[how](key, takeOver))
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
