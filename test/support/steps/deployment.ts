import { account } from '../../../sandbox/account.ts'

/** How the sandbox's deployment is named in the marks of its objects. */
export const deployment = `${account.id}/${account.region}/WorkloadIdentity`
