/** The `source` of the deployment's events on an event bus. */
export const eventSource = 'workload-identity'

/** Their `detail-type`. */
export const eventDetailType = 'Notification'
