import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import { type Adoption, adoptable } from '../../api/adoption.ts'
import type { Operation } from '../../api/client.ts'
import { useStart } from '../../api/start.ts'
import { Dialog } from '../../parts/dialog.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
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
  const start = useStart((how: How, key, takeOver) => adoption[how](key, takeOver))
  const isStarting = (how: How) => start.isPending && start.variables === how
  return (
    <Dialog
      header={texts.adoptTitle}
      onClose={onClose}
      buttons={
        <>
          <Button variant="link" loading={isStarting('report')} onClick={() => start.mutate('report')}>
            {texts.adoptPlan}
          </Button>
          <Button variant="primary" loading={isStarting('carryOut')} onClick={() => start.mutate('carryOut')}>
            {texts.adoptNow}
          </Button>
        </>
      }
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
      {start.error && <ProblemAlert error={start.error} onTakeOver={start.takeOver} />}
    </Dialog>
  )
}
