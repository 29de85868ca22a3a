import Box from '@cloudscape-design/components/box'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWatch } from 'react-hook-form'
import { policyFor } from '../../../../client/policy.ts'
import { accessQuery } from '../../api/access.ts'
import { useTexts } from '../../texts/context.ts'
import { type ControlProps, LinesControl, textOf } from './controls.tsx'

/** Managed policies by ARN or name, one per line. It shows the ARNs for names below, and the request has ARNs. */
export function PoliciesControl(props: ControlProps) {
  const { giveRole } = useTexts()
  const { data: access } = useQuery(accessQuery({}))
  const account = textOf(useWatch({ name: 'cluster.awsAccountId' }))
  const [entered, enter] = useState<{ readonly lines: unknown; readonly arns: unknown }>()
  // Filling the form from YAML replaces the input.
  const lines = entered && isSame(entered.arns, props.value) ? entered.lines : props.value
  const givable = { patterns: access?.policyArns ?? [], accountId: account || access?.accountId }
  const meant = (line: unknown) => policyFor(textOf(line), givable)
  const named = Array.isArray(lines) ? lines.map(meant).filter((arn) => !lines.includes(arn)) : []
  return (
    <>
      <LinesControl
        {...props}
        value={lines}
        onChange={(changed) => {
          const arns = Array.isArray(changed) ? changed.map(meant) : changed
          enter({ lines: changed, arns })
          props.onChange(arns)
        }}
      />
      {named.map((arn) => (
        <Box key={arn} variant="small" display="block" margin={{ top: 'xxs' }}>
          {giveRole.gives(arn)}
        </Box>
      ))}
    </>
  )
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
