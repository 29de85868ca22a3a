import type { AlertProps } from '@cloudscape-design/components/alert'
import { type RefObject, useEffect, useRef } from 'react'

/** Moves the focus to an alert that may be out of sight, whenever its message changes. */
export function useFocusOn(message: unknown): RefObject<AlertProps.Ref | null> {
  const alert = useRef<AlertProps.Ref>(null)
  useEffect(() => {
    if (message !== undefined) alert.current?.focus()
  }, [message])
  return alert
}
