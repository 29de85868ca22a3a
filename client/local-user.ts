/** The header with the local user for whom the sandbox signs a request. */
export const localUserHeader = 'x-local-user'

/** The sandbox's list of local users. The first one is the default. */
export const localUsersPath = '/sandbox/users'
