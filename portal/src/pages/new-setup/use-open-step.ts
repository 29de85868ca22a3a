import { useEffect, useState } from 'react'
import type { UseFormReturn } from 'react-hook-form'
import type { Draft } from './draft.ts'
import type { Fault, Faults, PlacedFault } from './faults.ts'
import { type StepName, stepsOf } from './fields.ts'

/** The step of the form that is open, and the faults that the form shows. */
export function useOpenStep(form: UseFormReturn<Draft>) {
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

  /** Shows the faults, and opens the step of the first. Returns whether none exist. */
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
