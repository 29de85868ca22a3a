import Icon from '@cloudscape-design/components/icon'
import Popover from '@cloudscape-design/components/popover'
import type { ReactNode } from 'react'
import { type ActionName, type RoleName, type Scope, useMay } from '../api/access.ts'
import { useTexts } from '../settings/context.ts'

interface AllowedProps {
  readonly action: ActionName
  readonly scope: Scope
  /** The label of the button, for the text that replaces it. */
  readonly what: string
  readonly children: ReactNode
}

/** The button if the user may use it, or else the roles that may. */
export function Allowed({ action, scope, what, children }: AllowedProps) {
  const may = useMay(action, scope)
  if (may === 'not known yet') return null
  return may === 'yes' ? children : <WhoMay what={what} roles={may.roles} />
}

/** The roles that may use a disabled menu entry. Undefined when the user may use it. */
export function useReason(action: ActionName, scope: Scope): string | undefined {
  const texts = useTexts()
  const may = useMay(action, scope)
  return typeof may === 'string' ? undefined : texts.access.whoMay(may.roles)
}

/** @param reason from `useReason` */
export function disabledFor(reason: string | undefined): { disabled?: true; disabledReason?: string } {
  return reason === undefined ? {} : { disabled: true, disabledReason: reason }
}

function WhoMay({ what, roles }: { readonly what: string; readonly roles: readonly RoleName[] }) {
  const texts = useTexts()
  return (
    <Popover
      header={what}
      content={texts.access.whoMay(roles)}
      triggerAriaLabel={texts.access.whoMayWhat(what)}
      dismissAriaLabel={texts.close}
      wrapTriggerText={false}
    >
      <Icon name="lock-private" /> {what}
    </Popover>
  )
}
