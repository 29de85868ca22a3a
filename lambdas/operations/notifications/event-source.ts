/** The `source` of the deployment's events on an event bus. */
export const eventSource = 'workload-identity'

/** The `detail-type` of the deployment's events. */
export const eventDetailType = 'Notification'
