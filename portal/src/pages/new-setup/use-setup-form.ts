import { useCallback, useRef, useState } from 'react'
import { useForm } from 'react-hook-form'
import { type Draft, draftOf } from './draft.ts'
import { type StepName, stepsOf } from './fields.ts'
import { useOpenStep } from './use-open-step.ts'
import { faultsOf, resolve } from './validator.ts'

export type SetupForm = ReturnType<typeof useSetupForm>

/** The form of a request across its steps, with its faults. */
export function useSetupForm(start: Draft) {
  const form = useForm<Draft>({ defaultValues: start, mode: 'onChange', resolver: resolve })
  const kind = form.watch('kind')
  const steps = stepsOf(kind)
  const { step, others, show, place } = useOpenStep(form)
  const [fill, setFill] = useState(0)
  const { isDirty } = form.formState

  /** Whether all steps before this one are valid. Otherwise it shows the faults. */
  const isRightBefore = (wanted: StepName): boolean => {
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
    isRightBefore,
    fillFrom,
    /** Changes after each fill, so that the page's components start again. */
    fill,
    isSent,
    hasToAsk: useCallback(() => (isDirty || isFilled) && !isSent.current, [isDirty, isFilled]),
  }
}
