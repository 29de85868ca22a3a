import Button from '@cloudscape-design/components/button'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Grid from '@cloudscape-design/components/grid'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import { placeOf } from '../../api/access.ts'
import { type Again, againOf, type Send } from '../../api/again.ts'
import type { Operation } from '../../api/client.ts'
import { operationQuery } from '../../api/queries.ts'
import { useStart } from '../../api/start.ts'
import { Allowed } from '../../parts/allowed.tsx'
import { Loaded } from '../../parts/loaded.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { useTexts } from '../../texts/context.ts'
import { CancelDialog } from './cancel-dialog.tsx'
import { Changes } from './changes.tsx'
import { Events } from './events.tsx'
import { Failure } from './failure.tsx'
import { Overview } from './overview.tsx'
import { Picture } from './picture.tsx'
import { Result } from './result.tsx'
import { Steps } from './steps.tsx'
import { Waiting } from './waiting.tsx'

export default function OperationPage() {
  const texts = useTexts()
  const { operationId = '' } = useParams()
  return (
    <Loaded query={useQuery(operationQuery(operationId))} title={texts.operation}>
      {(operation) => (
        <>
          <title>{[texts.kinds[operation.kind], operation.cluster].filter(Boolean).join(': ')}</title>
          {/* Another operation begins without what was asked of this one. */}
          <Content key={operation.operationId} operation={operation} />
        </>
      )}
    </Loaded>
  )
}

function Content({ operation }: { readonly operation: Operation }) {
  const texts = useTexts()
  const { kind, cluster } = operation
  const repetition = useStart((send: Send) => send())
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          actions={
            <Actions
              operation={operation}
              isStarting={repetition.isPending}
              onAgain={(send) => repetition.mutate(send)}
            />
          }
        >
          {texts.kinds[kind]}: {cluster ?? texts.allClusters}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {repetition.error && <ProblemAlert error={repetition.error} />}
        <Failure operation={operation} />
        <Waiting operation={operation} />
        <Overview operation={operation} />
        <Result operation={operation} />
        <Grid gridDefinition={[{ colspan: { default: 12, s: 7 } }, { colspan: { default: 12, s: 5 } }]}>
          <Steps steps={operation.steps} />
          <Picture kind={kind} steps={operation.steps} />
        </Grid>
        {operation.endedAt !== undefined && <Events events={operation.clusterEvents} />}
        <Changes operation={operation} />
      </SpaceBetween>
    </ContentLayout>
  )
}

interface ActionsProps {
  readonly operation: Operation
  readonly isStarting: boolean
  readonly onAgain: (send: Send) => void
}

/** An operation that runs can be cancelled; one that has ended can be sent again. */
function Actions({ operation, isStarting, onAgain }: ActionsProps) {
  if (operation.endedAt === undefined) return <Cancel operation={operation} />
  const again = againOf(operation)
  return again && <SendAgain again={again} isStarting={isStarting} onAgain={onAgain} />
}

function Cancel({ operation: { operationId, cluster, namespaces, requestedBy } }: Pick<ActionsProps, 'operation'>) {
  const texts = useTexts()
  const [isAsking, setAsking] = useState(false)
  return (
    <Allowed action="cancel-operation" place={{ ...placeOf(cluster, namespaces), requestedBy }} what={texts.cancel}>
      <Button onClick={() => setAsking(true)}>{texts.cancel}</Button>
      {isAsking && <CancelDialog operationId={operationId} onClose={() => setAsking(false)} />}
    </Allowed>
  )
}

interface SendAgainProps extends Omit<ActionsProps, 'operation'> {
  readonly again: Again
}

function SendAgain({ again: { action, place, send }, isStarting, onAgain }: SendAgainProps) {
  const texts = useTexts()
  return (
    <Allowed action={action} place={place} what={texts.sendAgain}>
      <Button loading={isStarting} onClick={() => onAgain(send)}>
        {texts.sendAgain}
      </Button>
    </Allowed>
  )
}
