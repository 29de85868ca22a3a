import Alert from '@cloudscape-design/components/alert'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { answerOf } from '../../../../client/answer.ts'
import type { Operation, SetupRequest } from '../../../../client/api.ts'
import type { May } from '../../api/access.ts'
import { api } from '../../api/client.ts'
import { operationPath, PageLink } from '../../parts/follow.tsx'
import { Loaded, Loading } from '../../parts/loaded.tsx'
import { useTexts } from '../../settings/context.ts'
import { Failure } from '../operation/failure.tsx'
import { Plan } from '../operation/results/plan.tsx'
import { Steps } from '../operation/steps.tsx'
import { useSetupTexts } from './texts/use.ts'

const RequestOutputs = lazy(() => import('./request-outputs.tsx'))

interface ReviewStepProps {
  readonly request: SetupRequest
  readonly plan: UseQueryResult<Operation>
  /** Whether the user may start the setup. */
  readonly may: May
}

/** The progress of the plan, then its result and the request. */
export function ReviewStep({ request, plan, may }: ReviewStepProps) {
  const { access } = useTexts()
  const texts = useSetupTexts()
  return (
    <SpaceBetween size="l">
      {typeof may === 'object' && (
        <Alert type="info" header={texts.notYours}>
          {access.whoMay(may.roles)} {may.roles.length > 0 && texts.passOn}
        </Alert>
      )}
      <Loaded query={plan}>{(operation) => <PlanOperation operation={operation} />}</Loaded>
      <Rights request={request} />
      <Suspense fallback={<Loading />}>
        <RequestOutputs request={request} />
      </Suspense>
    </SpaceBetween>
  )
}

function PlanOperation({ operation }: { readonly operation: Operation }) {
  const texts = useSetupTexts()
  const { result, error, endedAt, operationId } = operation
  if (endedAt === undefined) {
    return (
      <SpaceBetween size="l">
        <Alert type="info">{texts.planning}</Alert>
        <Steps operation={operation} />
      </SpaceBetween>
    )
  }
  return (
    <SpaceBetween size="l">
      {error && <Failure error={error} actions={undefined} />}
      {result !== undefined && 'writes' in result && <Plan operation={operation} plan={result} />}
      <PageLink to={operationPath(operationId)}>{texts.showPlan}</PageLink>
    </SpaceBetween>
  )
}

/** Loads the rights when the user opens the section. */
function Rights({ request }: { readonly request: SetupRequest }) {
  const texts = useSetupTexts()
  const [isOpen, setOpen] = useState(false)
  const query = useQuery({ queryKey: ['rights', request], queryFn: () => rightsFor(request), enabled: isOpen })
  return (
    <ExpandableSection
      variant="container"
      headerText={texts.rights}
      headerDescription={texts.rightsDetail}
      expanded={isOpen}
      onChange={({ detail }) => setOpen(detail.expanded)}
    >
      {isOpen && <Loaded query={query}>{(manifests) => <pre className="code">{manifests}</pre>}</Loaded>}
    </ExpandableSection>
  )
}

/** The Kubernetes rights that the request needs, as manifests in YAML. */
function rightsFor(body: SetupRequest): Promise<string> {
  return answerOf<string>(api.POST('/v1/rights', { body, parseAs: 'text' }))
}
