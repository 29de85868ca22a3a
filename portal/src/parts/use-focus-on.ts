import type { AlertProps } from '@cloudscape-design/components/alert'
import { type RefObject, useEffect, useRef } from 'react'

/** For an alert that may be out of sight: it gets the focus as often as there is something else to say. */
export function useFocusOn(said: unknown): RefObject<AlertProps.Ref | null> {
  const alert = useRef<AlertProps.Ref>(null)
  useEffect(() => {
    if (said !== undefined) alert.current?.focus()
  }, [said])
  return alert
}
