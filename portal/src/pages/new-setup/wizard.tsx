import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import CloudscapeWizard from '@cloudscape-design/components/wizard'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { FormProvider } from 'react-hook-form'
import { useNavigate } from 'react-router'
import { placeOf, useMay } from '../../api/access.ts'
import { ProblemError } from '../../api/answer.ts'
import { isSetupRequest, type SetupRequest, setUp, useStart } from '../../api/start.ts'
import { clusterPath } from '../../parts/follow.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { type Draft, requestFrom } from './draft.ts'
import { type Faults, faultsOfProblem } from './faults.ts'
import type { StepName } from './fields.ts'
import { LeaveDialog } from './leave-dialog.tsx'
import { OtherFaults } from './other-faults.tsx'
import { ReviewStep } from './review-step.tsx'
import { ClusterStep, CreationStep, KindStep, WebhookStep, WorkloadsStep } from './steps.tsx'
import { useSetupTexts } from './texts/use.ts'
import { useLeaveGuard } from './use-leave-guard.ts'
import { isPossible, usePlan } from './use-plan.ts'
import { useSetupForm } from './use-setup-form.ts'

const YamlDialog = lazy(() => import('./yaml-dialog.tsx'))

interface WizardProps {
  readonly start: Draft
  /** The cluster whose setup changes. Undefined for a new cluster. */
  readonly recorded: string | undefined
}

/** Builds a request, shows its plan, and sends it. */
export function Wizard({ start, recorded }: WizardProps) {
  const texts = useSetupTexts()
  const navigate = useNavigate()
  const setup = useSetupForm(start)
  const { form, kind, steps, step, show, fill } = setup
  const { planned, sending, operation } = usePlan()
  const [isYamlOpen, openYaml] = useState(false)
  const { asked, leave, stay } = useLeaveGuard(setup.hasToAsk)
  const starting = useStart(async (request: SetupRequest, key, takeOver) => {
    const started = await setUp(request, key, takeOver || planned?.takeOver)
    setup.isSent.current = true
    return started
  })
  const onRefused = (error: Error) => {
    const faults = faultsOf(error, form.getValues())
    if (faults) setup.place(faults)
  }

  const planAnew = (takeOver = false) => {
    const request = requestFrom(form.getValues())
    if (!isSetupRequest(request)) return
    starting.reset()
    sending.mutate(request, { onSuccess: () => show('review'), onError: onRefused }, takeOver)
  }
  const startPlanned = (takeOver = false) => {
    if (planned) starting.mutate(planned.request, { onError: onRefused }, takeOver)
  }
  const goTo = (wanted: StepName) => {
    if (steps.indexOf(wanted) < steps.indexOf(step)) return show(wanted)
    if (!setup.isRightBefore(wanted)) return
    if (wanted !== 'review') return show(wanted)
    const isPlanned = planned && JSON.stringify(planned.request) === JSON.stringify(requestFrom(form.getValues()))
    if (isPlanned) show('review')
    else planAnew()
  }
  const may = useMay('start-setup', placeOf(planned?.request.cluster.name))
  const canStart = isPossible(operation.data) && may === 'yes'
  const isPlanning = planned !== undefined && operation.data?.endedAt === undefined && !operation.error
  const refused = [sending, starting].find(({ error }) => error && !faultsOf(error, start))

  const content: Readonly<Record<StepName, ReactNode>> = {
    kind: <KindStep />,
    cluster: <ClusterStep kind={kind} isRecorded={recorded !== undefined} />,
    creation: <CreationStep />,
    workloads: <WorkloadsStep isRecorded={recorded !== undefined} />,
    webhook: <WebhookStep />,
    review: planned && <ReviewStep request={planned.request} plan={operation} may={may} />,
  }
  return (
    <FormProvider {...form}>
      <CloudscapeWizard
        steps={steps.map((each) => ({
          title: texts.steps[each].title,
          description: texts.steps[each].detail,
          content: each === step && (
            <SpaceBetween key={fill} size="l">
              {refused?.error && (
                <ProblemAlert
                  error={refused.error}
                  onTakeOver={() => (refused === starting ? startPlanned : planAnew)(true)}
                />
              )}
              <OtherFaults faults={setup.others} onYaml={() => openYaml(true)} />
              {content[each]}
            </SpaceBetween>
          ),
        }))}
        activeStepIndex={steps.indexOf(step)}
        onNavigate={({ detail }) => goTo(steps[detail.requestedStepIndex] ?? step)}
        onCancel={() => void navigate(recorded === undefined ? '/clusters' : clusterPath(recorded))}
        isLoadingNextStep={sending.isPending || starting.isPending || (step === 'review' && isPlanning)}
        submitButtonText={canStart || isPlanning ? texts.start : texts.planAgain}
        onSubmit={() => {
          if (canStart) startPlanned()
          else planAnew()
        }}
        secondaryActions={step !== 'review' && <Button onClick={() => openYaml(true)}>{texts.editYaml}</Button>}
      />
      {isYamlOpen && (
        <Suspense>
          <YamlDialog
            request={requestFrom(form.getValues())}
            onFill={(request) => {
              openYaml(false)
              setup.fillFrom(request)
            }}
            onClose={() => openYaml(false)}
          />
        </Suspense>
      )}
      {asked !== undefined && <LeaveDialog onLeave={leave} onStay={stay} />}
    </FormProvider>
  )
}

/** The API's faults of the request. Undefined when the API rejected it for another reason. */
function faultsOf(error: Error, draft: Draft): Faults | undefined {
  return error instanceof ProblemError && error.problem.issues ? faultsOfProblem(error.problem, draft) : undefined
}
