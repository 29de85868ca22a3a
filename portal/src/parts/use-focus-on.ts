import type { AlertProps } from '@cloudscape-design/components/alert'
import { type RefObject, useEffect, useRef } from 'react'

/** Moves the focus to an alert that may be out of sight, whenever its message changes. */
export function useFocusOn(said: unknown): RefObject<AlertProps.Ref | null> {
  const alert = useRef<AlertProps.Ref>(null)
  useEffect(() => {
    if (said !== undefined) alert.current?.focus()
  }, [said])
  return alert
}
