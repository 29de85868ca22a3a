import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useFormContext, useWatch } from 'react-hook-form'
import { accessQuery } from '../../api/access.ts'
import { textOf } from './controls.tsx'
import { proposedSecrets } from './draft.ts'

/**
 * Updates the form's secrets to the defaults for the cluster's name, until the user enters others.
 *
 * Returns false until the deployment is known. Meanwhile the fields must not accept input: typed text would be appended
 * to the default.
 */
export function useProposedSecrets(): boolean {
  const { data: deployment, isPending } = useQuery(accessQuery({}))
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
  return !isPending
}
