/** The `source` of each event that a deployment puts on an event bus. */
export const eventSource = 'workload-identity'
