import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import CloudscapeWizard from '@cloudscape-design/components/wizard'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { FormProvider } from 'react-hook-form'
import { useNavigate } from 'react-router'
import { Dialog } from '../../parts/dialog.tsx'
import { clusterPath } from '../../parts/follow.tsx'
import { ProblemAlert } from '../../parts/problem.tsx'
import { useFocusOn } from '../../parts/use-focus-on.ts'
import { type Draft, requestFrom } from './draft.ts'
import { faultText } from './fault-text.ts'
import type { Fault } from './faults.ts'
import type { StepName } from './fields.ts'
import { ReviewStep } from './review-step.tsx'
import { ClusterStep, CreationStep, KindStep, WebhookStep, WorkloadsStep } from './steps.tsx'
import { useSetupTexts } from './texts/use.ts'
import { useLeaveGuard } from './use-leave-guard.ts'
import { type PlanAndStart, usePlanAndStart } from './use-plan-and-start.ts'
import { type SetupForm, useSetupForm } from './use-setup-form.ts'

const YamlDialog = lazy(() => import('./yaml-dialog.tsx'))

interface WizardProps {
  /** Returns the initial data of the form. Called once. */
  readonly initialDraft: () => Draft
  /** The cluster whose setup changes. Undefined for a new cluster. */
  readonly existingCluster: string | undefined
}

/** Builds a request, shows its plan, and sends it. */
export function Wizard({ initialDraft, existingCluster }: WizardProps) {
  const texts = useSetupTexts()
  const navigate = useNavigate()
  const [draft] = useState(initialDraft)
  const setup = useSetupForm(draft)
  const requests = usePlanAndStart(setup)
  const { form, steps, step, fill } = setup
  const { planAnew, startPlanned, canStart, isSending, isPlanning, refused } = requests
  const [isYamlOpen, setYamlOpen] = useState(false)
  const { destination, leave, stay } = useLeaveGuard(setup.hasUnsavedInput)
  return (
    <FormProvider {...form}>
      <CloudscapeWizard
        steps={steps.map((each) => ({
          title: texts.steps[each].title,
          description: texts.steps[each].detail,
          content: each === step && (
            <SpaceBetween key={fill} size="l">
              {refused?.error && <ProblemAlert error={refused.error} onTakeOver={refused.takeOver} />}
              <OtherFaults faults={setup.others} onYaml={() => setYamlOpen(true)} />
              <StepContent setup={setup} requests={requests} isRecorded={existingCluster !== undefined} />
            </SpaceBetween>
          ),
        }))}
        activeStepIndex={steps.indexOf(step)}
        onNavigate={({ detail }) => goTo(steps[detail.requestedStepIndex] ?? step, setup, requests)}
        onCancel={() => void navigate(existingCluster === undefined ? '/clusters' : clusterPath(existingCluster))}
        isLoadingNextStep={isSending || (step === 'review' && isPlanning)}
        submitButtonText={canStart || isPlanning ? texts.start : texts.planAgain}
        onSubmit={() => {
          if (canStart) startPlanned()
          else planAnew()
        }}
        secondaryActions={step !== 'review' && <Button onClick={() => setYamlOpen(true)}>{texts.editYaml}</Button>}
      />
      {isYamlOpen && <FormAsYaml setup={setup} onClose={() => setYamlOpen(false)} />}
      {destination !== undefined && <LeaveDialog onLeave={leave} onStay={stay} />}
    </FormProvider>
  )
}

/** Opens a step. The review needs a plan of the request that the form has now. */
function goTo(
  wanted: StepName,
  { steps, step, show, validateStepsBefore }: SetupForm,
  { isUpToDate, planAnew }: PlanAndStart,
): void {
  const isEarlier = steps.indexOf(wanted) < steps.indexOf(step)
  if (!isEarlier && !validateStepsBefore(wanted)) return
  if (wanted !== 'review' || isUpToDate()) show(wanted)
  else planAnew()
}

interface StepContentProps {
  readonly setup: SetupForm
  readonly requests: PlanAndStart
  readonly isRecorded: boolean
}

function StepContent({ setup: { kind, step }, requests, isRecorded }: StepContentProps) {
  const { planned, operation, may } = requests
  const content: Readonly<Record<StepName, ReactNode>> = {
    kind: <KindStep />,
    cluster: <ClusterStep kind={kind} isRecorded={isRecorded} />,
    creation: <CreationStep />,
    workloads: <WorkloadsStep isRecorded={isRecorded} />,
    webhook: <WebhookStep />,
    review: planned && <ReviewStep request={planned.request} plan={operation} may={may} />,
  }
  return content[step]
}

interface FormAsYamlProps {
  readonly setup: SetupForm
  readonly onClose: () => void
}

function FormAsYaml({ setup: { form, fillFrom }, onClose }: FormAsYamlProps) {
  return (
    <Suspense>
      <YamlDialog
        request={requestFrom(form.getValues())}
        onFill={(request) => {
          onClose()
          fillFrom(request)
        }}
        onClose={onClose}
      />
    </Suspense>
  )
}

function LeaveDialog({ onLeave, onStay }: { readonly onLeave: () => void; readonly onStay: () => void }) {
  const texts = useSetupTexts()
  return (
    <Dialog
      header={texts.leaveTitle}
      onClose={onStay}
      secondary={{ text: texts.leave, onClick: onLeave }}
      primary={{ text: texts.stay, onClick: onStay }}
    >
      {texts.leaveDetail}
    </Dialog>
  )
}

/** Faults of fields that the wizard does not show, with a link to the YAML. */
function OtherFaults({ faults, onYaml }: { readonly faults: readonly Fault[]; readonly onYaml: () => void }) {
  const texts = useSetupTexts()
  // If a field also has a fault, the form moves the focus to the field afterwards.
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
      <Link onFollow={onYaml}>{texts.correctInYaml}</Link>
    </Alert>
  )
}
