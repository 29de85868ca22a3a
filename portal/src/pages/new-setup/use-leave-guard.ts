import { useEffect, useState } from 'react'
import { useNavigate } from 'react-router'

interface LeaveGuard {
  /** The destination that the user was about to open. */
  readonly destination: string | undefined
  readonly leave: () => void
  readonly stay: () => void
}

/**
 * Prompts before the user leaves a page with unsaved input. Links, the back button and the page's own navigation all
 * cause browser events, which work without a blocker of the router:
 * https://developer.mozilla.org/docs/Web/API/Navigation/navigate_event
 *
 * @param hasUnsavedInput whether input would be lost now
 */
export function useLeaveGuard(hasUnsavedInput: () => boolean): LeaveGuard {
  const navigate = useNavigate()
  const [destination, setDestination] = useState<string>()
  const [isLeaving, setLeaving] = useState(false)
  useEffect(() => {
    const guard = (event: NavigateEvent) => {
      const { pathname, search } = new URL(event.destination.url)
      const stays = pathname === window.location.pathname && search === window.location.search
      if (isLeaving || stays || !event.cancelable || !event.destination.sameDocument || !hasUnsavedInput()) return
      event.preventDefault()
      setDestination(pathname + search)
    }
    const unload = (event: BeforeUnloadEvent) => {
      if (!isLeaving && hasUnsavedInput()) event.preventDefault()
    }
    // Browsers before 2026 lack navigate events. In them, the guard only works when the user leaves the portal.
    const events = 'navigation' in window ? window.navigation : undefined
    events?.addEventListener('navigate', guard)
    window.addEventListener('beforeunload', unload)
    return () => {
      events?.removeEventListener('navigate', guard)
      window.removeEventListener('beforeunload', unload)
    }
  }, [hasUnsavedInput, isLeaving])
  useEffect(() => {
    if (isLeaving && destination !== undefined) void navigate(destination)
  }, [isLeaving, destination, navigate])
  return { destination, leave: () => setLeaving(true), stay: () => setDestination(undefined) }
}
