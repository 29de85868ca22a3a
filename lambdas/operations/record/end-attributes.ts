/** The attributes of an operation's item that its end writes or compares, when the operation was cancelled or has no result. */
export const endAttributes = ['pk', 'sk', 'status', 'statusOfOperation', 'error', 'endedAt', 'notifyAt'] as const
