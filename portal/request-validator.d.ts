/** portal/validator.ts generates this module from the schema of a request. */
declare module 'virtual:request-validator' {
  export const validate: import('./src/pages/new-setup/faults.ts').Validate
}
