/** The published schema of a request. In a package of `wid` it is beside the code, as here. */
export const schemaFile = `${import.meta.dirname}/setup.schema.json`
