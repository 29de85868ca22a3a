import { validate } from 'virtual:request-validator'
import { useCallback, useEffect, useRef, useState } from 'react'
import {
  type FieldErrors,
  type FieldValues,
  type ResolverResult,
  set,
  type UseFormReturn,
  useForm,
} from 'react-hook-form'
import { type Draft, draftOf } from './draft.ts'
import { type Fault, type Faults, faultsIn, type PlacedFault } from './faults.ts'
import { type StepName, stepsOf } from './fields.ts'

export type SetupForm = ReturnType<typeof useSetupForm>

/** The form of a request across its steps, with its faults. */
export function useSetupForm(initialDraft: Draft) {
  const form = useForm<Draft>({ defaultValues: initialDraft, mode: 'onChange', resolver: resolve })
  const kind = form.watch('kind')
  const steps = stepsOf(kind)
  const { step, others, show, place } = useOpenStep(form)
  const [fill, setFill] = useState(0)
  const { isDirty } = form.formState

  /** Returns whether all steps before `wanted` are valid. If not, shows their faults. */
  const validateStepsBefore = (wanted: StepName): boolean => {
    const passed = steps.slice(0, steps.indexOf(wanted))
    const { placed, others: outside } = faultsOf(form.getValues())
    return place({
      placed: placed.filter((fault) => passed.includes(fault.step)),
      others: wanted === 'review' ? outside : [],
    })
  }

  const fillFrom = (request: Readonly<Record<string, unknown>>) => {
    const draft = draftOf(request)
    form.reset(draft)
    setFill(fill + 1)
    if (!stepsOf(draft.kind).includes(step)) show('cluster')
    place(faultsOf(draft))
  }

  const isSent = useRef(false)
  const isFilled = fill > 0
  return {
    form,
    kind,
    steps,
    step,
    show,
    others,
    place,
    validateStepsBefore,
    fillFrom,
    /** Changes with each fill, so that React creates the fields again without their previous state. */
    fill,
    isSent,
    hasUnsavedInput: useCallback(() => (isDirty || isFilled) && !isSent.current, [isDirty, isFilled]),
  }
}

/** The step of the form that is open, and the faults that the form shows. */
function useOpenStep(form: UseFormReturn<Draft>) {
  const [step, setStep] = useState<StepName>('kind')
  const [others, setOthers] = useState<readonly Fault[]>([])
  const [shown, setShown] = useState<PlacedFault>()

  // Runs after the page shows the fault's step.
  useEffect(() => {
    if (shown) form.setFocus(shown.path)
  }, [shown, form])

  const show = (wanted: StepName) => {
    setShown(undefined)
    setStep(wanted)
  }

  /** Shows the faults, and opens the step of the first fault. Returns whether there are no faults. */
  const place = (faults: Faults): boolean => {
    form.clearErrors()
    for (const { path, kind: type, message } of faults.placed)
      form.setError(path, { type, ...(message && { message }) })
    setOthers(faults.others)
    const first = stepsOf(form.getValues().kind).flatMap(
      (each) => faults.placed.find((fault) => fault.step === each) ?? [],
    )[0]
    if (first) setStep(first.step)
    setShown(first)
    return first === undefined && faults.others.length === 0
  }
  return { step, others, show, place }
}

function faultsOf(draft: Draft): Faults {
  return faultsIn(draft, validate)
}

/** The resolver of react-hook-form. It stores a fault's kind instead of its text, which depends on the language. */
function resolve(draft: Draft): ResolverResult<Draft> {
  const errors: FieldErrors<FieldValues> = {}
  const { placed } = faultsOf(draft)
  for (const { path, kind } of placed) set(errors, path, { type: kind })
  return placed.length === 0 ? { values: draft, errors: {} } : { values: {}, errors }
}
