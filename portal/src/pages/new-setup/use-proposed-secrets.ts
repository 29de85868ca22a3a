import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { accessQuery } from '../../api/access.ts'
import { textOf } from './controls.tsx'
import { proposedSecrets } from './draft.ts'

/** Keeps the secrets of the form as they are proposed for the name of the cluster, until the reader enters others. */
export function useProposedSecrets(): void {
  const { data: deployment } = useQuery(accessQuery({}))
  const { getValues, setValue, clearErrors } = useFormContext()
  const name = textOf(useWatch({ name: 'cluster.name' }))
  const proposed = useRef<Readonly<Record<string, string>>>({})
  useEffect(() => {
    if (deployment === undefined || name === '') return
    const proposals = proposedSecrets(name, deployment)
    for (const [path, arn] of Object.entries(proposals)) {
      const entered = textOf(getValues(path))
      if (entered !== '' && entered !== proposed.current[path]) continue
      setValue(path, arn)
      clearErrors(path)
    }
    proposed.current = proposals
  }, [deployment, name, getValues, setValue, clearErrors])
}
